//! Payment token: a secret that proves possession of a hold.
//!
//! It is `base64url(HMAC-SHA256(server key, hold id))` without padding: derived, not stored, and compared in constant
//! time.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use boxoffice_engine::ids::HoldId;
use boxoffice_engine::model::hold::Possession;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Creates and verifies payment tokens with the server's key.
#[derive(Clone)]
pub struct PaymentTokens {
    keyed: Hmac<Sha256>,
}

impl PaymentTokens {
    /// Takes the server's secret key (`PAYMENT_TOKEN_KEY`).
    pub fn new(key: &SecretString) -> Self {
        let keyed =
            Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes()).expect("HMAC takes a key of any length");
        Self { keyed }
    }

    /// Payment token of a hold.
    pub fn token(&self, hold: HoldId) -> String {
        let mut mac = self.keyed.clone();
        mac.update(hold.as_uuid().as_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }

    /// Checks a token. The time taken does not depend on its content, only on whether its length is right.
    pub fn verify(&self, hold: HoldId, token: &str) -> Possession {
        let expected = self.token(hold);
        if expected.as_bytes().ct_eq(token.as_bytes()).into() { Possession::Proven } else { Possession::Refuted }
    }
}
