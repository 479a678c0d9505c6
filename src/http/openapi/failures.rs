//! What operations can fail with, as far as it follows from what they are. Their annotations name the rest, by status and
//! codes; that every failure is a problem document is said here.

use actix_web::http::StatusCode;
use utoipa::Modify;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{
    ContentBuilder, HeaderBuilder, ObjectBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder, Type,
};

use crate::http::problem::PROBLEM_JSON;

/// Operations of this tag ask the database if they say so; all others do.
const OPERATIONS: &str = "operations";

/// Adds what is common, and never replaces what an annotation says.
pub(super) struct Failures;

impl Modify for Failures {
    fn modify(&self, document: &mut OpenApi) {
        for (path, item) in &mut document.paths.paths {
            let changes = [&mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
            changes.into_iter().flatten().for_each(|operation| complete(operation, path, true));
            item.get.iter_mut().for_each(|operation| complete(operation, path, false));
        }
    }
}

fn complete(operation: &mut Operation, path: &str, writes: bool) {
    let (has_body, has_id) = (operation.request_body.is_some(), path.contains("{id}"));
    let is_for_operators = operation.tags.iter().flatten().any(|tag| tag == OPERATIONS);
    let common = [
        (has_body && has_id, 400, "MALFORMED_REQUEST: the body is not JSON, or the id not a UUID"),
        (has_body && !has_id, 400, "MALFORMED_REQUEST: the body is not JSON"),
        (has_id && !has_body, 400, "MALFORMED_REQUEST: the id is not a UUID"),
        (has_body, 413, "BODY_TOO_LARGE"),
        (has_body, 415, "UNSUPPORTED_MEDIA_TYPE"),
        (has_body, 422, "VALIDATION_FAILED with the field's `pointer`"),
        (true, 500, "INTERNAL"),
        (!is_for_operators && writes, 503, "OVERLOADED, UNAVAILABLE or OUTCOME_UNKNOWN"),
        (!is_for_operators && !writes, 503, "UNAVAILABLE"),
    ];
    let responses = &mut operation.responses.responses;
    for (_, status, codes) in common.into_iter().filter(|(applies, _, _)| *applies) {
        let response = || ResponseBuilder::new().description(codes).build().into();
        responses.entry(status.to_string()).or_insert_with(response);
    }
    for (status, response) in responses {
        let status = status.parse::<StatusCode>().ok();
        if let (Some(status), RefOr::T(response)) = (status, response) {
            as_problem(status, response);
        }
    }
}

/// A failure is a problem document; 503 says when to come back.
fn as_problem(status: StatusCode, response: &mut Response) {
    if !status.is_client_error() && !status.is_server_error() {
        return;
    }
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    response.content.insert(PROBLEM_JSON.to_owned(), problem.into());
    if status == StatusCode::SERVICE_UNAVAILABLE {
        let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).build();
        let header = HeaderBuilder::new().schema(Some(seconds)).description(Some("Seconds until the next try")).build();
        response.headers.insert("Retry-After".to_owned(), header.into());
    }
}
