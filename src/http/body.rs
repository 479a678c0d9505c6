//! `Body<T>`: the request's JSON object, or the problem that says where it is wrong.
//!
//! Three kinds of wrong: not ours to read (413, 415), not JSON (400), JSON of another shape (422 with a JSON pointer).

mod fault;
mod object;

pub use object::Object;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use crate::error::{ApiError, ErrorCode};

/// The largest body that is read, in bytes. The route table configures actix with it.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// A parsed body.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if !is_json(request) {
            return std::future::ready(Err(ApiError::new(ErrorCode::UnsupportedMediaType))).boxed_local();
        }
        let bytes = Bytes::from_request(request, payload);
        async move {
            let bytes = bytes.await.map_err(unreadable)?;
            parse(&bytes).map(Self)
        }
        .boxed_local()
    }
}

/// The media type without its parameters; names of media types are not case-sensitive.
fn is_json(request: &HttpRequest) -> bool {
    let header = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = header.and_then(|value| value.split(';').next());
    media_type.is_some_and(|name| name.trim().eq_ignore_ascii_case("application/json"))
}

fn unreadable(error: actix_web::Error) -> ApiError {
    match error.as_error::<PayloadError>() {
        Some(PayloadError::Overflow) => ApiError::new(ErrorCode::BodyTooLarge).with("limit_bytes", BODY_BYTES_MAX),
        _ => ApiError::new(ErrorCode::MalformedRequest).detail("The body did not arrive whole"),
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    // The plain parser first: tracking the path costs, and only a refusal needs it.
    let parsed: serde_json::Result<Object<T>> = serde_json::from_slice(bytes);
    parsed.map(|Object(body)| body).map_err(|_| fault::explain::<T>(bytes))
}
