//! The response body of a venue, and points of layouts in requests and responses.

use boxoffice_engine::ids::VenueId;
use boxoffice_engine::seating::{Point, PointDraft};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::timestamp::Timestamp;
use crate::venues::model::venue::{SectionSummary, Venue};

/// A venue with the sections of its newest layout.
#[derive(Serialize, ToSchema)]
#[schema(as = Venue)]
pub(super) struct VenueBody<'a> {
    venue_id: VenueId,
    #[schema(example = "City Hall")]
    name: &'a str,
    address: Option<&'a str>,
    /// Version of the newest layout. Existing events keep their version.
    #[schema(minimum = 1, example = 1)]
    layout_version: u32,
    focal_point: PointBody,
    /// Places in all sections, with or without seats.
    #[schema(minimum = 0, example = 1300)]
    capacity: u64,
    /// Numbered seats in all sections.
    #[schema(minimum = 0, example = 800)]
    seat_count: u64,
    sections: Vec<SectionBody<'a>>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// Summary of a section.
#[derive(Serialize, ToSchema)]
#[schema(as = VenueSection)]
pub(super) struct SectionBody<'a> {
    #[schema(example = "Stalls")]
    name: &'a str,
    kind: SectionKindBody,
    /// Number of seats, or of general admission places.
    #[schema(minimum = 0, maximum = 10_000_000, example = 800)]
    capacity: u32,
    /// Number of rows. `null`: general admission.
    #[schema(minimum = 1, example = 20)]
    row_count: Option<u32>,
}

/// Whether a section has numbered seats.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SectionKind)]
pub(super) enum SectionKindBody {
    Seated,
    GeneralAdmission,
}

/// A point in the layout, in whole centimetres: `x` along the rows, `y` away from the stage.
#[derive(Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Point)]
pub(super) struct PointBody {
    #[schema(minimum = -100_000, maximum = 100_000, example = 0)]
    x: i64,
    #[schema(minimum = -100_000, maximum = 100_000, example = 0)]
    y: i64,
}

impl<'a> From<&'a Venue> for VenueBody<'a> {
    fn from(venue: &'a Venue) -> Self {
        let layout = &venue.layout;
        Self {
            venue_id: venue.venue_id,
            name: &venue.name,
            address: venue.address.as_deref(),
            layout_version: layout.version,
            focal_point: layout.focal_point.into(),
            capacity: layout.capacity(),
            seat_count: layout.seat_count(),
            sections: layout.sections.iter().map(SectionBody::from).collect(),
            created_at: Timestamp(venue.created_at),
            updated_at: Timestamp(venue.updated_at),
        }
    }
}

impl<'a> From<&'a SectionSummary> for SectionBody<'a> {
    fn from(section: &'a SectionSummary) -> Self {
        let kind = match section.row_count {
            Some(_) => SectionKindBody::Seated,
            None => SectionKindBody::GeneralAdmission,
        };
        Self { name: &section.name, kind, capacity: section.capacity, row_count: section.row_count }
    }
}

impl From<Point> for PointBody {
    fn from(Point { x, y }: Point) -> Self {
        Self { x: x.into(), y: y.into() }
    }
}

impl From<PointBody> for PointDraft {
    fn from(PointBody { x, y }: PointBody) -> Self {
        Self { x, y }
    }
}
