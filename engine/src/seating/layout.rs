//! Layout of a venue: sections, rows and seats. A [`Layout`] is immutable and shared.
//!
//! A seat is identified by its index in the layout's order: section by section, row by row, and along the row. Two
//! seats that follow each other in a row are adjacent, unless the first one has [`Attribute::AisleAfter`].
//!
//! Coordinates are whole centimetres, in JSON, in the database and here. `x` runs along the rows, `y` away from the
//! stage.
//!
//! [`Attribute::AisleAfter`]: super::attributes::Attribute::AisleAfter

use std::ops::Range;

use super::attributes::Attributes;
use crate::quantity::Capacity;

/// Most sections of a layout.
pub const SECTIONS_PER_LAYOUT_MAX: usize = 1_000;
/// Most rows of a section.
pub const ROWS_PER_SECTION_MAX: usize = 1_000;
/// Most seats of a row.
pub const SEATS_PER_ROW_MAX: usize = 1_000;
/// Most seats of a layout.
pub const SEATS_PER_LAYOUT_MAX: usize = 100_000;

/// Longest section name, in characters.
pub const SECTION_NAME_LENGTH_MAX: usize = 100;
/// Longest row label, in characters.
pub const ROW_LABEL_LENGTH_MAX: usize = 10;
/// Longest seat number, in characters.
pub const SEAT_NUMBER_LENGTH_MAX: usize = 10;

/// Largest absolute value of a coordinate, in centimetres: one kilometre from the origin.
pub const COORDINATE_MAX: i32 = 100_000;

/// A point of the layout, in centimetres.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Point {
    pub x: i32,
    pub y: i32,
}

impl Point {
    /// Distance in whole centimetres, rounded down. Less than 300,000 if both points are within [`COORDINATE_MAX`].
    pub fn distance(self, other: Self) -> u32 {
        u32::try_from(self.distance_squared(other).isqrt()).expect("both are within COORDINATE_MAX")
    }

    /// Square of the distance. Cheaper than [`Self::distance`], and enough to compare distances.
    pub(super) fn distance_squared(self, other: Self) -> u64 {
        let square = |a: i32, b: i32| u64::from(a.abs_diff(b)).pow(2);
        square(self.x, other.x) + square(self.y, other.y)
    }
}

/// Index of a seat in [`Layout::seats`]. May be out of range if it comes from a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeatIndex(pub u32);

impl SeatIndex {
    pub(super) fn from_usize(index: usize) -> Self {
        Self(u32::try_from(index).expect("a layout has at most SEATS_PER_LAYOUT_MAX seats"))
    }

    /// The index, for use with slices.
    pub fn as_usize(self) -> usize {
        self.0 as usize
    }
}

/// Index of a section in [`Layout::sections`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SectionIndex(pub u16);

/// A section of a layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Unique in the layout.
    pub name: String,
    pub kind: SectionKind,
}

/// Section with or without seats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SectionKind {
    /// Rows of numbered seats.
    Seated {
        /// Indexes in [`Layout::rows`]; at least one.
        rows: Range<usize>,
    },
    /// A number of places without seats.
    GeneralAdmission { capacity: Capacity },
}

/// A row of seats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub section: SectionIndex,
    /// Unique in the section.
    pub label: String,
    /// Indexes in [`Layout::seats`]; at least one.
    pub seats: Range<usize>,
}

/// A seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// Index in [`Layout::rows`].
    pub row: usize,
    /// Unique in the row. A text, for numbers such as 12a.
    pub number: String,
    pub position: Point,
    pub attributes: Attributes,
}

/// Layout of a venue. Made from a [`super::draft::LayoutDraft`], which is validated as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    focal_point: Point,
    sections: Vec<Section>,
    rows: Vec<Row>,
    seats: Vec<Seat>,
    /// Distance to the focal point in centimetres, by seat.
    distances: Vec<u32>,
}

impl Layout {
    /// A layout of parts that fit together. Without a focal point it is the middle of the front edge of the seats.
    pub(super) fn new(focal_point: Option<Point>, sections: Vec<Section>, rows: Vec<Row>, seats: Vec<Seat>) -> Self {
        let focal_point = focal_point.unwrap_or_else(|| middle_of_front_edge(&seats));
        let distances = seats.iter().map(|seat| seat.position.distance(focal_point)).collect();
        Self { focal_point, sections, rows, seats, distances }
    }

    /// A layout loaded from the database. It was validated before it was stored, so its names and limits are not
    /// checked again. `None` if the parts do not fit together.
    pub fn from_parts(focal_point: Point, sections: Vec<Section>, rows: Vec<Row>, seats: Vec<Seat>) -> Option<Self> {
        let (mut next_row, mut next_seat) = (0, 0);
        for (number, section) in sections.iter().enumerate() {
            let SectionKind::Seated { rows: section_rows } = &section.kind else { continue };
            if section_rows.is_empty() || section_rows.start != next_row {
                return None;
            }
            for row_index in section_rows.clone() {
                let row = rows.get(row_index)?;
                let row_seats = seats.get(row.seats.clone()).filter(|seats| !seats.is_empty())?;
                let fits = usize::from(row.section.0) == number && row.seats.start == next_seat;
                if !fits || row_seats.iter().any(|seat| seat.row != row_index) {
                    return None;
                }
                next_seat = row.seats.end;
            }
            next_row = section_rows.end;
        }
        let is_complete = (next_row, next_seat) == (rows.len(), seats.len());
        is_complete.then(|| Self::new(Some(focal_point), sections, rows, seats))
    }

    /// The same layout with another focal point.
    #[must_use]
    pub fn with_focal_point(self, focal_point: Point) -> Self {
        Self::new(Some(focal_point), self.sections, self.rows, self.seats)
    }

    /// Focal point, usually the middle of the stage: the nearer a seat is to it, the better.
    pub fn focal_point(&self) -> Point {
        self.focal_point
    }

    /// Sections in the layout's order.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// Rows in the layout's order.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Seats in the layout's order.
    pub fn seats(&self) -> &[Seat] {
        &self.seats
    }

    /// Distance of each seat to the focal point in centimetres, by [`SeatIndex`].
    pub fn distances(&self) -> &[u32] {
        &self.distances
    }

    /// The section with this name.
    pub fn find_section(&self, name: &str) -> Option<SectionIndex> {
        let index = self.sections.iter().position(|section| section.name == name)?;
        u16::try_from(index).ok().map(SectionIndex)
    }
}

/// The middle of the front edge of the area that the seats cover; the origin if there are none.
fn middle_of_front_edge(seats: &[Seat]) -> Point {
    let xs = || seats.iter().map(|seat| seat.position.x);
    let front = seats.iter().map(|seat| seat.position.y).min();
    match (xs().min(), xs().max(), front) {
        (Some(left), Some(right), Some(y)) => Point { x: left + (right - left) / 2, y },
        _ => Point::default(),
    }
}
