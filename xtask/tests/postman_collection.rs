//! The conversion of the API's description into a Postman collection.

use boxoffice_xtask::{openapi, postman};
use serde_json::{Value, json};

fn description() -> Value {
    json!({
        "info": { "title": "Box Office API" },
        "tags": [{ "name": "holds" }, { "name": "events" }, { "name": "unused" }],
        "paths": {
            "/api/v1/events": {
                "get": {
                    "tags": ["events"], "operationId": "list_events",
                    "parameters": [
                        { "in": "query", "name": "limit", "schema": { "type": "integer", "minimum": 5 } },
                    ],
                },
            },
            "/api/v1/holds/{id}/extend": {
                "post": {
                    "tags": ["holds"], "summary": "Extend a hold",
                    "parameters": [
                        { "in": "path", "name": "id", "required": true, "schema": { "type": "string", "format": "uuid" } },
                        { "in": "header", "name": "X-Payment-Token", "required": true, "example": "a token" },
                    ],
                    "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Body" } } } },
                },
            },
            "/health/live": { "get": { "operationId": "live" } },
        },
        "components": { "schemas": { "Body": { "type": "object", "properties": {
            "seconds": { "type": ["integer", "null"], "examples": [60] },
            "kind": { "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Kind" }] },
            "again": { "type": "array", "items": { "$ref": "#/components/schemas/Body" } },
        } }, "Kind": { "type": "string", "enum": ["a", "b"] } } },
    })
}

#[test]
fn requests_are_grouped_by_tag_in_the_order_of_the_description() {
    let collection = postman::collection(&description());
    let names: Vec<&str> =
        collection["item"].as_array().into_iter().flatten().filter_map(|folder| folder["name"].as_str()).collect();
    assert_eq!(names, ["holds", "events", "other"]);
}

#[test]
fn a_request_has_path_variables_headers_and_a_body_that_fits_its_schema() {
    let collection = postman::collection(&description());
    let item = &collection["item"][0]["item"][0];
    assert_eq!(item["name"], "Extend a hold");
    assert_eq!(item["request"]["method"], "POST");
    assert_eq!(item["request"]["url"]["raw"], "{{baseUrl}}/api/v1/holds/:id/extend");
    assert_eq!(item["request"]["url"]["variable"][0]["key"], "id");
    assert_eq!(item["request"]["header"][1]["value"], "a token");

    let body = item["request"]["body"]["raw"].as_str().expect("a body is text");
    let body: Value = serde_json::from_str(body).expect("the text is JSON");
    assert_eq!(body["seconds"], 60);
    assert_eq!(body["kind"], "a");
    assert!(body["again"].is_array(), "the example of a recursive schema is finite");
}

#[test]
fn optional_parameters_are_there_but_switched_off() {
    let collection = postman::collection(&description());
    let limit = &collection["item"][1]["item"][0]["request"]["url"]["query"][0];
    assert_eq!(*limit, json!({ "key": "limit", "value": "5", "description": null, "disabled": true }));
}

#[test]
fn the_collection_has_every_operation_of_the_description() {
    let description = openapi().expect("the document is JSON");
    let collection = postman::collection(&description);
    let operations: usize = description["paths"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(_, operations)| {
            let methods = ["get", "put", "post", "patch", "delete"];
            methods.iter().filter(|method| operations.get(**method).is_some()).count()
        })
        .sum();
    let folders = collection["item"].as_array().expect("a collection has folders");
    let requests: usize = folders.iter().map(|folder| folder["item"].as_array().map_or(0, Vec::len)).sum();
    assert!(operations > 0);
    assert_eq!(requests, operations);
}
