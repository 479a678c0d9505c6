//! Events in short, and pages of them.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::event::EventStatus;
use crate::domain::event_search::EventPosition;
use crate::domain::ids::{EventId, SeriesId, VenueId};
use crate::domain::time::Instant;
use crate::domain::whole_event::WholeEvent;
use crate::domain::zone::local_rfc3339;
use crate::error::ApiError;
use crate::http::page;
use crate::http::wire::Timestamp;
use crate::queries::events::EventSummary;

/// A page of events, by start; those without one come last.
#[derive(Serialize, ToSchema)]
#[schema(as = EventPage)]
pub struct EventPageBody {
    events: Vec<SummaryBody>,
    /// Where the next page begins; `null` on the last one. Opaque.
    next_cursor: Option<String>,
}

/// An event in short. `venue_id`, `layout_version` and `orphans_refused` appear only where it is sold with a venue's layout.
#[derive(Serialize, ToSchema)]
#[schema(as = EventSummary)]
pub struct SummaryBody {
    event_id: EventId,
    #[schema(example = "Winter concert")]
    name: String,
    /// The production that it is one date of. `null`: of none.
    series_id: Option<SeriesId>,
    venue_name: Option<String>,
    status: EventStatus,
    starts_at: Option<Timestamp>,
    /// `starts_at` as people at the event's time zone read it.
    #[schema(format = DateTime, example = "2027-03-01T20:00:00+01:00")]
    starts_at_local: Option<String>,
    ends_at: Option<Timestamp>,
    #[schema(format = DateTime, example = "2027-03-01T22:30:00+01:00")]
    ends_at_local: Option<String>,
    /// IANA name.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// The venue that it is at.
    #[serde(skip_serializing_if = "Option::is_none")]
    venue_id: Option<VenueId>,
    /// The version of the venue's layout that it is sold with, and stays with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, example = 1)]
    layout_version: Option<u32>,
    /// Whether a selection by hand may not leave single seats.
    #[serde(skip_serializing_if = "Option::is_none")]
    orphans_refused: Option<bool>,
    /// The places of all pools together.
    total_seats: i64,
    /// Those that nobody has and nobody keeps back.
    available: i64,
}

impl EventPageBody {
    /// Of what was found, which may be one more than a page has.
    pub fn of(found: Vec<EventSummary>, limit: u32) -> Self {
        let (found, next_cursor) = page::page(found, limit, cursor);
        Self { events: found.into_iter().map(SummaryBody::from).collect(), next_cursor }
    }
}

/// Microseconds from 1970 (PostgreSQL's precision), the greatest number for an event without a start; then the id.
fn cursor(last: &EventSummary) -> Vec<u8> {
    let microseconds = last
        .starts_at
        .map_or(i64::MAX, |at| i64::try_from(at.unix_timestamp_nanos() / 1_000).expect("the years 1 to 9999 fit"));
    [&microseconds.to_be_bytes()[..], last.event_id.as_uuid().as_bytes()].concat()
}

/// The event that a cursor names.
///
/// # Errors
/// `VALIDATION_FAILED` if it is none of ours.
pub fn position(cursor: Option<&str>) -> Result<Option<EventPosition>, ApiError> {
    page::position(cursor, |bytes| {
        let bytes: &[u8; 24] = bytes.try_into().ok()?;
        let (microseconds, event_id) = bytes.split_first_chunk::<8>()?;
        let starts_at = match i64::from_be_bytes(*microseconds) {
            i64::MAX => None,
            microseconds => Some(Instant::from_unix_timestamp_nanos(i128::from(microseconds) * 1_000).ok()?),
        };
        // PostgreSQL has no year 0 either.
        let representable = starts_at.is_none_or(|at| at.year() >= 1);
        representable.then_some(EventPosition { starts_at, event_id: Uuid::from_slice(event_id).ok()?.into() })
    })
}

impl From<EventSummary> for SummaryBody {
    fn from(event: EventSummary) -> Self {
        let local = |at: Option<Instant>| at.map(|at| local_rfc3339(at, &event.time_zone));
        Self {
            event_id: event.event_id,
            series_id: event.series_id,
            starts_at: event.starts_at.map(Timestamp),
            starts_at_local: local(event.starts_at),
            ends_at: event.ends_at.map(Timestamp),
            ends_at_local: local(event.ends_at),
            name: event.name,
            venue_name: event.venue_name,
            status: event.status,
            time_zone: event.time_zone,
            venue_id: event.seating.map(|seating| seating.venue_id),
            layout_version: event.seating.map(|seating| seating.layout_version),
            orphans_refused: event.seating.map(|_| event.orphans_refused),
            total_seats: event.total_seats,
            available: event.available,
        }
    }
}

/// An event that was created just now: nobody has anything of it.
impl From<&WholeEvent> for SummaryBody {
    fn from(event: &WholeEvent) -> Self {
        let total_seats = i64::try_from(event.total_seats()).expect("it is at most CAPACITY_PER_EVENT_MAX");
        Self::from(EventSummary {
            event_id: event.event_id,
            series_id: event.series_id,
            name: event.details.name.clone(),
            venue_name: event.details.venue_name.clone(),
            status: event.terms.status,
            starts_at: event.details.starts_at,
            ends_at: event.details.ends_at,
            time_zone: event.details.time_zone.clone(),
            seating: event.seating,
            orphans_refused: event.terms.orphans_refused,
            total_seats,
            available: total_seats,
        })
    }
}
