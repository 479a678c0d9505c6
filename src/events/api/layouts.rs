//! Loads the layouts that a request to create events refers to. The request can only be validated with them.

use actix_web::web;
use boxoffice_engine::invalid::Invalid;

use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::events::model::seated_event::{LoadedLayouts, RequestedLayout};
use crate::http::read::with_deadline;
use crate::venues::sql::venue_layout::{VenueLayoutLookup, venue_layout};

/// Loads the requested layouts. `requested` has an entry for each event at a venue, in the order of the events.
///
/// # Errors
/// `VENUE_NOT_FOUND` or `LAYOUT_NOT_FOUND` with the `pointer` to the first one; `VALIDATION_FAILED` if the events have
/// too many seats together; `UNAVAILABLE`.
pub async fn find_layouts(app: &App, requested: &[RequestedLayout]) -> Result<LoadedLayouts, ApiError> {
    let mut layouts = LoadedLayouts::default();
    for RequestedLayout { pointer, reference } in requested {
        if layouts.get(*reference).is_none() {
            let missing = |code, field| Err(ApiError::new(code).with_member("pointer", format!("{pointer}/{field}")));
            // The deadline is for each layout, not for all: there can be as many venues as dates.
            match with_deadline(app, venue_layout(&app.pool, *reference)).await? {
                VenueLayoutLookup::Layout(layout) => layouts.insert(*reference, *layout),
                VenueLayoutLookup::NoVenue => return missing(ErrorCode::VenueNotFound, "venue_id"),
                VenueLayoutLookup::NoVersion => return missing(ErrorCode::LayoutNotFound, "layout_version"),
            }
        }
        layouts.add_event(*reference)?;
    }
    Ok(layouts)
}

/// Parses a request with its layouts. Runs on the blocking pool if there are layouts: they can have 100,000 seats, and
/// parsing would delay other requests of this thread.
///
/// # Errors
/// `VALIDATION_FAILED` for the first invalid field.
pub async fn parse_with_layouts<T: Send + 'static>(
    layouts: LoadedLayouts,
    parse: impl FnOnce(&LoadedLayouts) -> Result<T, Invalid> + Send + 'static,
) -> Result<T, ApiError> {
    if layouts.is_empty() {
        return Ok(parse(&layouts)?);
    }
    Ok(web::block(move || parse(&layouts)).await.map_err(ApiError::internal)??)
}
