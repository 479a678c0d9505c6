//! Columns as domain values, and back. The CHECKs of the schema allow nothing else, so a failure here means that the schema
//! and the code are not of one version, or that somebody took a CHECK away: nothing is altered to make it fit.

use crate::domain::money::Currency;
use crate::domain::seating::SeatIndex;

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

/// A count on its way to its column. Those of the domain are at most ten million.
pub fn integer(column: &str, count: u32) -> Result<i32, sqlx::Error> {
    i32::try_from(count).map_err(|_| sqlx::Error::Encode(format!("{column} has no room for {count}").into()))
}

/// The seats of an item, in their order; none where the pool has no seats.
pub fn seats(column: &str, ids: Option<&[i32]>) -> Result<Vec<SeatIndex>, sqlx::Error> {
    ids.unwrap_or_default().iter().map(|id| Ok(SeatIndex(count(column, *id)?))).collect()
}

/// Seats on their way into a column of `integer[]`, in a parameter that is an array itself: PostgreSQL has no arrays of arrays
/// of different lengths, so each travels as text.
pub fn seat_ids(seats: &[SeatIndex]) -> Option<String> {
    let ids: Vec<String> = seats.iter().map(|seat| seat.0.to_string()).collect();
    if ids.is_empty() { None } else { Some(format!("{{{}}}", ids.join(","))) }
}

/// A value that the code cannot read.
pub fn unknown(column: &str, value: &str) -> sqlx::Error {
    sqlx::Error::Decode(format!("{column} has {value:?}, which this version does not know").into())
}
