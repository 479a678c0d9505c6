//! `GET /api/v1/events/{id}/seats.svg`: the seat map as a drawing.

use actix_web::http::header::{CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};
use actix_web::{HttpRequest, HttpResponse, web};
use anyhow::anyhow;
use boxoffice_engine::ids::EventId;
use boxoffice_engine::layouts;

use super::super::svg::{Picture, draw as draw_svg};
use super::{add_cache_headers, etag, seat_map, seated_event};
use crate::app::App;
use crate::error::ApiError;
use crate::http::cached::matches_etag;
use crate::http::path::Id;
use crate::http::read::with_deadline;

const SVG: &str = "image/svg+xml";

/// `Content-Security-Policy` of the drawing, which contains texts of users. They are escaped; with this policy an
/// escaping bug still could not run a script or load a resource.
const NO_SCRIPTS: &str = "default-src 'none'; sandbox";

/// Draw the seats
///
/// An SVG image. Each seat is drawn at its position with the colour and shape of its state, with its name and state as
/// a tooltip. Sections of general admission are drawn as boxes.
#[utoipa::path(
    get,
    path = "/api/v1/events/{id}/seats.svg",
    tag = "seats",
    operation_id = "draw_seats",
    params(
        ("id" = EventId, Path, description = "The event"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the stored response"),
    ),
    responses(
        (status = 200, description = "The drawing", body = String, content_type = "image/svg+xml",
            headers(
                ("ETag" = String, description = "Identifies the states at this sequence"),
                ("Cache-Control" = String, description = "`no-cache`: revalidate each time"),
            )),
        (status = 304, description = "The stored response is current"),
        (status = 404, description = "EVENT_NOT_FOUND, or EVENT_NOT_SEATED if the event has no seat map"),
    ),
)]
pub async fn draw(
    app: web::Data<App>,
    request: HttpRequest,
    Id(event_id): Id<EventId>,
) -> Result<HttpResponse, ApiError> {
    let event = seated_event(&app, event_id).await?;
    let current = etag(event_id, event.sequence);
    if matches_etag(&request, &current) {
        return Ok(add_cache_headers(HttpResponse::NotModified(), &current).finish());
    }
    let map = seat_map(&app, event_id).await?;
    let drawn = etag(event_id, map.event.sequence);
    let layout = with_deadline(&app, async {
        let mut connection = app.pool.acquire().await?;
        layouts::layout(&mut connection, map.event.venue_id, map.event.layout_version).await
    });
    let layout =
        layout.await?.ok_or_else(|| ApiError::internal(anyhow!("the layout of event {event_id} is missing")))?;
    // A large layout takes a few milliseconds, which would delay other requests on this HTTP thread.
    let svg =
        web::block(move || draw_svg(&Picture { layout: &layout, map: &map })).await.map_err(ApiError::internal)?;
    Ok(add_cache_headers(HttpResponse::Ok(), &drawn)
        .insert_header((CONTENT_SECURITY_POLICY, NO_SCRIPTS))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .content_type(SVG)
        .body(svg))
}
