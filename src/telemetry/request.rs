//! The one line per request, at its end, and the span that gives every other line of the request its id.
//!
//! What the line tells is collected in a [`RequestLine`] beside the request and written once: a span that is recorded
//! into again and again would be formatted again and again.

use std::cell::Cell;
use std::future::{Ready, ready};
use std::rc::Rc;
use std::time::Instant as MonotonicInstant;

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::header::{HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest};
use tracing::Span;
use uuid::Uuid;

use super::trace_context::trace_id;
use crate::domain::ids::{BookingId, EventId, HoldId};
use crate::error::{ApiError, ErrorCode};

/// The request's id, in requests and answers. The two names mean the same here.
pub const REQUEST_ID_HEADER: &str = "x-request-id";
pub const CORRELATION_ID_HEADER: &str = "x-correlation-id";
/// The longest id that is kept from a caller, in characters.
const REQUEST_ID_LENGTH_MAX: usize = 128;

/// The template of the matched route, never a path with ids in it. The route table attaches it to each resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint(pub &'static str);

impl Endpoint {
    /// What all requests that match no route share.
    pub const UNMATCHED: Self = Self("unmatched");

    pub fn of(request: &HttpRequest) -> Self {
        request.app_data::<Self>().copied().unwrap_or(Self::UNMATCHED)
    }
}

/// What is known about a request while it runs. Cheap to clone; handlers take it as an argument to note ids that came in
/// the body.
#[derive(Clone)]
pub struct RequestLine(Rc<Noted>);

struct Noted {
    span: Span,
    request_id: HeaderValue,
    started: MonotonicInstant,
    method: Method,
    event_id: Cell<Option<EventId>>,
    hold_id: Cell<Option<HoldId>>,
    booking_id: Cell<Option<BookingId>>,
    written: Cell<bool>,
}

impl RequestLine {
    /// Begins a request's line, and keeps it beside the request.
    pub fn begin(request: &ServiceRequest) -> Self {
        let line = Self::new(request.headers(), request.method());
        request.extensions_mut().insert(line.clone());
        line
    }

    /// The line of a request. Where none was begun (a handler's unit test) it is a new one that nobody reads.
    pub fn of(request: &HttpRequest) -> Self {
        let known = request.extensions().get::<Self>().cloned();
        known.unwrap_or_else(|| Self::new(request.headers(), request.method()))
    }

    fn new(headers: &HeaderMap, method: &Method) -> Self {
        let request_id = request_id(headers);
        let traceparent = headers.get("traceparent").and_then(|value| value.to_str().ok());
        // At error level so that no log level hides the id from an error's line.
        let span = tracing::error_span!(
            "request",
            request_id = request_id.to_str().unwrap_or_default(),
            trace_id = traceparent.and_then(trace_id),
        );
        Self(Rc::new(Noted {
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

    /// What gives the request's other log lines its id.
    pub fn span(&self) -> &Span {
        &self.0.span
    }

    pub fn request_id(&self) -> &HeaderValue {
        &self.0.request_id
    }

    /// Since the head of the request was read.
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
        ready(Ok(Self::of(request)))
    }
}

/// An id that a caller chose is kept if it is harmless in a log line; else a new one is made.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    let chosen = [REQUEST_ID_HEADER, CORRELATION_ID_HEADER]
        .iter()
        .filter_map(|name| headers.get(*name))
        .find(|value| is_harmless(value.as_bytes()));
    chosen.cloned().unwrap_or_else(|| {
        let mut buffer = Uuid::encode_buffer();
        let text = Uuid::now_v7().as_hyphenated().encode_lower(&mut buffer);
        HeaderValue::from_str(text).expect("a UUID is plain ASCII")
    })
}

fn is_harmless(id: &[u8]) -> bool {
    (1..=REQUEST_ID_LENGTH_MAX).contains(&id.len())
        && id.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

macro_rules! write_line {
    ($level:ident, $noted:expr, $($field:tt)*) => {
        tracing::$level!(
            target: "boxoffice::request",
            method = $noted.method.as_str(),
            $($field)*
            duration_ms = $noted.started.elapsed().as_micros() as f64 / 1000.0,
            event_id = $noted.event_id.get().map(display),
            hold_id = $noted.hold_id.get().map(display),
            booking_id = $noted.booking_id.get().map(display),
            "request"
        )
    };
}

impl RequestLine {
    /// Writes the line: the request was answered.
    pub fn write(&self, endpoint: Endpoint, status: StatusCode, error: Option<&ApiError>) {
        self.0.span.in_scope(|| self.write_here(endpoint, status, error));
    }

    fn write_here(&self, Endpoint(route): Endpoint, status: StatusCode, error: Option<&ApiError>) {
        let noted = &self.0;
        noted.written.set(true);
        let code = error.map(|error| error.code.as_str());
        let chain = error.and_then(|error| error.source.as_ref()).map(|source| format!("{source:#}"));
        if error.is_some_and(|error| error.code == ErrorCode::Overloaded) {
            // In a sale there may be thousands a second, and nothing is wrong: the count of errors tells how many.
            write_line!(info, noted, route, status = status.as_u16(), code,);
        } else if status == StatusCode::SERVICE_UNAVAILABLE {
            // A database that will be back: worth a look.
            write_line!(warn, noted, route, status = status.as_u16(), code, error = chain,);
        } else if status.is_server_error() {
            write_line!(error, noted, route, status = status.as_u16(), code, error = chain,);
        } else {
            write_line!(info, noted, route, status = status.as_u16(), code,);
        }
    }
}

impl Drop for Noted {
    /// The client went away and actix dropped the handler, or the handler panicked: the request ends all the same.
    fn drop(&mut self) {
        if self.written.get() {
            return;
        }
        self.span.clone().in_scope(|| {
            if std::thread::panicking() {
                write_line!(error, self, abandoned = true, error = "the handler panicked",);
            } else {
                write_line!(info, self, abandoned = true,);
            }
        });
    }
}
