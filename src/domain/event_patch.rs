//! What an organiser wants changed about an event, parsed field by field.
//!
//! Whether the changes fit together with what stays (an end after its start, a legal move of the status) is judged by
//! `inventory`, under the event's lock.

use super::change::{Change, clearable, required};
use super::event::EventChanges;
use super::event_fields as fields;
use super::invalid::Invalid;

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
        let description = clearable(patch.description, |text| fields::description(&text))?;
        Ok(Self {
            name: required("/name", patch.name, |text| fields::name(&text))?,
            // Text without content clears it, as it does at creation.
            description: description.map(Option::flatten),
            venue_name: clearable(patch.venue_name, |text| fields::venue_name(&text))?,
            starts_at: clearable(patch.starts_at, |text| fields::instant("/starts_at", &text))?,
            ends_at: clearable(patch.ends_at, |text| fields::instant("/ends_at", &text))?,
            time_zone: required("/time_zone", patch.time_zone, |text| fields::time_zone(&text))?,
            status: required("/status", patch.status, |text| fields::status(&text))?,
            hold_ttl_seconds: clearable(patch.hold_ttl_seconds, fields::hold_ttl_seconds)?,
            max_quantity_per_hold: clearable(patch.max_quantity_per_hold, fields::max_quantity_per_hold)?,
            sale_starts_at: clearable(patch.sale_starts_at, |text| fields::instant("/sale_starts_at", &text))?,
            sale_ends_at: clearable(patch.sale_ends_at, |text| fields::instant("/sale_ends_at", &text))?,
            orphans_refused: required("/orphans_refused", patch.orphans_refused, Ok)?,
        })
    }
}
