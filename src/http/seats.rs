//! `/api/v1/events/{id}/seats`: which seat is in which state, in letters and as a drawing. Where the seats stand is told by
//! the layout, which never changes; this is what does.

mod drawing;
mod states;
mod svg;

pub use drawing::{__path_draw, draw};
pub use states::{__path_show, show};

use actix_web::HttpResponseBuilder;
use actix_web::http::header::EntityTag;

use super::cached;
use super::read::with_deadline;
use crate::app::App;
use crate::domain::ids::EventId;
use crate::domain::seat_map::{SeatMap, SeatedEvent};
use crate::error::{ApiError, ErrorCode};
use crate::queries;
use crate::queries::seated_event::Seating;

/// ResponseToStore it, and ask each time whether it is still so: a tag is compared with one short read.
const ASK_EACH_TIME: &str = "no-cache";

/// Everything about seats begins with this read: it tells what there is, and whether the client has it already.
async fn seated(app: &App, event_id: EventId) -> Result<SeatedEvent, ApiError> {
    match with_deadline(app, queries::seated_event::seating(&app.pool, event_id)).await? {
        Seating::Seated(event) => Ok(event),
        Seating::NoLayout => Err(ApiError::new(ErrorCode::EventNotSeated)),
        Seating::NoEvent => Err(ApiError::new(ErrorCode::EventNotFound)),
    }
}

async fn seat_map(app: &App, event_id: EventId) -> Result<SeatMap, ApiError> {
    let map = with_deadline(app, queries::seat_map::seat_map(&app.pool, event_id)).await?;
    // It was there a moment ago.
    map.ok_or(ApiError::new(ErrorCode::EventNotFound))
}

/// Every change of a seat is an entry of the journal, so the number of the last one says what a client has; the version says
/// in which form. Weak, because the same is sent compressed and plain.
fn tag(event_id: EventId, sequence: i64) -> EntityTag {
    EntityTag::new_weak(format!("{event_id}.{sequence}.{}", env!("CARGO_PKG_VERSION")))
}

fn cacheable(response: HttpResponseBuilder, tag: &EntityTag) -> HttpResponseBuilder {
    cached::cacheable(response, tag, ASK_EACH_TIME)
}
