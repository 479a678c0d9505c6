//! `/openapi.json`, `/docs` and the documents that are generated from them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use boxoffice::error::ErrorCode;
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::stage::{UNKNOWN_ID, text};
use crate::support::{Client, Service};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

async fn description(client: &Client) -> Value {
    client.get("/openapi.json").await.expect(200).body
}

/// Path, method and description of every operation.
fn operations(description: &Value) -> Vec<(&str, &str, &Value)> {
    let mut operations = Vec::new();
    for (path, methods) in description["paths"].as_object().expect("an object") {
        let path_operations = METHODS.iter().filter_map(|method| Some((path.as_str(), *method, methods.get(method)?)));
        operations.extend(path_operations);
    }
    operations
}

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_operation_exists_and_no_other_method_of_its_path_does() {
    let service = Service::start().await;
    let description = description(&service.client).await;
    let documented = operations(&description);
    assert_eq!(documented.len(), 37);
    for (path, _, _) in &documented {
        for method in METHODS {
            let is_documented =
                documented.iter().any(|(other, other_method, _)| other == path && *other_method == method);
            let real = path.replace("{id}", UNKNOWN_ID).replace("{version}", "1").replace("{block_id}", UNKNOWN_ID);
            let sent = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
            let reply = service.client.send(sent, &real, &[], Some(json!({}))).await;
            assert_ne!(reply.body["code"], "ROUTE_NOT_FOUND", "{method} {path}");
            assert_eq!(reply.body["code"] != "METHOD_NOT_ALLOWED", is_documented, "{method} {path}: {}", reply.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_handler_with_an_annotation_is_a_route() {
    let service = Service::start().await;
    let description = description(&service.client).await;
    let routes: BTreeSet<String> = operations(&description).iter().map(|(_, _, it)| text(&it["operationId"])).collect();
    assert_eq!(operation_ids_in(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))), routes);
}

/// The operation ids of all annotations below a folder.
fn operation_ids_in(folder: &Path) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("a folder of the sources") {
        let path = entry.expect("an entry of that folder").path();
        if path.is_dir() {
            ids.extend(operation_ids_in(&path));
            continue;
        }
        let source = fs::read_to_string(&path).expect("a source file");
        let annotations = source.split("operation_id = \"").skip(1);
        ids.extend(annotations.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
    }
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_has_an_id_of_its_own_a_summary_and_a_tag() {
    let service = Service::start().await;
    let description = description(&service.client).await;
    assert_eq!(description["openapi"], "3.1.0");
    let operations = operations(&description);
    let ids: BTreeSet<String> = operations.iter().map(|(_, _, operation)| text(&operation["operationId"])).collect();
    assert_eq!(ids.len(), operations.len(), "{ids:?}");
    for (path, method, operation) in operations {
        assert!(operation["summary"].is_string() && operation["tags"][0].is_string(), "{method} {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reference_in_the_document_can_be_resolved() {
    let service = Service::start().await;
    let reply = service.client.get("/openapi.json").await.expect(200);
    let references: Vec<&str> =
        reply.text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(!references.is_empty());
    for reference in references {
        assert!(reply.body.pointer(reference).is_some(), "{reference}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_code_that_an_operation_documents_is_in_the_table_with_that_status() {
    let service = Service::start().await;
    let description = description(&service.client).await;
    let mut documented = 0;
    for (path, method, operation) in operations(&description) {
        for (status, response) in operation["responses"].as_object().expect("an object") {
            let text = text(&response["description"]);
            let codes = text.split(|c: char| !c.is_ascii_uppercase() && c != '_').filter(|word| word.contains('_'));
            for code in codes {
                let known = ErrorCode::ALL.iter().find(|known| known.as_str() == code);
                let known = known.unwrap_or_else(|| panic!("{method} {path}: {code} is not in the table"));
                assert_eq!(&known.status().to_string(), status, "{method} {path}: {code}");
                documented += 1;
            }
        }
    }
    assert!(documented > 40, "the response descriptions name error codes");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_documents_the_failures_that_follow_from_its_body_id_and_database_use() {
    let service = Service::start().await;
    let description = description(&service.client).await;
    for (path, method, operation) in operations(&description) {
        let has = |status: &str| operation["responses"].get(status).is_some();
        let (has_body, has_id) = (operation.get("requestBody").is_some(), path.contains("{id}"));
        assert!(has("500"), "{method} {path}");
        assert_eq!(has("400"), has_body || has_id, "{method} {path}");
        for status in ["413", "415"] {
            assert_eq!(has(status), has_body, "{method} {path}: {status}");
        }
        let needs_no_database = ["/health/live", "/api/v1/health", "/api/v1/health/status", "/metrics"].contains(&path);
        assert_eq!(has("503"), !needs_no_database, "{method} {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_failure_is_a_problem_document() {
    let service = Service::start().await;
    let description = description(&service.client).await;
    let problem = json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}});
    for (path, method, operation) in operations(&description) {
        for (status, response) in operation["responses"].as_object().expect("an object") {
            let is_failure = status.as_str() >= "400";
            assert_eq!(response["content"] == problem, is_failure, "{method} {path}: {status}");
            let has_retry_after = response["headers"].get("Retry-After").is_some();
            assert_eq!(has_retry_after, status == "503", "{method} {path}: {status}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documentation_page_loads_nothing_from_other_hosts() {
    let service = Service::start().await;
    let page = service.client.get("/docs").await.expect(200);
    assert!(page.header("content-type").starts_with("text/html"), "{:?}", page.headers);
    let links: Vec<&str> = ["src=\"", "href=\""]
        .iter()
        .flat_map(|attribute| page.text.split(attribute).skip(1).filter_map(|rest| rest.split('"').next()))
        .collect();
    assert!(links.len() > 3, "{}", page.text);
    for link in links {
        assert!(!link.contains("//"), "{link} points to another host");
        service.client.get(&format!("/docs/{}", link.trim_start_matches("./"))).await.expect(200);
    }
    let start = service.client.get("/docs/swagger-initializer.js").await.expect(200).text;
    assert!(start.contains("\"/openapi.json\""), "{start}");
    // Otherwise Swagger UI sends the document to a validator on the internet.
    assert!(start.contains("\"validatorUrl\": \"none\""), "{start}");
    assert!(!start.contains("://"), "{start}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_type_of_a_problem_links_to_its_explanation() {
    let service = Service::start().await;
    let problem = service.client.get("/api/v1/nothing").await.expect_problem(404, "ROUTE_NOT_FOUND");
    let kind = text(&problem.body["type"]);
    let (path, code) = kind.split_once('#').expect("a page and an anchor");
    let page = service.client.get(path).await.expect(200);
    assert!(page.header("content-type").starts_with("text/html"), "{:?}", page.headers);
    assert!(page.text.contains(&format!(r#" id="{code}""#)), "{}", page.text);
    assert!(!page.text.contains("//") && !page.text.contains("src="), "the page loads something from another host");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_errors_explains_every_code_under_its_own_anchor() {
    let service = Service::start().await;
    let page = service.client.get("/docs/errors").await.expect(200).text;
    let sections: Vec<&str> = page.split("<section").skip(1).collect();
    assert_eq!(sections.len(), ErrorCode::ALL.len());
    for (section, code) in sections.iter().zip(ErrorCode::ALL) {
        assert!(section.starts_with(&format!(r#" id="{}""#, code.as_str())), "{section}");
        assert!(section.contains(code.title()) && section.contains(&code.status().to_string()), "{section}");
        // Neither meaning nor advice may be empty.
        assert!(!section.contains("</strong> </p>") && !section.contains("<p></p>"), "{section}");
        assert!(!section.contains('`') && !section.contains('|'), "Markdown is not rendered: {section}");
    }
    let shortage =
        sections.iter().find(|section| section.contains("INSUFFICIENT_SEATS")).expect("the page lists this code");
    assert!(shortage.contains("<code>retry_at</code>"), "{shortage}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_prints_the_document_that_is_served_and_committed() {
    let service = Service::start().await;
    let served = description(&service.client).await;
    let output = Command::new(env!("CARGO_BIN_EXE_boxoffice")).arg("openapi").output();
    let printed =
        String::from_utf8(output.expect("the program was built with the tests").stdout).expect("JSON is text");
    assert_eq!(serde_json::from_str::<Value>(&printed).expect("JSON"), served);
    assert!(printed == include_str!("../../../docs/openapi.json"), "docs/openapi.json is stale: run `make generated`");
}
