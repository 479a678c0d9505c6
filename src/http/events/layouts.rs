//! The layouts that a request to create events names: found before the request can be understood whole.

use crate::app::App;
use crate::domain::seated_event::{Layouts, NamedLayout};
use crate::error::{ApiError, ErrorCode};
use crate::ops::kept_answer::{Answer, Keep, answered_before};
use crate::queries::venue_layout::{Found, venue_layout};

/// What was understood of a request that may be a repeat.
pub enum Asked {
    Now(Layouts),
    /// It was answered so. The venue may have had another layout then, so the request is not looked at again.
    Before(Answer),
}

/// `named` is in the order of the events that are sold with the layouts.
///
/// # Errors
/// The first venue or version that does not exist, with the `pointer` to it; too many seats.
pub async fn layouts<T>(app: &App, named: &[NamedLayout], keep: Option<&Keep<T>>) -> Result<Asked, ApiError> {
    if let Some(keep) = keep.filter(|_| !named.is_empty())
        && let Some(answer) = answered_before(&app.pool, &keep.idempotency).await?
    {
        return Ok(Asked::Before(answer));
    }
    let mut layouts = Layouts::default();
    for NamedLayout { place, name } in named {
        if layouts.get(*name).is_none() {
            let missing = |code, field| Err(ApiError::new(code).with("pointer", format!("{place}/{field}")));
            match venue_layout(&app.pool, *name).await? {
                Found::Layout(layout) => layouts.add(*name, *layout),
                Found::NoVenue => return missing(ErrorCode::VenueNotFound, "venue_id"),
                Found::NoVersion => return missing(ErrorCode::LayoutNotFound, "layout_version"),
            }
        }
        layouts.sell(*name)?;
    }
    Ok(Asked::Now(layouts))
}
