//! A venue's places: sections, rows and seats, as they stand. Immutable; a [`Layout`] is shared and never changed.
//!
//! A seat is addressed by its index in the layout's order: section by section, row by row, and along the row. Two seats
//! that follow each other in a row are neighbours, unless one has [`Attribute::AisleAfter`].
//!
//! Coordinates are whole centimetres, so that they are the same in JSON, in the database and here. `x` runs along the
//! rows, `y` away from the stage.
//!
//! [`Attribute::AisleAfter`]: super::attributes::Attribute::AisleAfter

use std::ops::Range;

use super::super::quantity::Capacity;
use super::attributes::Attributes;

pub const SECTIONS_PER_LAYOUT_MAX: usize = 1_000;
pub const ROWS_PER_SECTION_MAX: usize = 1_000;
pub const SEATS_PER_ROW_MAX: usize = 1_000;
pub const SEATS_PER_LAYOUT_MAX: usize = 100_000;

/// Limits in characters.
pub const SECTION_NAME_LENGTH_MAX: usize = 100;
pub const ROW_LABEL_LENGTH_MAX: usize = 10;
pub const SEAT_NUMBER_LENGTH_MAX: usize = 10;

/// The farthest from the origin that anything is, in centimetres: one kilometre either way.
pub const COORDINATE_MAX: i32 = 100_000;

/// A place in the drawing, in centimetres.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Point {
    pub x: i32,
    pub y: i32,
}

impl Point {
    /// In whole centimetres, rounded down. Below 300,000 as long as both are within [`COORDINATE_MAX`].
    pub fn distance(self, other: Self) -> u32 {
        u32::try_from(self.distance_squared(other).isqrt()).expect("both are within COORDINATE_MAX")
    }

    /// Tells farther from nearer for less than [`Self::distance`] does.
    pub(super) fn distance_squared(self, other: Self) -> u64 {
        let square = |a: i32, b: i32| u64::from(a.abs_diff(b)).pow(2);
        square(self.x, other.x) + square(self.y, other.y)
    }
}

/// The index of a seat in [`Layout::seats`]. One that came from elsewhere may be out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeatIndex(pub u32);

impl SeatIndex {
    pub(super) fn of(at: usize) -> Self {
        Self(u32::try_from(at).expect("a layout has at most SEATS_PER_LAYOUT_MAX seats"))
    }

    pub fn at(self) -> usize {
        self.0 as usize
    }
}

/// The index of a section in [`Layout::sections`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SectionIndex(pub u16);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Unique in the layout.
    pub name: String,
    pub kind: SectionKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SectionKind {
    /// Indexes in [`Layout::rows`]; at least one.
    Seated {
        rows: Range<usize>,
    },
    GeneralAdmission {
        capacity: Capacity,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub section: SectionIndex,
    /// Unique in the section.
    pub label: String,
    /// Indexes in [`Layout::seats`]; at least one.
    pub seats: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// Index in [`Layout::rows`].
    pub row: usize,
    /// Unique in the row. Text: there are seats 12a.
    pub number: String,
    pub at: Point,
    pub attributes: Attributes,
}

/// See the module's documentation. Made of a [`super::draft::LayoutDraft`], which is where everything is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    focal_point: Point,
    sections: Vec<Section>,
    rows: Vec<Row>,
    seats: Vec<Seat>,
    /// Of each seat to the focal point.
    distances: Vec<u32>,
}

impl Layout {
    /// `draft` has checked that these fit together.
    pub(super) fn of(focal_point: Option<Point>, sections: Vec<Section>, rows: Vec<Row>, seats: Vec<Seat>) -> Self {
        let focal_point = focal_point.unwrap_or_else(|| centre_front(&seats));
        let distances = seats.iter().map(|seat| seat.at.distance(focal_point)).collect();
        Self { focal_point, sections, rows, seats, distances }
    }

    /// A layout that was checked when it was made and has been kept since. `None` if the parts do not fit together.
    pub fn restored(focal_point: Point, sections: Vec<Section>, rows: Vec<Row>, seats: Vec<Seat>) -> Option<Self> {
        let (mut next_row, mut next_seat) = (0, 0);
        for (number, section) in sections.iter().enumerate() {
            let SectionKind::Seated { rows: of_section } = &section.kind else { continue };
            if of_section.is_empty() || of_section.start != next_row {
                return None;
            }
            for at in of_section.clone() {
                let row = rows.get(at)?;
                let of_row = seats.get(row.seats.clone()).filter(|seats| !seats.is_empty())?;
                let fits = usize::from(row.section.0) == number && row.seats.start == next_seat;
                if !fits || of_row.iter().any(|seat| seat.row != at) {
                    return None;
                }
                next_seat = row.seats.end;
            }
            next_row = of_section.end;
        }
        let is_whole = (next_row, next_seat) == (rows.len(), seats.len());
        is_whole.then(|| Self::of(Some(focal_point), sections, rows, seats))
    }

    /// The same places, with something else to look at.
    #[must_use]
    pub fn looking_at(self, focal_point: Point) -> Self {
        Self::of(Some(focal_point), self.sections, self.rows, self.seats)
    }

    /// What people come to look at: the nearer, the better a seat.
    pub fn focal_point(&self) -> Point {
        self.focal_point
    }

    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub fn seats(&self) -> &[Seat] {
        &self.seats
    }

    /// From a seat to the focal point, in centimetres; by [`SeatIndex`].
    pub fn distances(&self) -> &[u32] {
        &self.distances
    }

    pub fn section_named(&self, name: &str) -> Option<SectionIndex> {
        let at = self.sections.iter().position(|section| section.name == name)?;
        u16::try_from(at).ok().map(SectionIndex)
    }
}

/// The middle of what the seats take up, at its front edge; the origin if there are none.
fn centre_front(seats: &[Seat]) -> Point {
    let along = || seats.iter().map(|seat| seat.at.x);
    let front = seats.iter().map(|seat| seat.at.y).min();
    match (along().min(), along().max(), front) {
        (Some(left), Some(right), Some(y)) => Point { x: left + (right - left) / 2, y },
        _ => Point::default(),
    }
}
