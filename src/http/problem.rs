//! `ApiError` as an RFC 9457 problem document.
//!
//! The document is written by `middleware` and not by `error_response`, because it has the request id, which an error
//! does not know. It has the error's code, detail and members; the error's source is only logged.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use rand::Rng;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::error::{ApiError, ErrorCode, Retry};

/// Media type of problem documents.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Maximum of `Retry-After` on 503, in seconds. The value is random from 1 to this, so that clients that were refused
/// at the same time do not all retry at the same time.
const RETRY_AFTER_SECONDS_MAX: u32 = 3;

/// Body of every failure (RFC 9457). Match on `code`; the other texts may change.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "type": "/docs/errors#INSUFFICIENT_SEATS", "title": "There is not enough capacity", "status": 409,
    "code": "INSUFFICIENT_SEATS", "request_id": "0199d3c0-7a51-7c2e-9f43-5d1f6f0c9a11",
    "requested": 4, "available": 1, "held": 3, "retry_at": "2027-03-01T19:00:42.5Z",
    "server_time": "2027-03-01T18:59:58.25Z",
}))]
pub struct Problem<'a> {
    /// Link to the explanation of the code, relative to this service.
    r#type: String,
    /// Meaning of the code: the same for all errors with this code.
    title: &'static str,
    /// The HTTP status code of the response.
    status: u16,
    /// Explanation of this error, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    /// Error code: see `/docs/errors`.
    code: &'static str,
    /// Id of this request in the service's log.
    request_id: &'a str,
    /// Further members, depending on the code: see `/docs/errors`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    members: &'a Map<String, Value>,
}

impl<'a> Problem<'a> {
    /// The problem document of an error.
    pub fn new(error: &'a ApiError, request_id: &'a str) -> Self {
        Self {
            r#type: format!("/docs/errors#{}", error.code.as_str()),
            title: error.code.title(),
            status: error.code.status(),
            detail: error.detail.as_deref(),
            code: error.code.as_str(),
            request_id,
            members: &error.members,
        }
    }
}

/// Value of `Retry-After` in seconds; `None` if repeating the same request does not help.
pub fn retry_after_seconds(code: ErrorCode) -> Option<u32> {
    match code.retry() {
        Retry::Now if code.status() == StatusCode::SERVICE_UNAVAILABLE.as_u16() => {
            Some(rand::rng().random_range(1..=RETRY_AFTER_SECONDS_MAX))
        }
        Retry::Now => Some(1),
        Retry::Later | Retry::Never => None,
    }
}

fn status_of(code: ErrorCode) -> StatusCode {
    StatusCode::from_u16(code.status()).expect("the table has statuses of HTTP")
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        status_of(self.code)
    }

    /// Only the status: see the module's documentation.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(status_of(self.code))
    }
}
