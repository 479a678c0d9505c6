//! `GET /api/v1/events/{id}/seats`: the state of every seat as a letter, or the changes since a sequence.

use actix_web::{HttpRequest, HttpResponse, web};
use boxoffice_engine::ids::{EventId, VenueId};
use boxoffice_engine::seating::SeatIndex;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{add_cache_headers, etag, seat_map, seated_event};
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::http::cached::matches_etag;
use crate::http::path::Id;
use crate::http::query_string::QueryString;
use crate::http::read::with_deadline;
use crate::seat_maps::model::{Counts, SeatChanges, SeatedEvent};
use crate::seat_maps::sql;

/// A client that is up to this many journal entries behind gets the changes. One further behind gets the full map,
/// which is then smaller and cheaper to read.
const SEAT_CHANGES_ENTRIES_MAX: i64 = 1_000;

/// The states of an event's seats at one moment: either `states` and `counts`, or `changes`.
///
/// The state of a seat is a letter: `a` available, `h` held, `b` booked, `x` blocked by the organiser. The seats of an
/// overdue hold are shown as held until it is swept, which takes seconds; they can already be held again.
#[derive(Serialize, ToSchema)]
#[schema(as = SeatMap, example = json!({
    "event_id": "0199d3c0-7a51-7c2e-9f43-5d1f6f0c9a11", "venue_id": "0199d3c0-7a51-7c2e-9f43-5d1f6f0c9a12",
    "layout_version": 1, "layout_url": "/api/v1/venues/0199d3c0-7a51-7c2e-9f43-5d1f6f0c9a12/layouts/1",
    "sequence": 1042, "states": "aahbbxaa", "counts": {"available": 4, "held": 1, "booked": 2, "blocked": 1},
}))]
struct SeatMapBody<'a> {
    event_id: EventId,
    venue_id: VenueId,
    #[schema(minimum = 1, example = 1)]
    layout_version: u32,
    /// Path of the layout, with the positions of the seats. It never changes, so it can be cached for ever.
    layout_url: String,
    /// Number of changes of the event's inventory so far. Of two responses, the one with the higher number is newer.
    /// Send it as `since` to get the changes after this response.
    #[schema(example = 1042)]
    sequence: i64,
    /// One letter per seat, in the order of `seat_id`, which begins with 0. General admission has no seats.
    #[serde(skip_serializing_if = "Option::is_none")]
    states: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<CountsBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<ChangesBody>,
}

/// Number of seats by state.
#[derive(Serialize, ToSchema)]
#[schema(as = SeatCounts)]
struct CountsBody {
    #[schema(minimum = 0, example = 14_210)]
    available: u32,
    #[schema(minimum = 0, example = 122)]
    held: u32,
    #[schema(minimum = 0, example = 5_500)]
    booked: u32,
    #[schema(minimum = 0, example = 168)]
    blocked: u32,
}

/// The `seat_id`s of all seats that were changed after `since`, in ascending order, by the letter of their current
/// state. A seat is listed once. Its state may be the same as at `since`.
#[derive(Serialize, ToSchema)]
#[schema(as = SeatChanges)]
struct ChangesBody {
    a: Vec<u32>,
    h: Vec<u32>,
    b: Vec<u32>,
    x: Vec<u32>,
}

/// Query parameters.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SeatsParams {
    /// The `sequence` of an earlier response: only the changes after it are returned. If it is more than 1,000 journal
    /// entries behind, the full map is returned: `states` instead of `changes`.
    #[param(value_type = Option<i64>, minimum = 0)]
    since: Option<String>,
}

