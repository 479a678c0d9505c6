//! Reserved seating: venues as they stand. Nothing here knows who holds a seat.
//!
//! A [`Layout`] is made of a [`LayoutDraft`], whose sections come from full JSON, from a compact [`description`] or from
//! [`csv`].

mod attributes;
pub mod csv;
pub mod description;
mod draft;
pub mod geometry;
mod layout;

pub use attributes::{Attribute, Attributes};
pub use draft::{LayoutDraft, ListedSeat, PointDraft, RowDraft, SeatDraft, SectionDraft};
pub use layout::{
    COORDINATE_MAX, Layout, Point, ROW_LABEL_LENGTH_MAX, ROWS_PER_SECTION_MAX, Row, SEAT_NUMBER_LENGTH_MAX,
    SEATS_PER_LAYOUT_MAX, SEATS_PER_ROW_MAX, SECTION_NAME_LENGTH_MAX, SECTIONS_PER_LAYOUT_MAX, Seat, SeatIndex,
    Section, SectionIndex, SectionKind,
};
