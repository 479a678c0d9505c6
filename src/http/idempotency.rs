//! The `Idempotency-Key` header: what makes a repeat of a write recognisable.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::domain::hold::Idempotency;
use crate::error::ApiError;

/// The request's header.
pub const IDEMPOTENCY_KEY_HEADER: &str = "Idempotency-Key";
/// On the answer to a repeat: `true`.
pub const REPLAYED_HEADER: &str = "Idempotent-Replayed";

/// The key that came with the request, if one did.
///
/// It must be a UUID: callers are anonymous, so the key alone says whose request it was, and whoever could guess it would
/// be handed the answer with its payment token. The nil and max UUIDs are guesses.
pub struct IdempotencyKey(Option<Uuid>);

impl IdempotencyKey {
    /// The key with the fingerprint of the request that carries it: SHA-256 over the route and the body as it was
    /// understood, so that the order of fields, white space and explicit nulls make no other request of it.
    pub fn of(&self, route: &str, body: &impl Serialize) -> Option<Idempotency> {
        let key = self.0?;
        let body = serde_json::to_vec(body).expect("a body that was read from JSON has text keys and writes back");
        let mut hash = Sha256::new();
        hash.update(route);
        hash.update([0]); // Keeps the end of the route from reading as the beginning of the body.
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
    // The IETF's draft writes the key as a quoted string; both forms are in use.
    let text = value.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\"")).unwrap_or(value);
    Uuid::try_parse_ascii(text)
        .ok()
        .filter(|key| !key.is_nil() && !key.is_max())
        .ok_or_else(|| ApiError::invalid(IDEMPOTENCY_KEY_HEADER, "The key must be a UUID made for this request"))
}
