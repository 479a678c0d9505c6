//! `/api/v1/events/{id}/seats`: the state of each seat, as letters and as a drawing. The positions of the seats are in
//! the layout, which never changes.

mod drawing;
mod states;

pub use drawing::{__path_draw, draw};
pub use states::{__path_show, show};

use actix_web::HttpResponseBuilder;
use actix_web::http::header::EntityTag;

use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::http::cached;
use crate::http::read::with_deadline;
use crate::http::routes::{Routes, routes};
use crate::seat_maps::model::{SeatMap, SeatedEvent};
use crate::seat_maps::sql;
use crate::seat_maps::sql::seated_event::Seating;
use boxoffice_engine::ids::EventId;

/// The routes of this feature.
pub fn routes() -> Routes {
    routes![show, draw].compressed().frequent().tag("seats", "Numbered seats of an event and their states")
}

/// `Cache-Control`: a client may store the response but must revalidate it each time, which costs one short read.
const REVALIDATE: &str = "no-cache";

/// Reads the event's layout and sequence. Every request begins with this read: it decides between 404 and 304, too.
async fn seated_event(app: &App, event_id: EventId) -> Result<SeatedEvent, ApiError> {
    match with_deadline(app, sql::seated_event::seating(&app.pool, event_id)).await? {
        Seating::Seated(event) => Ok(event),
        Seating::NoLayout => Err(ApiError::new(ErrorCode::EventNotSeated)),
        Seating::NoEvent => Err(ApiError::new(ErrorCode::EventNotFound)),
    }
}

async fn seat_map(app: &App, event_id: EventId) -> Result<SeatMap, ApiError> {
    let map = with_deadline(app, sql::seat_map::seat_map(&app.pool, event_id)).await?;
    // The event was deleted after the first read.
    map.ok_or(ApiError::new(ErrorCode::EventNotFound))
}

/// ETag of the seats at a sequence. Every change of a seat is a journal entry, so the sequence identifies the states;
/// the version of the service stands for the format. Weak, because a response may be compressed or not.
fn etag(event_id: EventId, sequence: i64) -> EntityTag {
    EntityTag::new_weak(format!("{event_id}.{sequence}.{}", env!("CARGO_PKG_VERSION")))
}

fn add_cache_headers(response: HttpResponseBuilder, etag: &EntityTag) -> HttpResponseBuilder {
    cached::add_cache_headers(response, etag, REVALIDATE)
}
