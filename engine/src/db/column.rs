//! Conversion between column values and domain values. The CHECKs of the schema exclude other values, so an error here
//! means that schema and code have different versions, or that a CHECK was removed. Values are never adjusted to fit.

use crate::money::Currency;
use crate::seating::SeatIndex;

/// Parses a text column, such as a status. `column` is its name for the error.
///
/// # Errors
///
/// A decode error if `parse` returns `None`.
pub fn parse_text<T>(column: &str, text: &str, parse: fn(&str) -> Option<T>) -> Result<T, sqlx::Error> {
    parse(text).ok_or_else(|| decode_error(column, text))
}

/// Parses a currency column; NULL means that everything is free.
///
/// # Errors
///
/// A decode error if it is not a currency code.
pub fn currency(text: Option<&str>) -> Result<Option<Currency>, sqlx::Error> {
    text.map(|text| parse_text("currency", text, Currency::parse)).transpose()
}

/// Converts an integer column that has a CHECK against negative values.
///
/// # Errors
///
/// A decode error if the value is negative.
pub fn count(column: &str, value: i32) -> Result<u32, sqlx::Error> {
    u32::try_from(value).map_err(|_| decode_error(column, &value.to_string()))
}

/// Converts a count to an integer column. Counts of the domain are at most 10 million.
///
/// # Errors
///
/// An encode error if the count exceeds `i32::MAX`.
pub fn integer(column: &str, count: u32) -> Result<i32, sqlx::Error> {
    i32::try_from(count).map_err(|_| sqlx::Error::Encode(format!("{count} is too large for column {column}").into()))
}

/// Seats of an item from an `integer[]` column, in order. NULL (a pool without seats) gives an empty list.
///
/// # Errors
///
/// A decode error if an id is negative.
pub fn seats(column: &str, ids: Option<&[i32]>) -> Result<Vec<SeatIndex>, sqlx::Error> {
    ids.unwrap_or_default().iter().map(|id| Ok(SeatIndex(count(column, *id)?))).collect()
}

/// Array literal of seats for one element of a `text[]` parameter that becomes an `integer[]` column, since PostgreSQL
/// has no arrays of arrays of different lengths. `None` (NULL) for no seats.
pub fn seat_ids(seats: &[SeatIndex]) -> Option<String> {
    let ids: Vec<String> = seats.iter().map(|seat| seat.0.to_string()).collect();
    if ids.is_empty() { None } else { Some(format!("{{{}}}", ids.join(","))) }
}

/// Decode error for a column value that this version cannot read.
pub fn decode_error(column: &str, value: &str) -> sqlx::Error {
    sqlx::Error::Decode(format!("column {column} has the value {value:?}, which this version cannot read").into())
}
