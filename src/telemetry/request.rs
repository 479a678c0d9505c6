//! The log line of a request, written when it ends, and the span that adds the request id to its other log lines.
//!
//! The fields of the line are collected in a [`RequestLine`] and written once. Recording them into the span instead
//! would format the span again for each field.

use std::cell::Cell;
use std::future::{Ready, ready};
use std::rc::Rc;
use std::time::Instant as MonotonicInstant;

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::header::{HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest};
use boxoffice_engine::ids::{BookingId, EventId, HoldId};
use tracing::{Span, span};
use uuid::Uuid;

use super::trace_context::trace_id;
use crate::error::{ApiError, ErrorCode};

/// Headers with the request's id, in requests and responses. Both have the same meaning.
pub const REQUEST_ID_HEADER: &str = "x-request-id";
pub const CORRELATION_ID_HEADER: &str = "x-correlation-id";
/// Longest request id that is accepted from a client, in bytes.
const REQUEST_ID_LENGTH_MAX: usize = 128;

/// Template of the matched route (`/api/v1/holds/{id}`), without actual ids. The route table attaches it to each
/// resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint(pub &'static str);

impl Endpoint {
    /// Shared by all requests that match no route.
    pub const UNMATCHED: Self = Self("unmatched");

    /// The endpoint that the route table attached, or [`Self::UNMATCHED`].
    pub fn from_request(request: &HttpRequest) -> Self {
        request.app_data::<Self>().copied().unwrap_or(Self::UNMATCHED)
    }
}

/// The log line of a running request. Cheap to clone; handlers take it as an argument to add ids to it.
#[derive(Clone)]
pub struct RequestLine(Rc<RequestFields>);

struct RequestFields {
    /// Id of the request's span. The middleware keeps the span open until the line is written; a handle of our own would
    /// have to be counted, for every request.
    span: Option<span::Id>,
    request_id: HeaderValue,
    started: MonotonicInstant,
    method: Method,
    event_id: Cell<Option<EventId>>,
    hold_id: Cell<Option<HoldId>>,
    booking_id: Cell<Option<BookingId>>,
    written: Cell<bool>,
}

impl RequestLine {
    /// Begins a request's line, stores it in the request's extensions, and returns the span that adds the request id to
    /// all log lines inside it.
    pub fn begin(request: &ServiceRequest) -> Span {
        let request_id = request_id(request.headers());
        let traceparent = request.headers().get("traceparent").and_then(|value| value.to_str().ok());
        // At error level, so that the span and its id are recorded at every log level.
        let span = tracing::error_span!(
            "request",
            request_id = request_id.to_str().unwrap_or_default(),
            trace_id = traceparent.and_then(trace_id),
        );
        let line = Self::new(request_id, request.method(), span.id());
        request.extensions_mut().insert(line);
        span
    }

    /// The line that [`Self::begin`] stored in the request's extensions, or a new one if there is none (in unit tests).
    pub fn from_extensions(request: &HttpRequest) -> Self {
        let begun = request.extensions().get::<Self>().cloned();
        begun.unwrap_or_else(|| Self::new(request_id(request.headers()), request.method(), None))
    }

    fn new(request_id: HeaderValue, method: &Method, span: Option<span::Id>) -> Self {
        Self(Rc::new(RequestFields {
            span,
            request_id,
            started: MonotonicInstant::now(),
            method: method.clone(),
            event_id: Cell::default(),
            hold_id: Cell::default(),
            booking_id: Cell::default(),
            written: Cell::new(false),
        }))
    }

    /// The client's request id, or a generated one.
    pub fn request_id(&self) -> &HeaderValue {
        &self.0.request_id
    }

    /// Seconds since the head of the request was read.
    pub fn seconds(&self) -> f64 {
        self.0.started.elapsed().as_secs_f64()
    }

    pub fn note_event(&self, id: EventId) {
        self.0.event_id.set(Some(id));
    }

    pub fn note_hold(&self, id: HoldId) {
        self.0.hold_id.set(Some(id));
    }

    pub fn note_booking(&self, id: BookingId) {
        self.0.booking_id.set(Some(id));
    }
}

impl FromRequest for RequestLine {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::from_extensions(request)))
    }
}

/// The client's request id if it is safe in a log line, or a new UUID.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    let sent = [REQUEST_ID_HEADER, CORRELATION_ID_HEADER]
        .iter()
        .filter_map(|name| headers.get(*name))
        .find(|value| is_safe(value.as_bytes()));
    sent.cloned().unwrap_or_else(|| {
        let mut buffer = Uuid::encode_buffer();
        let text = Uuid::now_v7().as_hyphenated().encode_lower(&mut buffer);
        HeaderValue::from_str(text).expect("a UUID is plain ASCII")
    })
}

fn is_safe(id: &[u8]) -> bool {
    (1..=REQUEST_ID_LENGTH_MAX).contains(&id.len())
        && id.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

macro_rules! write_line {
    ($level:ident, $fields:expr, $($field:tt)*) => {
        tracing::$level!(
            target: "boxoffice::request",
            parent: $fields.span.clone(),
            method = $fields.method.as_str(),
            $($field)*
            duration_ms = $fields.started.elapsed().as_micros() as f64 / 1000.0,
            event_id = $fields.event_id.get().map(display),
            hold_id = $fields.hold_id.get().map(display),
            booking_id = $fields.booking_id.get().map(display),
            "request"
        )
    };
}

impl RequestLine {
    /// Writes the line of an answered request.
    pub fn write(&self, Endpoint(route): Endpoint, status: StatusCode, error: Option<&ApiError>) {
        let fields = &self.0;
        fields.written.set(true);
        let code = error.map(|error| error.code.as_str());
        let chain = error.and_then(|error| error.source.as_ref()).map(|source| format!("{source:#}"));
        if error.is_some_and(|error| error.code == ErrorCode::Overloaded) {
            // Expected in a sale, thousands per second: `errors_total` counts them.
            write_line!(info, fields, route, status = status.as_u16(), code,);
        } else if status == StatusCode::SERVICE_UNAVAILABLE {
            // The database is not available for the moment: an operator should look, but it is no bug.
            write_line!(warn, fields, route, status = status.as_u16(), code, error = chain,);
        } else if status.is_server_error() {
            write_line!(error, fields, route, status = status.as_u16(), code, error = chain,);
        } else {
            write_line!(info, fields, route, status = status.as_u16(), code,);
        }
    }
}

impl Drop for RequestFields {
    /// Writes the line of a request without a response: the client disconnected and actix dropped the handler, or the
    /// handler panicked.
    fn drop(&mut self) {
        if self.written.get() {
            return;
        }
        if std::thread::panicking() {
            write_line!(error, self, abandoned = true, error = "the handler panicked",);
        } else {
            write_line!(info, self, abandoned = true,);
        }
    }
}
