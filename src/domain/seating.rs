//! Reserved seating: venues as they stand, and which seats a group gets. Nothing here knows who holds a seat.
//!
//! A [`Layout`] is made of a [`LayoutDraft`], whose sections come from full JSON, from a compact [`description`] or from
//! [`csv`]. An event sells it as a [`EventSeats`]: each seat belongs to one of its pools. A [`SeatPicker`] knows which seats are free,
//! and answers what best available would give, and what a selection by hand would leave alone.

mod attributes;
mod contest;
pub mod csv;
pub mod description;
mod draft;
mod event_seats;
mod free_seats;
pub mod geometry;
mod groups;
mod layout;
mod orphans;
mod picker;
mod tournament;
mod wanted;

pub use attributes::{Attribute, Attributes};
pub use draft::{LayoutDraft, ListedSeat, PointDraft, RowDraft, SeatDraft, SectionDraft};
pub use event_seats::{EventSeats, PoolNumber};
pub use groups::nearby::{NEARBY_ROWS, NEARBY_STARTS, SEEDS_PER_START};
pub use layout::{
    COORDINATE_MAX, Layout, Point, ROW_LABEL_LENGTH_MAX, ROWS_PER_SECTION_MAX, Row, SEAT_NUMBER_LENGTH_MAX,
    SEATS_PER_LAYOUT_MAX, SEATS_PER_ROW_MAX, SECTION_NAME_LENGTH_MAX, SECTIONS_PER_LAYOUT_MAX, Seat, SeatIndex,
    Section, SectionIndex, SectionKind,
};
pub use picker::SeatPicker;
pub use wanted::{GROUP_SIZE_MAX, GroupSize, MostPossible, Together, Wanted};
