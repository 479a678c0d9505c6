//! Time zones: IANA names, and instants as people in a zone read them.
//!
//! The database of zones is compiled in, so a name is valid on every machine or on none.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::time::{Instant, rfc3339};

/// The zone of events that name none.
pub const TIME_ZONE_DEFAULT: &str = "UTC";

/// The name as the IANA database spells it (`europe/berlin` is `Europe/Berlin`); `None` if there is no such zone.
pub fn canonical_zone(name: &str) -> Option<String> {
    let zone = TimeZone::get(name).ok().filter(|zone| !zone.is_unknown())?;
    zone.iana_name().map(str::to_owned)
}

/// RFC 3339 with the offset that the zone has at that instant.
///
/// UTC if the zone is unknown to this build, or for the last day of the year 9999, which has no local time everywhere:
/// the instant stays the same, only its notation differs.
pub fn local_rfc3339(at: Instant, zone: &str) -> String {
    let local = || {
        let timestamp = Timestamp::from_nanosecond(at.unix_timestamp_nanos()).ok()?;
        let offset = TimeZone::get(zone).ok()?.to_offset(timestamp);
        Some(timestamp.display_with_offset(offset).to_string())
    };
    local().unwrap_or_else(|| rfc3339(at))
}
