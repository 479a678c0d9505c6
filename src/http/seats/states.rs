//! `GET /api/v1/events/{id}/seats`: a letter for each seat, or what has changed.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{cacheable, seat_map, seated, tag};
use crate::app::App;
use crate::domain::ids::{EventId, VenueId};
use crate::domain::seat_map::{Counts, SeatChanges, SeatedEvent};
use crate::domain::seating::SeatIndex;
use crate::error::{ApiError, ErrorCode};
use crate::http::cached::matches_etag;
use crate::http::path::Id;
use crate::http::query_string::QueryString;
use crate::http::read::with_deadline;
use crate::queries;

/// Who is further behind gets the whole map, which is smaller than so many changes, and cheaper to find.
const SEAT_CHANGES_ENTRIES_MAX: i64 = 1_000;

/// The states of an event's seats at one moment: either `states` and `counts`, or `changes`.
///
/// A letter says what a seat is: `a` available, `h` held, `b` booked, `x` blocked (kept back by the organiser). A hold that
/// has expired is shown as held until it is swept, which takes seconds: whoever asks for its seats gets them already.
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
    /// Where the seats stand: cached for ever.
    layout_url: String,
    /// Counts the changes of the event's inventory: of two answers, the one with the higher number is the later one. Given back as
    /// `since`, it asks what has changed.
    #[schema(example = 1042)]
    sequence: i64,
    /// A letter for each seat: the first one is that of `seat_id` 0, and so on. General admission has no seats.
    #[serde(skip_serializing_if = "Option::is_none")]
    states: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<CountsBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<ChangesBody>,
}

/// How many seats are in which state.
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

/// Every seat that was touched since the sequence asked about, once, under the letter of its state now: its `seat_id`s, in their
/// order. It may be the state that it had before.
#[derive(Serialize, ToSchema)]
#[schema(as = SeatChanges)]
struct ChangesBody {
    a: Vec<u32>,
    h: Vec<u32>,
    b: Vec<u32>,
    x: Vec<u32>,
}

/// From when.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SeatsParams {
    /// The `sequence` of what one has: only what has changed since is told. Who is more than 1,000 entries of the journal behind
    /// gets everything: then `states` is there and `changes` is not.
    #[param(value_type = Option<i64>, minimum = 0)]
    since: Option<String>,
}

/// Look at the seats
///
/// The state of every seat of an event, or what has changed. All of it is of one moment, and may have changed by the time it is
/// read: only a hold is a promise.
#[utoipa::path(
    get,
    path = "/api/v1/events/{id}/seats",
    tag = "seats",
    operation_id = "get_seats",
    params(
        ("id" = EventId, Path, description = "The event"),
        SeatsParams,
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of what one has"),
    ),
    responses(
        (status = 200, description = "The states of the seats, or of those that have changed", body = SeatMapBody,
            headers(
                ("ETag" = String, description = "Of this sequence"),
                ("Cache-Control" = String, description = "Ask each time"),
            )),
        (status = 304, description = "Nothing has changed"),
        (status = 404, description = "EVENT_NOT_FOUND, or EVENT_NOT_SEATED: it is sold without a seat map"),
        (status = 422, description = "VALIDATION_FAILED: `since` is not a number, or greater than the event's sequence"),
    ),
)]
pub async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    Id(event_id): Id<EventId>,
    QueryString(params): QueryString<SeatsParams>,
) -> Result<HttpResponse, ApiError> {
    let since = params.since.as_deref().map(known_sequence).transpose()?;
    let event = seated(&app, event_id).await?;
    if let Some(since) = since.filter(|since| *since > event.sequence) {
        let detail = format!("{since} has not been reached: the event is at {}", event.sequence);
        return Err(ApiError::invalid("since", detail).with("max", event.sequence));
    }
    let now = tag(event_id, event.sequence);
    if matches_etag(&request, &now) {
        return Ok(cacheable(HttpResponse::NotModified(), &now).finish());
    }
    match since.filter(|since| event.sequence - since <= SEAT_CHANGES_ENTRIES_MAX) {
        Some(since) => changes(&app, event, since).await,
        None => whole(&app, event_id).await,
    }
}

fn known_sequence(text: &str) -> Result<i64, ApiError> {
    let wrong = || ApiError::invalid("since", "must be the `sequence` of an answer").with("min", 0);
    text.parse().ok().filter(|since| *since >= 0).ok_or_else(wrong)
}

async fn whole(app: &App, event_id: EventId) -> Result<HttpResponse, ApiError> {
    let map = seat_map(app, event_id).await?;
    let body = SeatMapBody {
        states: Some(map.states.as_str()),
        counts: Some(map.states.counts().into()),
        ..SeatMapBody::head(map.event)
    };
    Ok(cacheable(HttpResponse::Ok(), &tag(event_id, body.sequence)).json(body))
}

async fn changes(app: &App, event: SeatedEvent, since: i64) -> Result<HttpResponse, ApiError> {
    let changes = with_deadline(app, queries::seat_changes::seat_changes(&app.pool, event.event_id, since)).await?;
    let changes = changes.ok_or(ApiError::new(ErrorCode::EventNotFound))?;
    // Later than what was read before, if something has changed meanwhile.
    let event = SeatedEvent { sequence: changes.sequence, ..event };
    let body = SeatMapBody { changes: Some(changes.into()), ..SeatMapBody::head(event) };
    Ok(cacheable(HttpResponse::Ok(), &tag(event.event_id, event.sequence)).json(body))
}

impl SeatMapBody<'_> {
    /// Without what it is about.
    fn head(event: SeatedEvent) -> Self {
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
