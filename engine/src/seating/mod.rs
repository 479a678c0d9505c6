//! Reserved seating: layouts of venues, and the choice of seats for a group. Owners of seats are not known here.
//!
//! A [`Layout`] is made from a [`LayoutDraft`], whose sections come from full JSON, from a compact [`description`] or
//! from [`csv`]. [`EventSeats`] is a layout as one event sells it: each seat belongs to one of the event's pools. A
//! [`SeatPicker`] knows which seats are free, picks the best available seats, and finds the orphans of a manual
//! selection.

mod attributes;
pub mod description;
mod draft;
mod event_seats;
mod free_seats;
pub mod geometry;
mod group_request;
mod groups;
mod layout;
mod lazy_tournament;
mod orphans;
mod picker;
mod tournament;

pub use attributes::{Attribute, Attributes};
pub use draft::{LayoutDraft, ListedSeat, PointDraft, RowDraft, SeatDraft, SectionDraft};
pub use event_seats::{EventSeats, PoolNumber};
pub use group_request::{GROUP_SIZE_MAX, GroupRequest, GroupSize, LargestAvailable, Together};
pub use groups::nearby::{NEARBY_ROWS, NEARBY_STARTS, SEEDS_PER_START};
pub use layout::{
    COORDINATE_MAX, Layout, Point, ROW_LABEL_LENGTH_MAX, ROWS_PER_SECTION_MAX, Row, SEAT_NUMBER_LENGTH_MAX,
    SEATS_PER_LAYOUT_MAX, SEATS_PER_ROW_MAX, SECTION_NAME_LENGTH_MAX, SECTIONS_PER_LAYOUT_MAX, Seat, SeatIndex,
    Section, SectionIndex, SectionKind,
};
pub use picker::SeatPicker;
