//! Converts the OpenAPI document into a Postman collection (format 2.1): requests grouped by tag, path variables,
//! example bodies, and one `baseUrl` variable. Deterministic, because the collection is committed.

use serde_json::{Map, Value, json};

const FORMAT: &str = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";
const BASE_URL: &str = "http://127.0.0.1:8080";

/// Methods of a path, in the order of their requests in the collection.
const METHODS: [&str; 5] = ["post", "get", "put", "patch", "delete"];

/// Nesting limit of examples, for recursive schemas. The API has no schema that is nested this deeply.
const DEPTH_MAX: u32 = 8;

const UNTAGGED: &str = "other";

/// A request of the collection, and the tag of its operation.
struct TaggedRequest {
    tag: String,
    item: Value,
}

/// Converts the JSON form of an `OpenAPI` 3.1 document.
pub fn collection(openapi: &Value) -> Value {
    let requests = requests(openapi);
    let folders: Vec<Value> = tags(openapi, &requests)
        .into_iter()
        .map(|tag| {
            let items: Vec<&Value> =
                requests.iter().filter(|request| request.tag == tag).map(|request| &request.item).collect();
            json!({ "name": tag, "item": items })
        })
        .collect();
    json!({
        "info": {
            "name": openapi["info"]["title"],
            "description": openapi["info"]["description"],
            "schema": FORMAT,
        },
        "item": folders,
        "variable": [{ "key": "baseUrl", "value": BASE_URL }],
    })
}

/// Every operation as a request, in the order of paths and methods.
fn requests(openapi: &Value) -> Vec<TaggedRequest> {
    let mut paths: Vec<(&String, &Value)> = openapi["paths"].as_object().into_iter().flatten().collect();
    // serde_json keeps the document's order only with the feature `preserve_order`, which a dependency may turn on.
    paths.sort_by_key(|(path, _)| *path);
    let mut requests = Vec::new();
    for (path, operations) in paths {
        for method in METHODS {
            if let Some(operation) = operations.get(method) {
                let tag = operation["tags"][0].as_str().unwrap_or(UNTAGGED).to_owned();
                requests.push(TaggedRequest { tag, item: item(openapi, path, method, operation) });
            }
        }
    }
    requests
}

/// The tags that have requests: first those that the document lists, in its order, then the others.
fn tags(openapi: &Value, requests: &[TaggedRequest]) -> Vec<String> {
    let listed = openapi["tags"].as_array().into_iter().flatten();
    let listed = listed.filter_map(|tag| tag["name"].as_str().map(str::to_owned));
    let mut tags: Vec<String> = Vec::new();
    for tag in listed.chain(requests.iter().map(|request| request.tag.clone())) {
        if !tags.contains(&tag) && requests.iter().any(|request| request.tag == tag) {
            tags.push(tag);
        }
    }
    tags
}

fn item(openapi: &Value, path: &str, method: &str, operation: &Value) -> Value {
    let mut headers = parameters(openapi, operation, "header");
    let mut request = json!({
        "method": method.to_uppercase(),
        "description": operation["description"],
        "url": url(openapi, path, operation),
    });
    if let Some(body) = body(openapi, operation) {
        headers.insert(0, json!({ "key": "Content-Type", "value": "application/json" }));
        request["body"] = json!({ "mode": "raw", "raw": body, "options": { "raw": { "language": "json" } } });
    }
    request["header"] = Value::Array(headers);
    let name = ["summary", "operationId"].into_iter().find_map(|field| operation[field].as_str()).unwrap_or(path);
    json!({ "name": name, "request": request })
}

fn url(openapi: &Value, path: &str, operation: &Value) -> Value {
    // Postman writes `/holds/{id}` as `/holds/:id`.
    let segments: Vec<String> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| match segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}')) {
            Some(variable) => format!(":{variable}"),
            None => segment.to_owned(),
        })
        .collect();
    json!({
        "raw": format!("{{{{baseUrl}}}}/{}", segments.join("/")),
        "host": ["{{baseUrl}}"],
        "path": segments,
        "query": parameters(openapi, operation, "query"),
        "variable": parameters(openapi, operation, "path"),
    })
}

/// The operation's parameters in one location (`path`, `query` or `header`). Optional ones are disabled.
fn parameters(openapi: &Value, operation: &Value, location: &str) -> Vec<Value> {
    let all = operation["parameters"].as_array().into_iter().flatten();
    all.filter(|parameter| parameter["in"] == location)
        .map(|parameter| {
            let value = match documented_example(parameter) {
                Some(value) => value,
                None => example(openapi, &parameter["schema"], 0),
            };
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let mut entry =
                json!({ "key": parameter["name"], "value": value, "description": parameter["description"] });
            if parameter["required"] != true {
                entry["disabled"] = Value::Bool(true);
            }
            entry
        })
        .collect()
}

fn body(openapi: &Value, operation: &Value) -> Option<String> {
    let content = operation["requestBody"]["content"].get("application/json")?;
    let value = documented_example(content).unwrap_or_else(|| example(openapi, &content["schema"], 0));
    Some(format!("{value:#}"))
}

/// The example that the OpenAPI document has for a parameter, body or schema.
fn documented_example(element: &Value) -> Option<Value> {
    if let Some(example) = element.get("example") {
        return Some(example.clone());
    }
    match element.get("examples")? {
        Value::Array(examples) => examples.first().cloned(),
        // Named examples of a body or parameter have their value in `value`.
        Value::Object(examples) => examples.iter().min_by_key(|(name, _)| *name)?.1.get("value").cloned(),
        _ => None,
    }
}

/// An example value that matches the schema: documented, default, or generated.
fn example(openapi: &Value, schema: &Value, depth: u32) -> Value {
    if let Some(value) = documented_example(schema).or_else(|| schema.get("default").cloned()) {
        return value;
    }
    if depth >= DEPTH_MAX {
        return Value::Null;
    }
    if let Some(pointer) = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#')) {
        return openapi.pointer(pointer).map_or(Value::Null, |schema| example(openapi, schema, depth + 1));
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let parts = parts.iter().map(|part| example(openapi, part, depth + 1));
        let fields = parts.filter_map(|part| part.as_object().cloned()).flatten();
        return Value::Object(fields.collect());
    }
    if let Some(alternatives) = ["oneOf", "anyOf"].into_iter().find_map(|key| schema[key].as_array()) {
        let not_null = alternatives.iter().find(|alternative| alternative["type"] != "null");
        return not_null.map_or(Value::Null, |schema| example(openapi, schema, depth + 1));
    }
    if let Some(value) = schema["enum"].get(0) {
        return value.clone();
    }
    example_of_type(openapi, schema, depth)
}

fn example_of_type(openapi: &Value, schema: &Value, depth: u32) -> Value {
    // In OpenAPI 3.1 the type of a nullable string is `["string", "null"]`.
    let types: Vec<&str> = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        single => single.as_str().into_iter().collect(),
    };
    match types.into_iter().find(|name| *name != "null") {
        Some("object") => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            Value::Object(
                fields.map(|(name, field)| (name.clone(), example(openapi, field, depth + 1))).collect::<Map<_, _>>(),
            )
        }
        Some("array") => json!([example(openapi, &schema["items"], depth + 1)]),
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or_else(|| json!(1)),
        Some("boolean") => json!(false),
        Some("string") => match schema["format"].as_str() {
            Some("uuid") => json!("00000000-0000-0000-0000-000000000000"),
            Some("date-time") => json!("2030-01-01T19:00:00Z"),
            _ => json!("text"),
        },
        _ => Value::Null,
    }
}
