//! `GET /api/v1/events`: a page at a time.

use actix_web::{HttpResponse, web};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::app::App;
use crate::domain::event::EventStatus;
use crate::domain::event_search::{EventPosition, EventSearch, EventSearchDraft};
use crate::domain::ids::EventId;
use crate::domain::time::Instant;
use crate::domain::zone::local_rfc3339;
use crate::error::ApiError;
use crate::http::query_string::QueryString;
use crate::http::read::in_time;
use crate::http::wire::Timestamp;
use crate::queries::events::{EventSummary, events};

/// Filters are combined: an event must pass all of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// Text in the event's or the venue's name, in any case.
    #[param(max_length = 200)]
    q: Option<String>,
    #[param(value_type = Option<EventStatus>)]
    status: Option<String>,
    /// Starts at this time or later; RFC 3339 with an offset (`+` is written `%2B`). Leaves out events without a start.
    #[param(format = DateTime)]
    from: Option<String>,
    /// Starts before this time. Leaves out events without a start.
    #[param(format = DateTime)]
    to: Option<String>,
    /// Events per page; 20 unless given.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<String>,
    /// `next_cursor` of the page before, with the same filters.
    cursor: Option<String>,
}

/// A page of events, by start; those without one come last.
#[derive(Serialize, ToSchema)]
#[schema(as = EventPage)]
struct PageBody {
    events: Vec<SummaryBody>,
    /// Where the next page begins; `null` on the last one. Opaque.
    next_cursor: Option<String>,
}

/// An event in short.
#[derive(Serialize, ToSchema)]
#[schema(as = EventSummary)]
struct SummaryBody {
    event_id: EventId,
    #[schema(example = "Winter concert")]
    name: String,
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
    /// The places of all pools together.
    total_seats: i64,
    /// Those that nobody has.
    available: i64,
}

/// List events
///
/// By start; events without a start come last.
#[utoipa::path(
    get,
    path = "/api/v1/events",
    tag = "events",
    operation_id = "list_events",
    params(ListParams),
    responses(
        (status = 200, description = "A page of events", body = PageBody),
        (status = 422, description = "VALIDATION_FAILED with the parameter's name as `pointer`"),
    ),
)]
pub async fn list(app: web::Data<App>, QueryString(params): QueryString<ListParams>) -> Result<HttpResponse, ApiError> {
    let after = params.cursor.as_deref().map(position).transpose()?;
    let search = EventSearch::parse(&EventSearchDraft::from(params), after)?;
    // One more than a page tells whether there is another.
    let mut found = in_time(&app, events(&app.pool, &search, search.limit + 1)).await?;
    let page = usize::try_from(search.limit).unwrap_or(usize::MAX);
    let another = found.len() > page;
    found.truncate(page);
    let next_cursor = found.last().filter(|_| another).map(cursor);
    Ok(HttpResponse::Ok().json(PageBody { events: found.into_iter().map(SummaryBody::from).collect(), next_cursor }))
}

/// Microseconds from 1970 (PostgreSQL's precision), the greatest number for an event without a start; then the id.
fn cursor(last: &EventSummary) -> String {
    let microseconds = last
        .starts_at
        .map_or(i64::MAX, |at| i64::try_from(at.unix_timestamp_nanos() / 1_000).expect("the years 1 to 9999 fit"));
    let bytes = [&microseconds.to_be_bytes()[..], last.event_id.as_uuid().as_bytes()].concat();
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn position(cursor: &str) -> Result<EventPosition, ApiError> {
    let position = || {
        let bytes: [u8; 24] = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?.try_into().ok()?;
        let (microseconds, event_id) = bytes.split_first_chunk::<8>()?;
        let starts_at = match i64::from_be_bytes(*microseconds) {
            i64::MAX => None,
            microseconds => Some(Instant::from_unix_timestamp_nanos(i128::from(microseconds) * 1_000).ok()?),
        };
        // PostgreSQL has no year 0 either.
        let representable = starts_at.is_none_or(|at| at.year() >= 1);
        representable.then_some(EventPosition { starts_at, event_id: Uuid::from_slice(event_id).ok()?.into() })
    };
    position().ok_or_else(|| ApiError::invalid("cursor", "must be the next_cursor of the page before"))
}

impl From<ListParams> for EventSearchDraft {
    fn from(params: ListParams) -> Self {
        Self { q: params.q, status: params.status, from: params.from, to: params.to, limit: params.limit }
    }
}

impl From<EventSummary> for SummaryBody {
    fn from(event: EventSummary) -> Self {
        let local = |at: Option<Instant>| at.map(|at| local_rfc3339(at, &event.time_zone));
        Self {
            event_id: event.event_id,
            starts_at: event.starts_at.map(Timestamp),
            starts_at_local: local(event.starts_at),
            ends_at: event.ends_at.map(Timestamp),
            ends_at_local: local(event.ends_at),
            name: event.name,
            venue_name: event.venue_name,
            status: event.status,
            time_zone: event.time_zone,
            total_seats: event.total_seats,
            available: event.available,
        }
    }
}
