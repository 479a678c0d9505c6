//! Adds common failures to the operations of the OpenAPI document: those that follow from the path, the body and the
//! method. Annotations list the other failures, by status and codes. Also adds the schema of problem documents to
//! every failure.

use actix_web::http::StatusCode;
use utoipa::Modify;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{
    ContentBuilder, HeaderBuilder, ObjectBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder, Type,
};

use crate::http::problem::PROBLEM_JSON;

/// Tag of operations that are exempt from the common 503, because some of them do not use the database.
const OPERATIONS_TAG: &str = "operations";

/// Adds common failures. Does not replace a status that an annotation describes.
pub(super) struct Failures;

impl Modify for Failures {
    fn modify(&self, document: &mut OpenApi) {
        for (path, item) in &mut document.paths.paths {
            let changes = [&mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
            changes.into_iter().flatten().for_each(|operation| add_failures(operation, path, true));
            item.get.iter_mut().for_each(|operation| add_failures(operation, path, false));
        }
    }
}

fn add_failures(operation: &mut Operation, path: &str, writes: bool) {
    let (has_body, has_id) = (operation.request_body.is_some(), path.contains("{id}"));
    let is_operations = operation.tags.iter().flatten().any(|tag| tag == OPERATIONS_TAG);
    let common = [
        (has_body && has_id, 400, "MALFORMED_REQUEST: the body is not JSON, or the id is not a UUID"),
        (has_body && !has_id, 400, "MALFORMED_REQUEST: the body is not JSON"),
        (has_id && !has_body, 400, "MALFORMED_REQUEST: the id is not a UUID"),
        (has_body, 413, "BODY_TOO_LARGE"),
        (has_body, 415, "UNSUPPORTED_MEDIA_TYPE"),
        (has_body, 422, "VALIDATION_FAILED with the field's `pointer`"),
        (true, 500, "INTERNAL"),
        (!is_operations && writes, 503, "OVERLOADED, UNAVAILABLE or OUTCOME_UNKNOWN"),
        (!is_operations && !writes, 503, "UNAVAILABLE"),
    ];
    let responses = &mut operation.responses.responses;
    for (_, status, codes) in common.into_iter().filter(|(applies, _, _)| *applies) {
        let response = || ResponseBuilder::new().description(codes).build().into();
        responses.entry(status.to_string()).or_insert_with(response);
    }
    for (status, response) in responses {
        let status = status.parse::<StatusCode>().ok();
        if let (Some(status), RefOr::T(response)) = (status, response) {
            describe_problem(status, response);
        }
    }
}

/// Gives a failure the schema of problem documents, and 503 the header `Retry-After`.
fn describe_problem(status: StatusCode, response: &mut Response) {
    if !status.is_client_error() && !status.is_server_error() {
        return;
    }
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    response.content.insert(PROBLEM_JSON.to_owned(), problem.into());
    if status == StatusCode::SERVICE_UNAVAILABLE {
        let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).build();
        let header = HeaderBuilder::new()
            .schema(Some(seconds))
            .description(Some("Seconds to wait before repeating the request"))
            .build();
        response.headers.insert("Retry-After".to_owned(), header.into());
    }
}
