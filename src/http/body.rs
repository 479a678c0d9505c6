//! `Body<T>`: the request's JSON object, or the problem that says where it is wrong.
//!
//! Three kinds of wrong: not ours to read (413, 415), not JSON (400), JSON of another shape (422 with a JSON pointer).

mod change;
mod fault;
mod object;

pub use change::change;
pub use object::Object;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use actix_web::web::{self, Bytes};
use actix_web::{FromRequest, HttpRequest};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use crate::error::{ApiError, ErrorCode};

/// The largest body that is read, in bytes, unless the address has a [`BodyLimit`]. The route table configures actix with
/// it.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// The largest body that has an organiser's lists in it, in bytes: two hundred dates, a thousand price zones, the seats of a block.
pub const LISTS_BODY_BYTES_MAX: usize = 1024 * 1024;

/// The largest body that an address reads, in bytes, attached to it by the route table.
#[derive(Clone, Copy, Debug)]
pub struct BodyLimit(pub usize);

/// A parsed body.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + Send + 'static> FromRequest for Body<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = read(request, payload, &[Media::Json]);
        async move {
            let bytes = body.await?.bytes;
            if bytes.len() <= BODY_BYTES_MAX {
                return parse(&bytes).map(Self);
            }
            // It takes some milliseconds, and several times as many to say what is wrong: not where others wait behind it.
            web::block(move || parse(&bytes).map(Self)).await.map_err(ApiError::internal)?
        }
        .boxed_local()
    }
}

/// What a body is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    Json,
    Csv,
}

/// A body as it came, JSON or CSV: for what is so large that it is parsed where nobody waits behind it.
pub struct RawBody {
    pub media: Media,
    pub bytes: Bytes,
}

impl FromRequest for RawBody {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        read(request, payload, &[Media::Json, Media::Csv]).boxed_local()
    }
}

fn read(
    request: &HttpRequest,
    payload: &mut Payload,
    taken: &[Media],
) -> impl Future<Output = Result<RawBody, ApiError>> + use<> {
    let media = media(request).filter(|media| taken.contains(media));
    let limit = request.app_data::<BodyLimit>().map_or(BODY_BYTES_MAX, |limit| limit.0);
    let bytes = Bytes::from_request(request, payload);
    async move {
        let media = media.ok_or(ApiError::new(ErrorCode::UnsupportedMediaType))?;
        let bytes = bytes.await.map_err(|error| unreadable(&error, limit))?;
        Ok(RawBody { media, bytes })
    }
}

/// The media type without its parameters; names of media types are not case-sensitive. A compressed body is of none that we
/// take: what it would grow to is known too late to refuse it.
fn media(request: &HttpRequest) -> Option<Media> {
    let headers = request.headers();
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok())?;
    let name = text.split(';').next().unwrap_or_default().trim();
    let is = |known: &str| name.eq_ignore_ascii_case(known);
    let is_plain = headers.get(CONTENT_ENCODING).is_none_or(|coding| coding.as_bytes() == b"identity");
    if is_plain && is("application/json") {
        Some(Media::Json)
    } else if is_plain && is("text/csv") {
        Some(Media::Csv)
    } else {
        None
    }
}

fn unreadable(error: &actix_web::Error, limit: usize) -> ApiError {
    match error.as_error::<PayloadError>() {
        Some(PayloadError::Overflow) => ApiError::new(ErrorCode::BodyTooLarge).with("limit_bytes", limit),
        _ => ApiError::new(ErrorCode::MalformedRequest).detail("The body did not arrive whole"),
    }
}

/// # Errors
/// Where and how the body is wrong.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    // The plain parser first: tracking the path costs, and only a refusal needs it.
    let parsed: serde_json::Result<Object<T>> = serde_json::from_slice(bytes);
    parsed.map(|Object(body)| body).map_err(|_| fault::explain::<T>(bytes))
}
