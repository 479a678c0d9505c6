//! Sections of a layout in requests.

use boxoffice_engine::seating::{LayoutDraft, ListedSeat, SeatDraft, SectionDraft};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::venue_body::PointBody;
use crate::http::body::Object;

/// A section of a layout. Needs exactly one of `rows` (a description), `seats` (a list) and `capacity` (no seats).
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LayoutSection, example = json!({"name": "Stalls", "rows": "rows A-T, 1-40, aisle after 12 and 28"}))]
pub(super) struct SectionBody {
    /// Unique in the layout.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Description of rows and seats in one line: groups of rows from the front, separated by semicolons. A group has
    /// its rows, its seats from left to right, and then aisles and attributes: `rows A-D, 1-30; rows E-T without I and
    /// O, 1-40, aisle after 12 and 28, accessible T1-T4, companion T5, restricted view E1`. Seats can be `odd 39-1,
    /// even 2-40`.
    #[schema(min_length = 1, max_length = 2000)]
    rows: Option<String>,
    /// Seats from front to back, and from left to right. Rows have the order of their first seats.
    #[schema(value_type = Option<Vec<SeatBody>>, min_items = 1, max_items = 100_000)]
    seats: Option<Vec<Object<SeatBody>>>,
    /// Number of general admission places.
    #[schema(minimum = 0, maximum = 10_000_000)]
    capacity: Option<i64>,
    /// Middle of the first row, if the seats have no `x` and `y`. Default: behind the preceding sections.
    #[schema(value_type = Option<PointBody>)]
    origin: Option<Object<PointBody>>,
}

/// A seat. Row and number together are unique in the section. Either all seats of a section have `x` and `y`, or none.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LayoutSeat, example = json!({"row": "A", "number": "1", "x": -110, "y": 0, "attributes": ["accessible"]}))]
pub(super) struct SeatBody {
    /// Label of the row.
    #[schema(min_length = 1, max_length = 10)]
    row: String,
    /// Seat number. It is text, for numbers such as `12a`.
    #[schema(min_length = 1, max_length = 10)]
    number: String,
    /// Centimetres along the rows.
    #[schema(minimum = -100_000, maximum = 100_000)]
    x: Option<i64>,
    /// Centimetres away from the stage.
    #[schema(minimum = -100_000, maximum = 100_000)]
    y: Option<i64>,
    /// `accessible`, `companion`, `restricted_view`, `aisle` (next to an aisle), `aisle_after` (an aisle separates it
    /// from the next seat, so they are not adjacent).
    attributes: Option<Vec<String>>,
}

/// The unparsed layout of a request.
pub(super) fn layout_draft(focal_point: Option<Object<PointBody>>, sections: Vec<Object<SectionBody>>) -> LayoutDraft {
    LayoutDraft {
        focal_point: focal_point.map(|Object(point)| point.into()),
        sections: sections.into_iter().map(|Object(section)| section.into()).collect(),
    }
}

impl From<SectionBody> for SectionDraft {
    fn from(section: SectionBody) -> Self {
        let seats = section.seats.map(|seats| seats.into_iter().map(|Object(seat)| seat.into()).collect());
        Self {
            name: section.name,
            capacity: section.capacity,
            description: section.rows,
            rows: None,
            seats,
            origin: section.origin.map(|Object(point)| point.into()),
        }
    }
}

impl From<SeatBody> for ListedSeat {
    fn from(seat: SeatBody) -> Self {
        let attributes = seat.attributes.unwrap_or_default();
        Self { row: seat.row, seat: SeatDraft { number: seat.number, x: seat.x, y: seat.y, attributes, line: None } }
    }
}
