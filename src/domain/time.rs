//! Instants. What happens now comes from the database's clock; this module only reads and writes the notation.

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// A point in time, to the microsecond.
pub type Instant = OffsetDateTime;

/// Reads RFC 3339 with an offset. `None` for anything else, and for years outside 1 to 9999, which RFC 3339 or PostgreSQL
/// could not give back. Cut to the microsecond, PostgreSQL's precision, so that comparisons here and there agree.
pub fn parse_rfc3339(text: &str) -> Option<Instant> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok()?.checked_to_offset(UtcOffset::UTC)?;
    (1..=9999).contains(&at.year()).then_some(at)?;
    at.replace_microsecond(at.microsecond()).ok()
}

/// RFC 3339 in UTC, as every answer has it.
pub fn rfc3339(at: Instant) -> String {
    at.to_offset(UtcOffset::UTC)
        .format(&Rfc3339)
        .expect("every instant from PostgreSQL has a four-digit year or was refused at the edge")
}

/// Milliseconds from `from` until `until`; 0 once it has passed.
pub fn milliseconds_until(until: Instant, from: Instant) -> i64 {
    i64::try_from((until - from).whole_milliseconds()).unwrap_or(i64::MAX).max(0)
}
