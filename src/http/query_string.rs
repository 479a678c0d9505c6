//! `QueryString<T>`: the query parameters, or the problem that says what is wrong with them.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::error::QueryPayloadError;
use actix_web::web::Query;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use crate::error::ApiError;

/// Parsed query parameters. With `deny_unknown_fields` on `T`, a misspelt filter is refused instead of ignored.
pub struct QueryString<T>(pub T);

impl<T: DeserializeOwned> FromRequest for QueryString<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parsed = Query::<T>::from_query(request.query_string());
        ready(parsed.map(|query| Self(query.into_inner())).map_err(|error| refusal(&error)))
    }
}

/// Serde's message names the parameter in backquotes, and nothing in it is secret.
fn refusal(error: &QueryPayloadError) -> ApiError {
    let message = match error {
        QueryPayloadError::Deserialize(error) => error.to_string(),
        other => other.to_string(),
    };
    let parameter = message.split('`').nth(1).unwrap_or_default();
    ApiError::invalid(parameter, message.as_str())
}
