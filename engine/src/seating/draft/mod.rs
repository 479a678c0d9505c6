//! A layout as in a request, and its validation.
//!
//! An error has a JSON pointer into the request, such as `/sections/0/rows/3/label`: see [`pointers`].

mod builder;
mod pointers;

use super::layout::{COORDINATE_MAX, Layout, Point, SECTIONS_PER_LAYOUT_MAX};
use crate::invalid::Invalid;
use builder::LayoutBuilder;

/// Layout of a request, unparsed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LayoutDraft {
    /// `None`: the focal point of the venue's newest layout; for a new venue, the middle of the seats' front edge.
    pub focal_point: Option<PointDraft>,
    pub sections: Vec<SectionDraft>,
}

/// A point of a request, unparsed. In centimetres.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PointDraft {
    pub x: i64,
    pub y: i64,
}

/// Section of a request, unparsed. It has exactly one of capacity, description, rows and seats.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SectionDraft {
    pub name: String,
    /// Number of places of a general admission section.
    pub capacity: Option<i64>,
    /// See [`super::description`]. Its name in requests and in pointers is `rows`.
    pub description: Option<String>,
    pub rows: Option<Vec<RowDraft>>,
    /// Seats, each with its row. Rows are in the order in which they first occur.
    pub seats: Option<Vec<ListedSeat>>,
    /// The middle of the first row, if the seats have no x and y. `None`: behind all previous sections.
    pub origin: Option<PointDraft>,
}

/// A seat in a list, with its row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListedSeat {
    pub row: String,
    pub seat: SeatDraft,
}

/// Row of a request, unparsed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowDraft {
    pub label: String,
    pub seats: Vec<SeatDraft>,
}

/// Seat of a request, unparsed. Either all seats of a section have x and y, or none has: then they get default
/// coordinates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeatDraft {
    pub number: String,
    pub x: Option<i64>,
    pub y: Option<i64>,
    /// Words of [`super::attributes::Attribute`].
    pub attributes: Vec<String>,
    /// Line of the CSV, from 1, or index in the section's list of seats, from 0; used in pointers.
    pub line: Option<usize>,
}

impl TryFrom<LayoutDraft> for Layout {
    type Error = Invalid;

    fn try_from(draft: LayoutDraft) -> Result<Self, Invalid> {
        if draft.sections.is_empty() || draft.sections.len() > SECTIONS_PER_LAYOUT_MAX {
            return Err(Invalid::new("/sections", format!("must be 1 to {SECTIONS_PER_LAYOUT_MAX}")));
        }
        let focal_point = parse_optional_point("/focal_point", draft.focal_point)?;
        let mut builder = LayoutBuilder::default();
        for (index, section) in draft.sections.into_iter().enumerate() {
            builder.add_section(index, section)?;
        }
        Ok(builder.build(focal_point))
    }
}

/// Parses a point that may be absent. `pointer` is the point's.
fn parse_optional_point(pointer: &str, draft: Option<PointDraft>) -> Result<Option<Point>, Invalid> {
    let Some(draft) = draft else { return Ok(None) };
    parse_point(draft).map(Some).map_err(|invalid| invalid.with_parent(pointer))
}

fn parse_point(draft: PointDraft) -> Result<Point, Invalid> {
    Ok(Point { x: parse_coordinate("/x", draft.x)?, y: parse_coordinate("/y", draft.y)? })
}

fn parse_coordinate(pointer: &str, value: i64) -> Result<i32, Invalid> {
    match i32::try_from(value) {
        Ok(value) if (-COORDINATE_MAX..=COORDINATE_MAX).contains(&value) => Ok(value),
        _ => Err(Invalid::new(pointer, format!("must be -{COORDINATE_MAX} to {COORDINATE_MAX} centimetres"))),
    }
}
