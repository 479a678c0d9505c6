//! Columns as domain values. The CHECKs of the schema allow nothing else, so a failure here means that the schema and
//! the code are not of one version.

use crate::domain::money::Currency;

/// A state's name.
pub fn known<T>(column: &str, text: &str, parse: fn(&str) -> Option<T>) -> Result<T, sqlx::Error> {
    parse(text).ok_or_else(|| unknown(column, text))
}

/// A currency, absent when everything is free.
pub fn currency(text: Option<&str>) -> Result<Option<Currency>, sqlx::Error> {
    text.map(|text| known("currency", text, Currency::parse)).transpose()
}

/// A count that a CHECK keeps from being negative.
pub fn count(column: &str, value: i32) -> Result<u32, sqlx::Error> {
    u32::try_from(value).map_err(|_| unknown(column, &value.to_string()))
}

fn unknown(column: &str, value: &str) -> sqlx::Error {
    sqlx::Error::Decode(format!("{column} has {value:?}, which this version does not know").into())
}
