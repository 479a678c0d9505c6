//! Money: integers in the minor unit of an ISO 4217 currency, for example cents. Never floating point.

use std::fmt;

use serde::Serialize;

/// Highest price of one ticket, in minor units. The total of [`super::quantity::CAPACITY_MAX`] tickets, 10^15, fits an
/// `i64` and is below 2^53, the limit for exact integers in JavaScript.
pub const PRICE_MAX: i64 = 100_000_000;

/// A currency code in the form of ISO 4217: three capital letters. Whether the currency exists is not checked.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// Parses a code; `None` unless it is three capital ASCII letters.
    pub fn parse(text: &str) -> Option<Self> {
        let letters: [u8; 3] = text.as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_uppercase).then_some(Self(letters))
    }

    /// The three letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("three ASCII letters are UTF-8")
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.as_str().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
