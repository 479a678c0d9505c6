//! `GET /api/v1/events/{id}/seats.svg`: the seat map as a drawing.

use actix_web::http::header::{CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};
use actix_web::{HttpRequest, HttpResponse, web};
use anyhow::anyhow;

use super::svg::{Picture, draw as svg};
use super::{cacheable, seat_map, seated, tag};
use crate::app::App;
use crate::domain::ids::EventId;
use crate::error::ApiError;
use crate::http::cached::matches_etag;
use crate::http::path::Id;
use crate::http::read::with_deadline;
use crate::queries;

const SVG: &str = "image/svg+xml";

/// The drawing has texts that people wrote. They are escaped; if one ever were not, it could still run and load nothing.
const NOTHING_RUNS: &str = "default-src 'none'; sandbox";

/// Draw the seats
///
/// Every seat at its place in the colour and shape of its state, with its name and state as a tooltip; sections of general
/// admission as boxes.
#[utoipa::path(
    get,
    path = "/api/v1/events/{id}/seats.svg",
    tag = "seats",
    operation_id = "draw_seats",
    params(
        ("id" = EventId, Path, description = "The event"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of what one has"),
    ),
    responses(
        (status = 200, description = "The drawing", body = String, content_type = "image/svg+xml",
            headers(
                ("ETag" = String, description = "Of this sequence"),
                ("Cache-Control" = String, description = "Ask each time"),
            )),
        (status = 304, description = "Nothing has changed"),
        (status = 404, description = "EVENT_NOT_FOUND, or EVENT_NOT_SEATED: it is sold without a seat map"),
    ),
)]
pub async fn draw(
    app: web::Data<App>,
    request: HttpRequest,
    Id(event_id): Id<EventId>,
) -> Result<HttpResponse, ApiError> {
    let event = seated(&app, event_id).await?;
    let now = tag(event_id, event.sequence);
    if matches_etag(&request, &now) {
        return Ok(cacheable(HttpResponse::NotModified(), &now).finish());
    }
    let map = seat_map(&app, event_id).await?;
    let drawn = tag(event_id, map.event.sequence);
    let layout = with_deadline(&app, async {
        let mut connection = app.pool.acquire().await?;
        queries::layout::layout(&mut connection, map.event.venue_id, map.event.layout_version).await
    });
    let layout =
        layout.await?.ok_or_else(|| ApiError::internal(anyhow!("{event_id} is sold with a layout that is gone")))?;
    // A large house takes a few milliseconds, which nobody else should wait for.
    let svg = web::block(move || svg(&Picture { layout: &layout, map: &map })).await.map_err(ApiError::internal)?;
    Ok(cacheable(HttpResponse::Ok(), &drawn)
        .insert_header((CONTENT_SECURITY_POLICY, NOTHING_RUNS))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .content_type(SVG)
        .body(svg))
}
