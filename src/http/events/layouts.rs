//! The layouts that a request to create events names: found before the request can be understood whole.

use actix_web::web;

use crate::app::App;
use crate::domain::invalid::Invalid;
use crate::domain::seated_event::{Layouts, NamedLayout};
use crate::error::{ApiError, ErrorCode};
use crate::http::read::with_deadline;
use crate::ops::stored_response::{ResponseToStore, StoredResponse, find_stored_response};
use crate::queries::venue_layout::{Found, venue_layout};

/// What was understood of a request that may be a repeat.
pub enum RequestedLayouts {
    New(Layouts),
    /// It was answered so. The venue may have had another layout then, so the request is not looked at again.
    Replayed(StoredResponse),
}

/// `named` is in the order of the events that are sold with the layouts.
///
/// # Errors
/// The first venue or version that does not exist, with the `pointer` to it; too many seats; `UNAVAILABLE`.
pub async fn layouts<T>(
    app: &App,
    named: &[NamedLayout],
    keep: Option<&ResponseToStore<T>>,
) -> Result<RequestedLayouts, ApiError> {
    if let Some(keep) = keep.filter(|_| !named.is_empty())
        && let Some(answer) = with_deadline(app, find_stored_response(&app.pool, &keep.idempotency)).await?
    {
        return Ok(RequestedLayouts::Replayed(answer));
    }
    let mut layouts = Layouts::default();
    for NamedLayout { place, name } in named {
        if layouts.get(*name).is_none() {
            let missing = |code, field| Err(ApiError::new(code).with("pointer", format!("{place}/{field}")));
            // Each has the time of a read. All together may take longer: there may be as many venues as dates.
            match with_deadline(app, venue_layout(&app.pool, *name)).await? {
                Found::Layout(layout) => layouts.add(*name, *layout),
                Found::NoVenue => return missing(ErrorCode::VenueNotFound, "venue_id"),
                Found::NoVersion => return missing(ErrorCode::LayoutNotFound, "layout_version"),
            }
        }
        layouts.sell(*name)?;
    }
    Ok(RequestedLayouts::New(layouts))
}

/// What a request asks for, judged by the layouts that it names. They may have a hundred thousand seats, and whoever came over the
/// same thread would wait for it. Without a layout there is little to judge.
///
/// # Errors
/// The first field that is not valid.
pub async fn judged<T: Send + 'static>(
    layouts: Layouts,
    parse: impl FnOnce(&Layouts) -> Result<T, Invalid> + Send + 'static,
) -> Result<T, ApiError> {
    if layouts.is_empty() {
        return Ok(parse(&layouts)?);
    }
    Ok(web::block(move || parse(&layouts)).await.map_err(ApiError::internal)??)
}
