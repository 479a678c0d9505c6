//! Middleware around every request: sets the request id on the response, converts failures to problem documents and
//! counts the request. While the server drains, it also closes the connection after the response, so that clients with
//! persistent connections reconnect to another server.
//!
//! It wraps the routes directly, so failures of actix itself (no such route, wrong method) become problem documents
//! too. Around it is the middleware that makes the request's root span and writes its log line (`telemetry::root_span`).

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse, web};

use super::problem::{PROBLEM_JSON, Problem, retry_after_seconds};
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::telemetry::metrics;
use crate::telemetry::request::{CORRELATION_ID_HEADER, Endpoint, REQUEST_ID_HEADER, RequestLine};

/// The middleware function: see the module's documentation.
pub async fn complete_response(request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, Error> {
    let line = RequestLine::from_extensions(request.request());
    let (request, mut response) = next.call(request).await?.into_parts();
    let id = line.request_id();

    if response.status().is_client_error() || response.status().is_server_error() {
        response = into_problem(response, id);
    }
    if is_draining(&request) {
        response.head_mut().set_connection_type(ConnectionType::Close);
    }
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static(REQUEST_ID_HEADER), id.clone());
    headers.insert(HeaderName::from_static(CORRELATION_ID_HEADER), id.clone());
    let Endpoint(route) = Endpoint::from_request(&request);
    metrics::http_request(request.method().as_str(), route, response.status().as_u16(), line.seconds());
    Ok(ServiceResponse::new(request, response))
}

fn is_draining(request: &HttpRequest) -> bool {
    request.app_data::<web::Data<App>>().is_some_and(|app| !app.readiness.is_ready())
}

/// The response with a problem document as body. The error of an actix failure is made from its status.
fn into_problem(response: HttpResponse, request_id: &HeaderValue) -> HttpResponse {
    let mut response = if response.error().is_some_and(|error| error.as_error::<ApiError>().is_some()) {
        response
    } else {
        from_actix_error(&response)
    };
    let Some(error) = response.error().and_then(Error::as_error::<ApiError>) else {
        return response;
    };
    metrics::error(error.code);
    let retry_after = retry_after_seconds(error.code);
    let document = Problem::new(error, request_id.to_str().unwrap_or_default());
    let document = serde_json::to_vec(&document).expect("a problem document has only text, numbers and JSON values");

    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    if let Some(seconds) = retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response.set_body(document.boxed())
}

/// Makes an [`ApiError`] response from a failure of actix or a library, by its status. Keeps the headers (`Allow`).
fn from_actix_error(response: &HttpResponse) -> HttpResponse {
    let code = match response.status() {
        StatusCode::NOT_FOUND => ErrorCode::RouteNotFound,
        StatusCode::METHOD_NOT_ALLOWED => ErrorCode::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => ErrorCode::BodyTooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ErrorCode::UnsupportedMediaType,
        status if status.is_client_error() => ErrorCode::MalformedRequest,
        _ => ErrorCode::Internal,
    };
    let mut error = ApiError::new(code);
    match response.error() {
        Some(cause) if code == ErrorCode::Internal => error.source = Some(anyhow::anyhow!("{cause}")),
        Some(cause) => error.detail = Some(cause.to_string()),
        None => {}
    }
    let mut problem = HttpResponse::from_error(error);
    for (name, value) in response.headers() {
        problem.headers_mut().insert(name.clone(), value.clone());
    }
    problem
}
