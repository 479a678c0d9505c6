//! `/api/v1/venues`: venues and their layouts.

mod amend;
mod create;
mod layout;
mod list;
mod sections;
mod sheet;
mod venue_body;

pub use amend::{__path_amend, amend};
pub use create::{__path_create, create};
pub use layout::{__path_layout, layout};
pub use list::{__path_list, list};

use actix_web::{HttpResponse, web};

use self::venue_body::VenueBody;
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::http::path::Id;
use crate::http::read::with_deadline;
use crate::http::routes::{Routes, routes};
use crate::venues::sql;
use boxoffice_engine::ids::VenueId;

/// The routes of this feature.
pub fn routes() -> Routes {
    routes![create, list, show, amend]
        .bodies_up_to(VENUE_BODY_BYTES_MAX)
        .and(routes![layout].compressed())
        .tag("venues", "Venues and their layouts")
}

/// Largest request body with a layout, in bytes: the most seats that a layout can have, each described in full.
pub const VENUE_BODY_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Show a venue
///
/// With the sections of its newest layout, without rows and seats: see `GET /api/v1/venues/{id}/layouts/{version}`.
#[utoipa::path(
    get,
    path = "/api/v1/venues/{id}",
    tag = "venues",
    operation_id = "get_venue",
    params(("id" = VenueId, Path, description = "The venue")),
    responses(
        (status = 200, description = "The venue", body = VenueBody),
        (status = 404, description = "VENUE_NOT_FOUND"),
    ),
)]
pub async fn show(app: web::Data<App>, Id(venue_id): Id<VenueId>) -> Result<HttpResponse, ApiError> {
    venue_response(&app, venue_id).await
}

/// Response 200 with the venue's current state.
async fn venue_response(app: &App, venue_id: VenueId) -> Result<HttpResponse, ApiError> {
    let venue = with_deadline(app, sql::venue::venue(&app.pool, venue_id)).await?;
    let venue = venue.ok_or(ApiError::new(ErrorCode::VenueNotFound))?;
    Ok(HttpResponse::Ok().json(VenueBody::from(&venue)))
}
