//! The answer to a creation: 201 with `Location`; to a repeat with the same key, the first answer again.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::idempotency::{IdempotencyKey, REPLAYED_HEADER};
use crate::error::ApiError;
use crate::ops::creation::{Created, Creation};
use crate::ops::stored_response::{ResponseToStore, StoredResponse};
use crate::telemetry::request::RequestLine;

/// Something that is created by `POST`, as its answer shows it.
pub trait Resource: Creation {
    /// The member of its body that has its id.
    const ID: &'static str;

    fn body(&self) -> impl Serialize;

    /// Where it is, by its id.
    fn address(id: Uuid) -> String;

    /// Notes the id for the request's log line, if that has a place for it.
    fn note(_id: Uuid, _line: &RequestLine) {}
}

/// The request's key with the answer that goes with it, if the request can be repeated.
pub fn keep<T: Resource>(key: &IdempotencyKey, route: &str, body: &impl Serialize) -> Option<ResponseToStore<T>> {
    key.of(route, body).map(|idempotency| ResponseToStore { idempotency, answer: answer::<T> })
}

/// `repeatable` says whether the request had a key.
///
/// # Errors
/// When the answer cannot be written, or an earlier one cannot be read.
pub fn created<T: Resource>(
    line: &RequestLine,
    outcome: Created<T>,
    repeatable: bool,
) -> Result<HttpResponse, ApiError> {
    match outcome {
        Created::New(new) if repeatable => kept::<T>(line, &answer(&*new).map_err(ApiError::internal)?, false),
        Created::New(new) => Ok(head::<T>(line, new.id()).json(new.body())),
        Created::Replayed(answer) => kept::<T>(line, &answer, true),
    }
}

fn head<T: Resource>(line: &RequestLine, id: Uuid) -> HttpResponseBuilder {
    T::note(id, line);
    let mut response = HttpResponse::Created();
    response.insert_header((LOCATION, T::address(id)));
    response
}

/// What a repeat will be given.
fn answer<T: Resource>(new: &T) -> serde_json::Result<StoredResponse> {
    Ok(StoredResponse { status: i32::from(StatusCode::CREATED.as_u16()), body: serde_json::to_value(new.body())? })
}

/// The first answer is given as it was kept, like the later ones, so that they are the same byte by byte: the database
/// does not keep the order of an object's members.
fn kept<T: Resource>(line: &RequestLine, answer: &StoredResponse, replayed: bool) -> Result<HttpResponse, ApiError> {
    let id = Uuid::deserialize(&answer.body[T::ID]).map_err(ApiError::internal)?;
    let mut response = head::<T>(line, id);
    if replayed {
        response.insert_header((REPLAYED_HEADER, "true"));
    }
    Ok(response.json(&answer.body))
}
