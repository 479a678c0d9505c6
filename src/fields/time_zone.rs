//! Time zones: IANA names, and instants in local time.
//!
//! The time zone database is compiled in, so the same names are valid on every machine.

use boxoffice_engine::time::{Instant, rfc3339};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Time zone of events created without one.
pub const TIME_ZONE_DEFAULT: &str = "UTC";

/// The name in the spelling of the IANA database (`europe/berlin` becomes `Europe/Berlin`); `None` if it is unknown.
pub fn canonical_zone(name: &str) -> Option<String> {
    let zone = TimeZone::get(name).ok().filter(|zone| !zone.is_unknown())?;
    zone.iana_name().map(str::to_owned)
}

/// The instant in RFC 3339 with the zone's offset at that instant.
///
/// Uses UTC if this build does not know the zone, and on the last day of the year 9999, when some zones have no local
/// time. The result still denotes the same instant.
pub fn local_rfc3339(instant: Instant, zone: &str) -> String {
    let local = || {
        let timestamp = Timestamp::from_nanosecond(instant.unix_timestamp_nanos()).ok()?;
        let offset = TimeZone::get(zone).ok()?.to_offset(timestamp);
        Some(timestamp.display_with_offset(offset).to_string())
    };
    local().unwrap_or_else(|| rfc3339(instant))
}
