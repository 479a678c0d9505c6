//! `ApiError` as an RFC 9457 problem document.
//!
//! The document is written by the middleware `answer` and not by `error_response`, because it carries the request id,
//! which an error does not know. Only what the table and the error's members say gets out; the source never does.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use rand::Rng;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::error::{ApiError, ErrorCode, Retry};

/// The media type of every failure.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// The longest that an overloaded service asks a client to wait, in seconds. The wait is drawn at random from 1 to this,
/// so that the clients that were refused together do not come back together.
const RETRY_AFTER_SECONDS_MAX: u32 = 3;

/// What every failure looks like (RFC 9457). Match on `code`; the other texts may be reworded.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "type": "/docs/errors#INSUFFICIENT_SEATS", "title": "There is not enough room", "status": 409,
    "code": "INSUFFICIENT_SEATS", "request_id": "0199d3c0-7a51-7c2e-9f43-5d1f6f0c9a11",
    "requested": 4, "available": 1, "held": 3, "retry_at": "2027-03-01T19:00:42.5Z",
    "server_time": "2027-03-01T18:59:58.25Z",
}))]
pub struct Problem<'a> {
    /// Where the code is explained, relative to this service.
    r#type: String,
    /// The meaning of the code. Always the same for one code.
    title: &'static str,
    /// The HTTP status again.
    status: u16,
    /// About this occurrence, for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    /// From the table of errors, upper snake case.
    code: &'static str,
    /// Names this request in the service's log.
    request_id: &'a str,
    /// What a client needs to go on, depending on the code: see the table of errors.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    members: &'a Map<String, Value>,
}

impl<'a> Problem<'a> {
    pub fn new(error: &'a ApiError, request_id: &'a str) -> Self {
        Self {
            r#type: format!("/docs/errors#{}", error.code.as_str()),
            title: error.code.title(),
            status: error.code.status().as_u16(),
            detail: error.detail.as_deref(),
            code: error.code.as_str(),
            request_id,
            members: &error.members,
        }
    }
}

/// Seconds after which the same request is worth another try; `None` when waiting alone does not help.
pub fn retry_after_seconds(code: ErrorCode) -> Option<u32> {
    match code.retry() {
        Retry::Now if code.status() == StatusCode::SERVICE_UNAVAILABLE => {
            Some(rand::rng().random_range(1..=RETRY_AFTER_SECONDS_MAX))
        }
        Retry::Now => Some(1),
        Retry::Later | Retry::Never => None,
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    /// Only the status: see the module's documentation.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.code.status())
    }
}
