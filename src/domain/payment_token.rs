//! The payment token: a secret that proves possession of a hold.
//!
//! `base64url(HMAC-SHA256(server key, hold id))`. It is derived, never stored, and compared in constant time.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::ids::HoldId;

/// Whether a request proved that it possesses the hold it names. The edge verifies; `decide` judges, because a hold
/// that does not exist is "not found" whatever token came with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Possession {
    Proven,
    Refuted,
}

/// Makes and verifies payment tokens with the server's key.
#[derive(Clone)]
pub struct PaymentTokens {
    keyed: Hmac<Sha256>,
}

impl PaymentTokens {
    pub fn new(key: &SecretString) -> Self {
        let keyed =
            Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes()).expect("HMAC takes a key of any length");
        Self { keyed }
    }

    /// The token of a hold.
    pub fn token(&self, hold: HoldId) -> String {
        let mut mac = self.keyed.clone();
        mac.update(hold.as_uuid().as_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }

    /// Compares in constant time, for tokens of the right length.
    pub fn verify(&self, hold: HoldId, token: &str) -> Possession {
        let expected = self.token(hold);
        if expected.as_bytes().ct_eq(token.as_bytes()).into() { Possession::Proven } else { Possession::Refuted }
    }
}
