//! `GET /api/v1/venues`: a page at a time.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::app::App;
use crate::domain::ids::VenueId;
use crate::domain::page::limit;
use crate::error::ApiError;
use crate::http::page::{page, position, rows};
use crate::http::query_string::QueryString;
use crate::http::read::with_deadline;
use crate::http::wire::Timestamp;
use crate::queries::venues::{VenuePosition, VenueSummary, venues};

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VenuesParams {
    /// Venues per page; 20 unless given.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<String>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A page of venues, by name.
#[derive(Serialize, ToSchema)]
#[schema(as = VenuePage)]
struct PageBody {
    venues: Vec<SummaryBody>,
    /// Where the next page begins; `null` on the last one. Opaque.
    next_cursor: Option<String>,
}

/// A venue in short.
#[derive(Serialize, ToSchema)]
#[schema(as = VenueSummary)]
struct SummaryBody {
    venue_id: VenueId,
    #[schema(example = "City Hall")]
    name: String,
    address: Option<String>,
    #[schema(minimum = 1, example = 1)]
    layout_version: u32,
    /// All places of the newest layout, numbered or not.
    #[schema(minimum = 0, example = 1300)]
    capacity: i64,
    /// The numbered ones.
    #[schema(minimum = 0, example = 800)]
    seat_count: i32,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// List venues
///
/// By name, in any case.
#[utoipa::path(
    get,
    path = "/api/v1/venues",
    tag = "venues",
    operation_id = "list_venues",
    params(VenuesParams),
    responses(
        (status = 200, description = "A page of venues", body = PageBody),
        (status = 422, description = "VALIDATION_FAILED with the parameter's name as `pointer`"),
    ),
)]
pub async fn list(
    app: web::Data<App>,
    QueryString(params): QueryString<VenuesParams>,
) -> Result<HttpResponse, ApiError> {
    let limit = limit(params.limit.as_deref())?;
    let after = position(params.cursor.as_deref(), read)?;
    let found = with_deadline(&app, venues(&app.pool, after, rows(limit))).await?;
    let (found, next_cursor) = page(found, limit, cursor);
    Ok(HttpResponse::Ok().json(PageBody { venues: found.into_iter().map(SummaryBody::from).collect(), next_cursor }))
}

/// The id, then the name.
fn cursor(last: &VenueSummary) -> Vec<u8> {
    [&last.venue_id.as_uuid().as_bytes()[..], last.name.as_bytes()].concat()
}

fn read(cursor: &[u8]) -> Option<VenuePosition> {
    let (venue_id, name) = cursor.split_first_chunk::<16>()?;
    // PostgreSQL's text has no U+0000.
    let name = std::str::from_utf8(name).ok().filter(|name| !name.is_empty() && !name.contains('\0'))?;
    Some(VenuePosition { name: name.to_owned(), venue_id: Uuid::from_bytes(*venue_id).into() })
}

impl From<VenueSummary> for SummaryBody {
    fn from(venue: VenueSummary) -> Self {
        Self {
            venue_id: venue.venue_id,
            name: venue.name,
            address: venue.address,
            layout_version: venue.layout_version,
            capacity: venue.capacity,
            seat_count: venue.seat_count,
            created_at: Timestamp(venue.created_at),
            updated_at: Timestamp(venue.updated_at),
        }
    }
}
