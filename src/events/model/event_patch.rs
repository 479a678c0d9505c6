//! Amendment of an event, parsed field by field.
//!
//! Rules that also depend on the unchanged fields (the end is after the start, the change of status is legal) are
//! checked by `inventory` under the event's row lock.

use boxoffice_engine::invalid::Invalid;
use boxoffice_engine::model::event::EventChanges;

use super::event_fields;
use crate::fields::patch::{Change, parse_clearable, parse_required};

/// The request, unparsed.
#[derive(Clone, Debug, Default)]
pub struct EventPatch {
    pub name: Change<String>,
    pub description: Change<String>,
    pub venue_name: Change<String>,
    pub starts_at: Change<String>,
    pub ends_at: Change<String>,
    pub time_zone: Change<String>,
    pub status: Change<String>,
    pub hold_ttl_seconds: Change<i64>,
    pub max_quantity_per_hold: Change<i64>,
    pub sale_starts_at: Change<String>,
    pub sale_ends_at: Change<String>,
    pub orphans_refused: Change<bool>,
}

impl TryFrom<EventPatch> for EventChanges {
    type Error = Invalid;

    fn try_from(patch: EventPatch) -> Result<Self, Invalid> {
        let description = parse_clearable(patch.description, |text| event_fields::parse_description(&text))?;
        Ok(Self {
            name: parse_required("/name", patch.name, |text| event_fields::parse_name(&text))?,
            // Blank text clears the description, because at creation it means none.
            description: description.map(Option::flatten),
            venue_name: parse_clearable(patch.venue_name, |text| event_fields::parse_venue_name(&text))?,
            starts_at: parse_clearable(patch.starts_at, |text| event_fields::parse_instant("/starts_at", &text))?,
            ends_at: parse_clearable(patch.ends_at, |text| event_fields::parse_instant("/ends_at", &text))?,
            time_zone: parse_required("/time_zone", patch.time_zone, |text| event_fields::parse_time_zone(&text))?,
            status: parse_required("/status", patch.status, |text| event_fields::parse_status(&text))?,
            hold_ttl_seconds: parse_clearable(patch.hold_ttl_seconds, event_fields::parse_hold_ttl_seconds)?,
            max_quantity_per_hold: parse_clearable(
                patch.max_quantity_per_hold,
                event_fields::parse_max_quantity_per_hold,
            )?,
            sale_starts_at: parse_clearable(patch.sale_starts_at, |text| {
                event_fields::parse_instant("/sale_starts_at", &text)
            })?,
            sale_ends_at: parse_clearable(patch.sale_ends_at, |text| {
                event_fields::parse_instant("/sale_ends_at", &text)
            })?,
            orphans_refused: parse_required("/orphans_refused", patch.orphans_refused, Ok)?,
        })
    }
}
