//! Summaries of events, and pages of them.

use boxoffice_engine::ids::{EventId, SeriesId, VenueId};
use boxoffice_engine::model::event::EventStatus;
use boxoffice_engine::time::Instant;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::ApiError;
use crate::events::model::event_search::EventPosition;
use crate::events::model::whole_event::WholeEvent;
use crate::events::sql::events::EventSummary;
use crate::fields::time_zone::local_rfc3339;
use crate::http::page;
use crate::http::timestamp::Timestamp;

/// A page of events, ordered by start; events without a start come last.
#[derive(Serialize, ToSchema)]
#[schema(as = EventPage)]
pub struct EventPageBody {
    events: Vec<SummaryBody>,
    /// Cursor of the next page; `null` on the last page. Opaque.
    next_cursor: Option<String>,
}

/// Summary of an event. `venue_id`, `layout_version` and `orphans_refused` are present only if it is sold with a
/// venue's layout.
#[derive(Serialize, ToSchema)]
#[schema(as = EventSummary)]
pub struct SummaryBody {
    event_id: EventId,
    #[schema(example = "Winter concert")]
    name: String,
    /// The series that the event belongs to. `null`: none.
    series_id: Option<SeriesId>,
    venue_name: Option<String>,
    status: EventStatus,
    starts_at: Option<Timestamp>,
    /// `starts_at` in the event's time zone.
    #[schema(format = DateTime, example = "2027-03-01T20:00:00+01:00")]
    starts_at_local: Option<String>,
    ends_at: Option<Timestamp>,
    /// `ends_at` in the event's time zone.
    #[schema(format = DateTime, example = "2027-03-01T22:30:00+01:00")]
    ends_at_local: Option<String>,
    /// IANA name of the event's time zone.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// The event's venue.
    #[serde(skip_serializing_if = "Option::is_none")]
    venue_id: Option<VenueId>,
    /// Version of the venue's layout that the event is sold with. It does not change.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, example = 1)]
    layout_version: Option<u32>,
    /// Whether seat selections are refused that leave single free seats without need.
    #[serde(skip_serializing_if = "Option::is_none")]
    orphans_refused: Option<bool>,
    /// Total capacity of all pools.
    total_seats: i64,
    /// Places that are not held, booked or blocked.
    available: i64,
}

impl EventPageBody {
    /// Makes a page from the fetched rows, which may be one more than `limit`.
    pub fn new(found: Vec<EventSummary>, limit: u32) -> Self {
        let (events, next_cursor) = page::cut_page(found, limit, encode_cursor);
        Self { events: events.into_iter().map(SummaryBody::from).collect(), next_cursor }
    }
}

/// Start in microseconds since 1970 (PostgreSQL's precision), `i64::MAX` for an event without a start; then the id.
fn encode_cursor(last: &EventSummary) -> Vec<u8> {
    let microseconds = last.starts_at.map_or(i64::MAX, |start| {
        i64::try_from(start.unix_timestamp_nanos() / 1_000).expect("the years 1 to 9999 fit")
    });
    [&microseconds.to_be_bytes()[..], last.event_id.as_uuid().as_bytes()].concat()
}

/// Parses a cursor to the position of the previous page's last event.
///
/// # Errors
/// `VALIDATION_FAILED` if the service cannot have issued this cursor.
pub fn parse_cursor(cursor: Option<&str>) -> Result<Option<EventPosition>, ApiError> {
    page::parse_cursor(cursor, |bytes| {
        let bytes: &[u8; 24] = bytes.try_into().ok()?;
        let (microseconds, event_id) = bytes.split_first_chunk::<8>()?;
        let starts_at = match i64::from_be_bytes(*microseconds) {
            i64::MAX => None,
            microseconds => Some(Instant::from_unix_timestamp_nanos(i128::from(microseconds) * 1_000).ok()?),
        };
        // PostgreSQL has no year 0.
        let representable = starts_at.is_none_or(|start| start.year() >= 1);
        representable.then_some(EventPosition { starts_at, event_id: Uuid::from_slice(event_id).ok()?.into() })
    })
}

impl From<EventSummary> for SummaryBody {
    fn from(event: EventSummary) -> Self {
        let local = |time: Option<Instant>| time.map(|time| local_rfc3339(time, &event.time_zone));
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

/// Summary of a new event, whose whole capacity is available.
impl From<&WholeEvent> for SummaryBody {
    fn from(event: &WholeEvent) -> Self {
        let total_seats = i64::try_from(event.total_capacity()).expect("it is at most CAPACITY_PER_EVENT_MAX");
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
