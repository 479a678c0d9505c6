//! The response to a creation: 201 with `Location`. A repeat with the same idempotency key gets the stored response.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::key::{IdempotencyKey, REPLAYED_HEADER};
use crate::app::App;
use crate::error::ApiError;
use crate::http::read::with_deadline;
use crate::idempotency::creation::{Created, Creation};
use crate::idempotency::sql::stored_response::{ResponseToStore, StoredResponse, find_stored_response};
use crate::telemetry::request::RequestLine;

/// A resource that is created by `POST`, as its response shows it.
pub trait Resource: Creation {
    /// Name of the body's member with the id.
    const ID_MEMBER: &'static str;

    /// The response body.
    fn body(&self) -> impl Serialize;

    /// Path of the resource with this id, for `Location`.
    fn path(id: Uuid) -> String;

    /// Adds the id to the request's log line, if the line has a field for it.
    fn note_id(_id: Uuid, _line: &RequestLine) {}
}

/// The idempotency key and the response to store with it, if the request has a key.
pub fn response_to_store<T: Resource>(
    key: &IdempotencyKey,
    route: &str,
    body: &impl Serialize,
) -> Option<ResponseToStore<T>> {
    key.idempotency(route, body).map(|idempotency| ResponseToStore { idempotency, response: stored_response::<T> })
}

/// Builds the response. `has_key` says whether the request has an idempotency key.
///
/// # Errors
/// `INTERNAL` if the response cannot be serialised, or the stored response has no valid id.
pub fn created_response<T: Resource>(
    line: &RequestLine,
    outcome: Created<T>,
    has_key: bool,
) -> Result<HttpResponse, ApiError> {
    match outcome {
        Created::New(new) if has_key => {
            let stored = stored_response(&*new).map_err(ApiError::internal)?;
            response_from_stored::<T>(line, &stored, false)
        }
        Created::New(new) => Ok(response_head::<T>(line, new.id()).json(new.body())),
        Created::Replayed(stored) => response_from_stored::<T>(line, &stored, true),
    }
}

/// Finds the response to a request that was answered before. For handlers that validate a request against data or rules
/// that may have changed since: a repeat is not validated again.
///
/// # Errors
/// `UNAVAILABLE`; `INTERNAL` if the stored response has no valid id.
pub async fn find_replay<T: Resource>(
    app: &App,
    line: &RequestLine,
    to_store: Option<&ResponseToStore<T>>,
) -> Result<Option<HttpResponse>, ApiError> {
    let Some(to_store) = to_store else { return Ok(None) };
    let stored = with_deadline(app, find_stored_response(&app.pool, &to_store.idempotency)).await?;
    stored.map(|stored| response_from_stored::<T>(line, &stored, true)).transpose()
}

fn response_head<T: Resource>(line: &RequestLine, id: Uuid) -> HttpResponseBuilder {
    T::note_id(id, line);
    let mut response = HttpResponse::Created();
    response.insert_header((LOCATION, T::path(id)));
    response
}

/// The response that repeats get.
fn stored_response<T: Resource>(new: &T) -> serde_json::Result<StoredResponse> {
    Ok(StoredResponse { status: i32::from(StatusCode::CREATED.as_u16()), body: serde_json::to_value(new.body())? })
}

/// The first response is also built from the stored one, so that all are the same byte for byte: the database does not
/// keep the order of an object's members.
fn response_from_stored<T: Resource>(
    line: &RequestLine,
    stored: &StoredResponse,
    replayed: bool,
) -> Result<HttpResponse, ApiError> {
    let id = Uuid::deserialize(&stored.body[T::ID_MEMBER]).map_err(ApiError::internal)?;
    let mut response = response_head::<T>(line, id);
    if replayed {
        response.insert_header((REPLAYED_HEADER, "true"));
    }
    Ok(response.json(&stored.body))
}
