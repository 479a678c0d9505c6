//! Permissions as arguments of handlers, so that the handler's signature shows them and no call can be forgotten.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::error::ApiError;

/// Permission for operators of the service and organisers of events. There are no accounts yet, so every request
/// passes; a deployment must protect these routes with a proxy. Accounts will be checked here.
pub struct Operator;

impl FromRequest for Operator {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self))
    }
}
