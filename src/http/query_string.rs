//! `QueryString<T>`: parsed query parameters. Errors name the parameter.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::error::QueryPayloadError;
use actix_web::web::Query;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use crate::error::ApiError;

/// Parsed query parameters. `T` should have `deny_unknown_fields`, so that a misspelt filter is refused and not
/// ignored.
pub struct QueryString<T>(pub T);

impl<T: DeserializeOwned> FromRequest for QueryString<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parsed = Query::<T>::from_query(request.query_string());
        ready(parsed.map(|query| Self(query.into_inner())).map_err(|error| from_query_error(&error)))
    }
}

/// Makes an [`ApiError`] from Serde's message, which has the parameter's name in backquotes and no secrets.
fn from_query_error(error: &QueryPayloadError) -> ApiError {
    let message = match error {
        QueryPayloadError::Deserialize(error) => error.to_string(),
        other => other.to_string(),
    };
    let parameter = message.split('`').nth(1).unwrap_or_default();
    ApiError::invalid(parameter, message.as_str())
}
