//! Instants in RFC 3339 notation. This module has no clock: the present time comes from the database.

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// A point in time. Values from requests and from the database have a precision of one microsecond.
pub type Instant = OffsetDateTime;

/// Parses RFC 3339 with an offset. `None` for other text, and for years outside 1 to 9999, which RFC 3339 or PostgreSQL
/// cannot represent. Truncates to the microsecond, PostgreSQL's precision, so that comparisons in Rust and in SQL
/// agree.
pub fn parse_rfc3339(text: &str) -> Option<Instant> {
    let instant = OffsetDateTime::parse(text, &Rfc3339).ok()?.checked_to_offset(UtcOffset::UTC)?;
    (1..=9999).contains(&instant.year()).then_some(instant)?;
    instant.replace_microsecond(instant.microsecond()).ok()
}

/// The instant in RFC 3339, in UTC: the notation of all responses.
pub fn rfc3339(instant: Instant) -> String {
    instant
        .to_offset(UtcOffset::UTC)
        .format(&Rfc3339)
        .expect("the year has four digits: the instant is from PostgreSQL or was parsed by parse_rfc3339")
}

/// Milliseconds from `from` until `until`; 0 if `until` is not later.
pub fn milliseconds_until(until: Instant, from: Instant) -> i64 {
    i64::try_from((until - from).whole_milliseconds()).unwrap_or(i64::MAX).max(0)
}
