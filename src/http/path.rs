//! `Id<T>`: the id in the path. Parsing it also adds it to the request's log line.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use boxoffice_engine::ids::{BookingId, EventId, HoldId, PoolId, SeriesId, VenueId};
use uuid::Uuid;

use crate::error::{ApiError, ErrorCode};
use crate::telemetry::request::RequestLine;

/// The path parameter `{id}`.
pub struct Id<T>(pub T);

/// An id that can be in a path.
pub trait PathId: From<Uuid> + Copy {
    /// Adds the id to the request's log line. The line has fields for events, holds and bookings only.
    fn note(self, _: &RequestLine) {}
}

impl PathId for EventId {
    fn note(self, line: &RequestLine) {
        line.note_event(self);
    }
}

impl PathId for HoldId {
    fn note(self, line: &RequestLine) {
        line.note_hold(self);
    }
}

impl PathId for BookingId {
    fn note(self, line: &RequestLine) {
        line.note_booking(self);
    }
}

impl PathId for PoolId {}
impl PathId for SeriesId {}
impl PathId for VenueId {}

impl<T: PathId> FromRequest for Id<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(path_id(request).map(Self))
    }
}

/// Parses a path parameter. `label` names it in the error text, at the beginning of the sentence.
///
/// # Errors
/// `MALFORMED_REQUEST` if it is not a UUID.
pub fn uuid_in_path(request: &HttpRequest, parameter: &str, label: &str) -> Result<Uuid, ApiError> {
    let text = request.match_info().get(parameter).unwrap_or_default();
    let malformed =
        |_| ApiError::new(ErrorCode::MalformedRequest).with_detail(format!("{label} in the path is not a UUID"));
    Uuid::try_parse(text).map_err(malformed)
}

/// Parses the path parameter `{id}` and adds the id to the request's log line.
///
/// # Errors
/// `MALFORMED_REQUEST` if it is not a UUID.
pub fn path_id<T: PathId>(request: &HttpRequest) -> Result<T, ApiError> {
    let id = T::from(uuid_in_path(request, "id", "The id")?);
    id.note(&RequestLine::from_extensions(request));
    Ok(id)
}
