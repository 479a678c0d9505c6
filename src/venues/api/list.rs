//! `GET /api/v1/venues`: the listing of venues, in pages.

use actix_web::{HttpResponse, web};
use boxoffice_engine::ids::VenueId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::app::App;
use crate::error::ApiError;
use crate::fields::page::parse_limit;
use crate::http::page::{cut_page, parse_cursor, rows_to_fetch};
use crate::http::query_string::QueryString;
use crate::http::read::with_deadline;
use crate::http::timestamp::Timestamp;
use crate::venues::sql::venues::{VenuePosition, VenueSummary, venues};

/// Query parameters of the listing.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VenuesParams {
    /// Venues per page. Default: 20.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<String>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// A page of venues, ordered by name.
#[derive(Serialize, ToSchema)]
#[schema(as = VenuePage)]
struct PageBody {
    venues: Vec<SummaryBody>,
    /// Cursor of the next page; `null` on the last page. Opaque.
    next_cursor: Option<String>,
}

/// Summary of a venue.
#[derive(Serialize, ToSchema)]
#[schema(as = VenueSummary)]
struct SummaryBody {
    venue_id: VenueId,
    #[schema(example = "City Hall")]
    name: String,
    address: Option<String>,
    /// Version of the newest layout.
    #[schema(minimum = 1, example = 1)]
    layout_version: u32,
    /// Places in all sections of the newest layout, with or without seats.
    #[schema(minimum = 0, example = 1300)]
    capacity: i64,
    /// Numbered seats in the newest layout.
    #[schema(minimum = 0, example = 800)]
    seat_count: i32,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// List venues
///
/// Ordered by name, without regard to upper and lower case.
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
    let limit = parse_limit(params.limit.as_deref())?;
    let after = parse_cursor(params.cursor.as_deref(), decode_cursor)?;
    let found = with_deadline(&app, venues(&app.pool, after, rows_to_fetch(limit))).await?;
    let (page, next_cursor) = cut_page(found, limit, encode_cursor);
    Ok(HttpResponse::Ok().json(PageBody { venues: page.into_iter().map(SummaryBody::from).collect(), next_cursor }))
}

/// The id, then the name, of the page's last venue.
fn encode_cursor(last: &VenueSummary) -> Vec<u8> {
    [&last.venue_id.as_uuid().as_bytes()[..], last.name.as_bytes()].concat()
}

/// `None` if [`encode_cursor`] cannot have made the cursor.
fn decode_cursor(cursor: &[u8]) -> Option<VenuePosition> {
    let (venue_id, name) = cursor.split_first_chunk::<16>()?;
    // PostgreSQL does not allow U+0000 in text.
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
