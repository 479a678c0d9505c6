//! Money: integers in the minor unit of an ISO 4217 currency, for example cents. Never floating point.

use std::fmt;

use serde::Serialize;

/// Highest price of one ticket, in minor units. The total of [`super::quantity::CAPACITY_MAX`] tickets, 10^15, fits an
/// `i64` and is below 2^53, the limit for exact integers in JavaScript.
pub const PRICE_MAX: i64 = 100_000_000;

/// Exponent of currencies that are unknown or that ISO 4217 gives none.
const EXPONENT_DEFAULT: u16 = 2;

/// A currency code in the form of ISO 4217: three capital letters. Codes in the database may be unknown, because events
/// were once created without a check; new ones are parsed by [`Currency::parse_known`].
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// Parses a code; `None` unless it is three capital ASCII letters.
    pub fn parse(text: &str) -> Option<Self> {
        let letters: [u8; 3] = text.as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_uppercase).then_some(Self(letters))
    }

    /// Parses the code of a currency in which a price can be paid: one in ISO 4217 that is neither a fund nor a special
    /// code: metals, units of account, "no currency", tests.
    pub fn parse_known(text: &str) -> Option<Self> {
        Self::parse(text).filter(|currency| currency.is_known())
    }

    /// Whether [`Currency::parse_known`] accepts the code.
    pub fn is_known(self) -> bool {
        // Superseded currencies are accepted: the list counts the Venezuelan bolivar among them, which is in use.
        iso_currency::Currency::from_code(self.as_str())
            .is_some_and(|currency| !currency.is_fund() && !currency.is_special())
    }

    /// Number of decimal digits of the minor unit in ISO 4217: 2 for EUR, 0 for JPY, 3 for KWD; 2 for unknown codes.
    pub fn exponent(self) -> u16 {
        let known = iso_currency::Currency::from_code(self.as_str());
        known.and_then(iso_currency::Currency::exponent).unwrap_or(EXPONENT_DEFAULT)
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
