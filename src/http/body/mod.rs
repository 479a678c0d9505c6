//! `Body<T>`: the request's JSON object, parsed.
//!
//! Errors: the body is too large (413) or of another media type (415), is not JSON (400), or is JSON of another shape
//! (422, with a JSON pointer).

mod located;
mod object;

pub use object::Object;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use actix_web::web::{self, Bytes};
use actix_web::{FromRequest, HttpRequest};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use located::Located;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::error::{ApiError, ErrorCode};
use crate::http::fault::Fault;

/// Largest request body, in bytes, of resources without a [`BodyLimit`]. The route table configures actix with it.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// Largest request body with lists of an organiser, in bytes: 200 dates, 1,000 price zones, the seats of a block.
pub const LISTS_BODY_BYTES_MAX: usize = 1024 * 1024;

/// Largest request body of a resource, in bytes. The route table attaches it to the resource.
#[derive(Clone, Copy, Debug)]
pub struct BodyLimit(pub usize);

/// A parsed request body.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + Send + 'static> FromRequest for Body<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = read_body(request, payload, &[Media::Json]);
        async move {
            let bytes = body.await?.bytes;
            if bytes.len() <= BODY_BYTES_MAX {
                return parse(&bytes).map(Self);
            }
            // Parsing a large body takes milliseconds, and locating an error several times as long. On this thread it
            // would delay other requests.
            web::block(move || parse(&bytes).map(Self)).await.map_err(ApiError::internal)?
        }
        .boxed_local()
    }
}

/// Media type of a request body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    Json,
    Csv,
}

/// An unparsed body, JSON or CSV. For bodies so large that the handler parses them on a thread of the blocking pool.
pub struct RawBody {
    pub media: Media,
    pub bytes: Bytes,
}

impl FromRequest for RawBody {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        read_body(request, payload, &[Media::Json, Media::Csv]).boxed_local()
    }
}

fn read_body(
    request: &HttpRequest,
    payload: &mut Payload,
    accepted: &[Media],
) -> impl Future<Output = Result<RawBody, ApiError>> + use<> {
    let media = parse_media(request).filter(|media| accepted.contains(media));
    let limit = request.app_data::<BodyLimit>().map_or(BODY_BYTES_MAX, |limit| limit.0);
    let bytes = Bytes::from_request(request, payload);
    async move {
        let media = media.ok_or(ApiError::new(ErrorCode::UnsupportedMediaType))?;
        let bytes = bytes.await.map_err(|error| from_payload_error(&error, limit))?;
        Ok(RawBody { media, bytes })
    }
}

/// The media type without its parameters, compared without regard to case. `None` if it is another type, or if the
/// body is compressed: its full size would be known too late to refuse it.
fn parse_media(request: &HttpRequest) -> Option<Media> {
    let headers = request.headers();
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok())?;
    let name = text.split(';').next().unwrap_or_default().trim();
    let is = |known: &str| name.eq_ignore_ascii_case(known);
    let is_uncompressed = headers.get(CONTENT_ENCODING).is_none_or(|coding| coding.as_bytes() == b"identity");
    if is_uncompressed && is("application/json") {
        Some(Media::Json)
    } else if is_uncompressed && is("text/csv") {
        Some(Media::Csv)
    } else {
        None
    }
}

fn from_payload_error(error: &actix_web::Error, limit: usize) -> ApiError {
    match error.as_error::<PayloadError>() {
        Some(PayloadError::Overflow) => ApiError::new(ErrorCode::BodyTooLarge).with_member("limit_bytes", limit),
        _ => ApiError::new(ErrorCode::MalformedRequest)
            .with_detail("The body is incomplete or cannot be read; send it again"),
    }
}

/// Parses a JSON object.
///
/// # Errors
/// `MALFORMED_REQUEST` if the body is not JSON; `VALIDATION_FAILED` with the pointer to the first wrong field.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    // Only an error needs the path to the wrong field, and tracking it takes time.
    let parsed: serde_json::Result<Object<T>> = serde_json::from_slice(bytes);
    parsed.map(|Object(body)| body).or_else(|_| parse_located(bytes))
}

/// Parses a body that `serde_json` refused, to find the error and its place.
fn parse_located<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let json: &RawValue = serde_json::from_slice(bytes).map_err(|error| {
        ApiError::new(ErrorCode::MalformedRequest).with_detail(format!("The body is not valid JSON: {error}"))
    })?;
    Object::deserialize(Located(json)).map(|Object(body)| body).map_err(Fault::in_body)
}
