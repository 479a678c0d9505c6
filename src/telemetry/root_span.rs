//! The root span of a request, as `tracing-actix-web` makes it.
//!
//! The library's own builder formats fifteen fields per request, most of which repeat what the request's log line says.
//! This one records the request's id and trace id, which every log line needs, and leaves the rest to the request's line.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use tracing::Span;
use tracing_actix_web::RootSpanBuilder;

use super::request::{Endpoint, RequestLine};

/// Makes the span when a request begins and writes the request's line when it ends.
pub struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        RequestLine::begin(request)
    }

    fn on_request_end<B: MessageBody>(_: Span, outcome: &Result<ServiceResponse<B>, Error>) {
        // Without a response the line is written when it is dropped.
        if let Ok(response) = outcome {
            let (request, response) = (response.request(), response.response());
            let error = response.error().and_then(Error::as_error);
            RequestLine::from_extensions(request).write(Endpoint::from_request(request), response.status(), error);
        }
    }
}
