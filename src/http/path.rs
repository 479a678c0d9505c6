//! `Id<T>`: the id in the path, parsed and noted for the request's log line.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use uuid::Uuid;

use crate::domain::ids::{BookingId, EventId, HoldId, PoolId, SeriesId, VenueId};
use crate::error::{ApiError, ErrorCode};
use crate::telemetry::request::RequestLine;

/// The path parameter `{id}`.
pub struct Id<T>(pub T);

/// An id that a path can name.
pub trait PathId: From<Uuid> + Copy {
    /// Writes it into the request's log line, where that has a place for it: for what a sale asks for.
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

/// A parameter of the path. `MALFORMED_REQUEST`, with the words that it is called by, unless it is a UUID.
pub fn uuid_in_path(request: &HttpRequest, parameter: &str, called: &str) -> Result<Uuid, ApiError> {
    let text = request.match_info().get(parameter).unwrap_or_default();
    let not_one = |_| ApiError::new(ErrorCode::MalformedRequest).detail(format!("{called} in the path is not a UUID"));
    Uuid::try_parse(text).map_err(not_one)
}

/// The id in the path. `MALFORMED_REQUEST` unless it is a UUID.
pub fn path_id<T: PathId>(request: &HttpRequest) -> Result<T, ApiError> {
    let id = T::from(uuid_in_path(request, "id", "The id")?);
    id.note(&RequestLine::of(request));
    Ok(id)
}
