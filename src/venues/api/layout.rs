//! `GET /api/v1/venues/{id}/layouts/{version}`: sections, rows and seats. A layout never changes, so clients cache it
//! for ever.

use std::collections::BTreeMap;

use actix_web::http::header::EntityTag;
use actix_web::{HttpRequest, HttpResponse, web};
use boxoffice_engine::ids::VenueId;
use boxoffice_engine::layouts;
use boxoffice_engine::seating::{Attribute, Layout, Row, SectionKind};
use serde::Serialize;
use utoipa::ToSchema;

use super::venue_body::{PointBody, SectionKindBody};
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::http::cached::{add_cache_headers, matches_etag};
use crate::http::path::Id;
use crate::http::read::with_deadline;

/// One year, in practice for ever.
const CACHE_FOR_EVER: &str = "public, max-age=31536000, immutable";

/// A version of a venue's layout. The `seat_id` of a seat is its index in the order of this document, from 0. It never
/// changes.
#[derive(Serialize, ToSchema)]
#[schema(as = Layout)]
struct LayoutBody<'a> {
    venue_id: VenueId,
    #[schema(minimum = 1, example = 1)]
    version: u32,
    focal_point: PointBody,
    #[schema(minimum = 0, example = 800)]
    seat_count: usize,
    sections: Vec<SectionBody<'a>>,
}

/// A section with its rows.
#[derive(Serialize, ToSchema)]
#[schema(as = SectionOfLayout)]
struct SectionBody<'a> {
    #[schema(example = "Stalls")]
    name: &'a str,
    kind: SectionKindBody,
    /// Number of places. Present only for general admission.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 10_000_000)]
    capacity: Option<u32>,
    /// Rows from front to back. Absent for general admission.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<Vec<RowBody<'a>>>,
}

/// A row. `numbers`, `x` and `y` have an entry for each seat, from left to right.
#[derive(Serialize, ToSchema)]
#[schema(as = RowOfLayout, example = json!({
    "label": "A", "first_seat_id": 0, "numbers": ["1", "2", "3"], "x": [-137, -82, 138], "y": [0, 0, 0],
    "attributes": {"aisle": [1, 2], "aisle_after": [1]},
}))]
struct RowBody<'a> {
    label: &'a str,
    /// `seat_id` of the row's first seat. The ids of the other seats follow without gaps.
    first_seat_id: usize,
    /// Seat numbers.
    numbers: Vec<&'a str>,
    /// Centimetres along the rows.
    x: Vec<i32>,
    /// Centimetres away from the stage.
    y: Vec<i32>,
    /// For each attribute, the indexes (from 0) of the seats that have it. Attributes without seats are absent.
    attributes: BTreeMap<&'static str, Vec<usize>>,
}

/// Show a layout
///
/// Every section, row and seat of one version of a venue's layout. It never changes: cache it, or send `If-None-Match`.
#[utoipa::path(
    get,
    path = "/api/v1/venues/{id}/layouts/{version}",
    tag = "venues",
    operation_id = "get_layout",
    params(
        ("id" = VenueId, Path, description = "The venue"),
        ("version" = u32, Path, description = "Version, from 1. The newest is `layout_version` of the venue"),
        ("If-None-Match" = Option<String>, Header, description = "`ETag` of the cached response"),
    ),
    responses(
        (status = 200, description = "The layout", body = LayoutBody,
            headers(
                ("ETag" = String, description = "Entity tag of this version"),
                ("Cache-Control" = String, description = "One year, immutable"),
            )),
        (status = 304, description = "The cached response is still valid"),
        (status = 404, description = "LAYOUT_NOT_FOUND"),
    ),
)]
pub async fn layout(
    app: web::Data<App>,
    request: HttpRequest,
    Id(venue_id): Id<VenueId>,
) -> Result<HttpResponse, ApiError> {
    let version = version(&request)?;
    // A weak tag, because the compressed and the uncompressed response share it.
    let tag = EntityTag::new_weak(version.to_string());
    if matches_etag(&request, &tag) {
        return Ok(add_cache_headers(HttpResponse::NotModified(), &tag, CACHE_FOR_EVER).finish());
    }
    let layout = with_deadline(&app, async {
        let mut connection = app.pool.acquire().await?;
        layouts::layout(&mut connection, venue_id, version).await
    });
    let layout = layout.await?.ok_or(ApiError::new(ErrorCode::LayoutNotFound))?;
    Ok(add_cache_headers(HttpResponse::Ok(), &tag, CACHE_FOR_EVER).json(LayoutBody::new(venue_id, version, &layout)))
}

fn version(request: &HttpRequest) -> Result<u32, ApiError> {
    let malformed =
        || ApiError::new(ErrorCode::MalformedRequest).with_detail("The version in the path is not a number");
    request.match_info().get("version").and_then(|text| text.parse().ok()).ok_or_else(malformed)
}

impl<'a> LayoutBody<'a> {
    fn new(venue_id: VenueId, version: u32, layout: &'a Layout) -> Self {
        let section_body = |section: &'a boxoffice_engine::seating::Section| {
            let (kind, capacity, rows) = match &section.kind {
                SectionKind::Seated { rows } => {
                    let rows = layout.rows()[rows.clone()].iter().map(|row| RowBody::new(layout, row));
                    (SectionKindBody::Seated, None, Some(rows.collect()))
                }
                SectionKind::GeneralAdmission { capacity } => {
                    (SectionKindBody::GeneralAdmission, Some(capacity.get()), None)
                }
            };
            SectionBody { name: &section.name, kind, capacity, rows }
        };
        Self {
            venue_id,
            version,
            focal_point: layout.focal_point().into(),
            seat_count: layout.seats().len(),
            sections: layout.sections().iter().map(section_body).collect(),
        }
    }
}

impl<'a> RowBody<'a> {
    fn new(layout: &'a Layout, row: &'a Row) -> Self {
        let seats = &layout.seats()[row.seats.clone()];
        let seats_with = |attribute: Attribute| {
            let having = seats.iter().enumerate().filter(|(_, seat)| seat.attributes.has(attribute));
            (attribute.as_str(), having.map(|(index, _)| index).collect::<Vec<_>>())
        };
        Self {
            label: &row.label,
            first_seat_id: row.seats.start,
            numbers: seats.iter().map(|seat| seat.number.as_str()).collect(),
            x: seats.iter().map(|seat| seat.position.x).collect(),
            y: seats.iter().map(|seat| seat.position.y).collect(),
            attributes: Attribute::ALL.map(seats_with).into_iter().filter(|(_, indexes)| !indexes.is_empty()).collect(),
        }
    }
}
