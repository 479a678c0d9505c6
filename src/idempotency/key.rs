//! The `Idempotency-Key` header, by which the service recognises a repeated request.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use boxoffice_engine::model::hold::Idempotency;
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::error::ApiError;

/// Request header with the key.
pub const IDEMPOTENCY_KEY_HEADER: &str = "Idempotency-Key";
/// Response header on the response to a repeat, with the value `true`.
pub const REPLAYED_HEADER: &str = "Idempotent-Replayed";

/// The request's idempotency key, if it has one.
///
/// It must be a UUID, because clients are anonymous: anyone with a guessed key could get the stored response with its
/// payment token. The nil and max UUIDs are refused, because they are easy to guess.
pub struct IdempotencyKey(Option<Uuid>);

impl IdempotencyKey {
    /// The key with the request's fingerprint; `None` if the request has no key.
    ///
    /// The fingerprint is the SHA-256 of the route and the parsed body, so that the order of fields, white space and
    /// explicit nulls make no difference.
    pub fn idempotency(&self, route: &str, body: &impl Serialize) -> Option<Idempotency> {
        let key = self.0?;
        let body =
            serde_json::to_vec(body).expect("a body that was parsed from JSON has text keys and can be serialised");
        let mut hash = Sha256::new();
        hash.update(route);
        hash.update([0]); // Separates the route from the body.
        hash.update(&body);
        Some(Idempotency { key, fingerprint: hash.finalize().into() })
    }
}

impl FromRequest for IdempotencyKey {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let header = request.headers().get(IDEMPOTENCY_KEY_HEADER);
        ready(header.map(|value| parse(value.as_bytes())).transpose().map(Self))
    }
}

fn parse(value: &[u8]) -> Result<Uuid, ApiError> {
    // The IETF draft (draft-ietf-httpapi-idempotency-key-header) has a quoted string; both forms are in use.
    let text = value.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\"")).unwrap_or(value);
    Uuid::try_parse_ascii(text)
        .ok()
        .filter(|key| !key.is_nil() && !key.is_max())
        .ok_or_else(|| ApiError::invalid(IDEMPOTENCY_KEY_HEADER, "must be a UUID that was generated for this request"))
}
