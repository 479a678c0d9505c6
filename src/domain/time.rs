//! Instants. All come from the database's clock; this module only writes them.

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// A point in time, to the microsecond.
pub type Instant = OffsetDateTime;

/// RFC 3339 in UTC, as every answer has it.
pub fn rfc3339(at: Instant) -> String {
    at.to_offset(UtcOffset::UTC)
        .format(&Rfc3339)
        .expect("every instant from PostgreSQL has a four-digit year or was refused at the edge")
}

/// Milliseconds from `from` until `until`; 0 once it has passed.
pub fn milliseconds_until(until: Instant, from: Instant) -> i64 {
    i64::try_from((until - from).whole_milliseconds())
        .unwrap_or(i64::MAX)
        .max(0)
}
