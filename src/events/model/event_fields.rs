//! Parsers for the fields of an event that are the same at creation and at amendment.

use boxoffice_engine::invalid::Invalid;
use boxoffice_engine::model::event::EventStatus;
use boxoffice_engine::model::hold::{HOLD_TTL_SECONDS_MAX, HOLD_TTL_SECONDS_MIN};
use boxoffice_engine::quantity::{CAPACITY_MAX, Quantity};
use boxoffice_engine::time::{Instant, parse_rfc3339};

pub const STATUS_EXPECTED: &str = "must be draft, on_sale, closed or cancelled";

pub fn parse_status(text: &str) -> Result<EventStatus, Invalid> {
    EventStatus::parse(text).ok_or_else(|| Invalid::new("/status", STATUS_EXPECTED))
}

pub fn parse_hold_ttl_seconds(seconds: i64) -> Result<u32, Invalid> {
    let out_of_range = || {
        Invalid::new("/hold_ttl_seconds", format!("must be {HOLD_TTL_SECONDS_MIN} to {HOLD_TTL_SECONDS_MAX} seconds"))
    };
    let in_range = |seconds: &u32| (HOLD_TTL_SECONDS_MIN..=HOLD_TTL_SECONDS_MAX).contains(seconds);
    u32::try_from(seconds).ok().filter(in_range).ok_or_else(out_of_range)
}

pub fn parse_max_quantity_per_hold(quantity: i64) -> Result<u32, Invalid> {
    parse_quantity("/max_quantity_per_hold", quantity)
}

/// Parses a limit on the quantity of one hold, in places.
pub fn parse_quantity(pointer: &str, quantity: i64) -> Result<u32, Invalid> {
    Quantity::new(quantity)
        .map(Quantity::get)
        .ok_or_else(|| Invalid::new(pointer, format!("must be 1 to {CAPACITY_MAX}")))
}

pub fn parse_instant(pointer: &str, text: &str) -> Result<Instant, Invalid> {
    let not_a_time =
        || Invalid::new(pointer, "must be an RFC 3339 time with an offset, such as 2027-05-01T20:00:00+02:00");
    parse_rfc3339(text).ok_or_else(not_a_time)
}
