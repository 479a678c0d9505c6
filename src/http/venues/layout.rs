//! `GET /api/v1/venues/{id}/layouts/{version}`: where everything stands. It never changes, so whoever has it keeps it.

use std::collections::BTreeMap;

use actix_web::http::header::EntityTag;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::wire::{PointBody, SectionKindBody};
use crate::app::App;
use crate::domain::ids::VenueId;
use crate::domain::seating::{Attribute, Layout, Row, SectionKind};
use crate::error::{ApiError, ErrorCode};
use crate::http::cached::{cacheable, matches_etag};
use crate::http::path::Id;
use crate::http::read::with_deadline;
use crate::queries;

/// A year, which is for ever to a cache.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// A version of a venue's layout. Seats are numbered from 0 in the order in which they stand here; that number, their `seat_id`,
/// never changes.
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
    /// The places of general admission; only there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 10_000_000)]
    capacity: Option<u32>,
    /// From front to back; none of general admission.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<Vec<RowBody<'a>>>,
}

/// A row. Its lists have an entry for each seat, from left to right.
#[derive(Serialize, ToSchema)]
#[schema(as = RowOfLayout, example = json!({
    "label": "A", "first_seat_id": 0, "numbers": ["1", "2", "3"], "x": [-137, -82, 138], "y": [0, 0, 0],
    "attributes": {"aisle": [1, 2], "aisle_after": [1]},
}))]
struct RowBody<'a> {
    label: &'a str,
    /// The `seat_id` of its first seat; the others follow one by one.
    first_seat_id: usize,
    numbers: Vec<&'a str>,
    /// Centimetres along the rows.
    x: Vec<i32>,
    /// Centimetres away from the stage.
    y: Vec<i32>,
    /// Which seats have what: positions in the lists, from 0. What no seat has is left out.
    attributes: BTreeMap<&'static str, Vec<usize>>,
}

/// Look at a layout
///
/// Every section, row and seat of one version of a venue's layout. It never changes: keep it, or ask with `If-None-Match`.
#[utoipa::path(
    get,
    path = "/api/v1/venues/{id}/layouts/{version}",
    tag = "venues",
    operation_id = "get_layout",
    params(
        ("id" = VenueId, Path, description = "The venue"),
        ("version" = u32, Path, description = "From 1; a venue's newest is its `layout_version`"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of what one has"),
    ),
    responses(
        (status = 200, description = "The layout", body = LayoutBody,
            headers(
                ("ETag" = String, description = "Of this version"),
                ("Cache-Control" = String, description = "For ever"),
            )),
        (status = 304, description = "It is what one has"),
        (status = 404, description = "LAYOUT_NOT_FOUND"),
    ),
)]
pub async fn layout(
    app: web::Data<App>,
    request: HttpRequest,
    Id(venue_id): Id<VenueId>,
) -> Result<HttpResponse, ApiError> {
    let version = version(&request)?;
    // Weak, because the same layout is sent compressed and plain.
    let tag = EntityTag::new_weak(version.to_string());
    if matches_etag(&request, &tag) {
        return Ok(cacheable(HttpResponse::NotModified(), &tag, FOR_EVER).finish());
    }
    let layout = with_deadline(&app, async {
        let mut connection = app.pool.acquire().await?;
        queries::layout::layout(&mut connection, venue_id, version).await
    });
    let layout = layout.await?.ok_or(ApiError::new(ErrorCode::LayoutNotFound))?;
    Ok(cacheable(HttpResponse::Ok(), &tag, FOR_EVER).json(LayoutBody::of(venue_id, version, &layout)))
}

fn version(request: &HttpRequest) -> Result<u32, ApiError> {
    let wrong = || ApiError::new(ErrorCode::MalformedRequest).detail("The version in the path is not a number");
    request.match_info().get("version").and_then(|text| text.parse().ok()).ok_or_else(wrong)
}

impl<'a> LayoutBody<'a> {
    fn of(venue_id: VenueId, version: u32, layout: &'a Layout) -> Self {
        let section = |section: &'a crate::domain::seating::Section| {
            let (kind, capacity, rows) = match &section.kind {
                SectionKind::Seated { rows } => {
                    let rows = layout.rows()[rows.clone()].iter().map(|row| RowBody::of(layout, row));
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
            sections: layout.sections().iter().map(section).collect(),
        }
    }
}

impl<'a> RowBody<'a> {
    fn of(layout: &'a Layout, row: &'a Row) -> Self {
        let seats = &layout.seats()[row.seats.clone()];
        let with = |attribute: Attribute| {
            let positions = seats.iter().enumerate().filter(|(_, seat)| seat.attributes.has(attribute));
            (attribute.as_str(), positions.map(|(position, _)| position).collect::<Vec<_>>())
        };
        Self {
            label: &row.label,
            first_seat_id: row.seats.start,
            numbers: seats.iter().map(|seat| seat.number.as_str()).collect(),
            x: seats.iter().map(|seat| seat.at.x).collect(),
            y: seats.iter().map(|seat| seat.at.y).collect(),
            attributes: Attribute::ALL.map(with).into_iter().filter(|(_, seats)| !seats.is_empty()).collect(),
        }
    }
}