/// Show the states of the seats
///
/// The state of every seat of an event, or the changes since an earlier response. All states belong to the same moment.
/// They may have changed when the response arrives; only a hold guarantees seats.
#[utoipa::path(
    get,
    path = "/api/v1/events/{id}/seats",
    tag = "seats",
    operation_id = "get_seats",
    params(
        ("id" = EventId, Path, description = "The event"),
        SeatsParams,
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the stored response"),
    ),
    responses(
        (status = 200, description = "The states of all seats, or of the changed seats", body = SeatMapBody,
            headers(
                ("ETag" = String, description = "Identifies the states at this sequence"),
                ("Cache-Control" = String, description = "`no-cache`: revalidate each time"),
            )),
        (status = 304, description = "The stored response is current"),
        (status = 404, description = "EVENT_NOT_FOUND, or EVENT_NOT_SEATED if the event has no seat map"),
        (status = 422, description = "VALIDATION_FAILED: `since` is not a number, or greater than the event's sequence"),
    ),
)]
pub async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    Id(event_id): Id<EventId>,
    QueryString(params): QueryString<SeatsParams>,
) -> Result<HttpResponse, ApiError> {
    let since = params.since.as_deref().map(parse_since).transpose()?;
    let event = seated_event(&app, event_id).await?;
    if let Some(since) = since.filter(|since| *since > event.sequence) {
        let detail = format!("{since} is greater than the event's sequence, which is {}", event.sequence);
        return Err(ApiError::invalid("since", detail).with_member("max", event.sequence));
    }
    let current = etag(event_id, event.sequence);
    if matches_etag(&request, &current) {
        return Ok(add_cache_headers(HttpResponse::NotModified(), &current).finish());
    }
    match since.filter(|since| event.sequence - since <= SEAT_CHANGES_ENTRIES_MAX) {
        Some(since) => changes_since(&app, event, since).await,
        None => full_map(&app, event_id).await,
    }
}

fn parse_since(text: &str) -> Result<i64, ApiError> {
    let invalid = || ApiError::invalid("since", "must be the `sequence` of an earlier response").with_member("min", 0);
    text.parse().ok().filter(|since| *since >= 0).ok_or_else(invalid)
}

async fn full_map(app: &App, event_id: EventId) -> Result<HttpResponse, ApiError> {
    let map = seat_map(app, event_id).await?;
    let body = SeatMapBody {
        states: Some(map.states.as_str()),
        counts: Some(map.states.counts().into()),
        ..SeatMapBody::from_event(map.event)
    };
    Ok(add_cache_headers(HttpResponse::Ok(), &etag(event_id, body.sequence)).json(body))
}

async fn changes_since(app: &App, event: SeatedEvent, since: i64) -> Result<HttpResponse, ApiError> {
    let changes = with_deadline(app, sql::seat_changes::seat_changes(&app.pool, event.event_id, since)).await?;
    let changes = changes.ok_or(ApiError::new(ErrorCode::EventNotFound))?;
    // May be greater than the sequence of the first read.
    let event = SeatedEvent { sequence: changes.sequence, ..event };
    let body = SeatMapBody { changes: Some(changes.into()), ..SeatMapBody::from_event(event) };
    Ok(add_cache_headers(HttpResponse::Ok(), &etag(event.event_id, event.sequence)).json(body))
}

impl SeatMapBody<'_> {
    /// A body without states, counts and changes.
    fn from_event(event: SeatedEvent) -> Self {
        let SeatedEvent { event_id, venue_id, layout_version, sequence } = event;
        let layout_url = format!("/api/v1/venues/{venue_id}/layouts/{layout_version}");
        let (states, counts, changes) = (None, None, None);
        Self { event_id, venue_id, layout_version, layout_url, sequence, states, counts, changes }
    }
}

impl From<Counts> for CountsBody {
    fn from(Counts { available, held, booked, blocked }: Counts) -> Self {
        Self { available, held, booked, blocked }
    }
}

impl From<SeatChanges> for ChangesBody {
    fn from(changes: SeatChanges) -> Self {
        let ids = |seats: Vec<SeatIndex>| seats.into_iter().map(|seat| seat.0).collect();
        let SeatChanges { available, held, booked, blocked, .. } = changes;
        Self { a: ids(available), h: ids(held), b: ids(booked), x: ids(blocked) }
    }
}
