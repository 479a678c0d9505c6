//! Groups of seats, and their ranking.
//!
//! Two groups of the same kind are compared by their [`Criteria`]. Accessible and companion seats are the first of them,
//! and a group has none as long as there is another choice: see [`super::picker`].

pub mod nearby;
pub mod neighbours;
pub mod row;

use std::cmp::Reverse;

use super::event_seats::EventSeats;
use super::free_seats::{FreeSeats, SeatFilter, SeatFlags};
use super::group_request::Together;
use super::layout::Point;
use super::tournament::Score;

/// What a group is ranked by, most important first: the first criterion in which two groups differ decides, and the
/// lower value is better.
///
/// For example, a group far from the stage that leaves no orphan is better than one in the first row that leaves one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Criteria {
    /// Number of accessible and companion seats. 0 for a group that asks for accessible seats.
    pub reserved: u16,
    /// Number of new orphans: see [`super::free_seats`].
    pub orphans: u16,
    /// How far apart the seats are. For a group in one row: index of its last seat minus index of its first, or 0 for
    /// adjacent seats. For a nearby group: sum of the distances to its seed, in centimetres.
    pub spread: u32,
    /// Sum of the distances to the focal point, in centimetres.
    pub distance: u32,
    /// First seat of a group in one row, or the seed of a nearby group. It makes ranks unique, so that the same free
    /// seats always give the same group, and the group can be found again from it.
    pub anchor: u32,
}

/// Rank of a group: lower is better. It has all [`Criteria`] in one number, the most important ones in the highest
/// bits:
///
/// ```text
/// reserved | orphans | spread | distance | anchor
///  16 bits | 16 bits |32 bits |  32 bits | 32 bits
/// ```
///
/// A struct with a derived order makes a pick up to 38 % slower, as measured in
/// `docs/decisions/0013-best-available-by-strips-and-bounds.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank(u128);

impl Rank {
    const RESERVED_SHIFT: u32 = 112;
    const ORPHANS_SHIFT: u32 = 96;
    const SPREAD_SHIFT: u32 = 64;
    const DISTANCE_SHIFT: u32 = 32;

    /// See [`Criteria::orphans`].
    pub fn orphans(self) -> u16 {
        u16::try_from(self.0 >> Self::ORPHANS_SHIFT & u128::from(u16::MAX)).expect("the mask leaves 16 bits")
    }

    /// See [`Criteria::anchor`].
    pub fn anchor(self) -> u32 {
        u32::try_from(self.0 & u128::from(u32::MAX)).expect("the mask leaves 32 bits")
    }
}

impl From<Criteria> for Rank {
    fn from(criteria: Criteria) -> Self {
        Self(
            u128::from(criteria.reserved) << Self::RESERVED_SHIFT
                | u128::from(criteria.orphans) << Self::ORPHANS_SHIFT
                | u128::from(criteria.spread) << Self::SPREAD_SHIFT
                | u128::from(criteria.distance) << Self::DISTANCE_SHIFT
                | u128::from(criteria.anchor),
        )
    }
}

impl Score for Rank {
    const NO_GROUP: Self = Self(u128::MAX);
}

/// Score by the size of a strip's largest group: a larger size is better, then a smaller distance to the focal point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LargestGroup {
    pub size: Reverse<u32>,
    /// Distance of the strip's nearest seat to the focal point.
    nearest: u32,
    /// First seat of the strip.
    pub first_seat: u32,
}

impl Score for LargestGroup {
    const NO_GROUP: Self = Self { size: Reverse(0), nearest: u32::MAX, first_seat: u32::MAX };
}

impl LargestGroup {
    pub fn new(size: u32, event_seats: &EventSeats, strip: usize) -> Self {
        if size == 0 {
            return Self::NO_GROUP;
        }
        let strip = &event_seats.strips()[strip];
        Self { size: Reverse(size), nearest: strip.nearest, first_seat: strip.first }
    }
}

/// Seats of an event with their current state.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub event_seats: &'a EventSeats,
    pub free: &'a FreeSeats,
}

impl View<'_> {
    fn distance(self, seat: u32) -> u32 {
        self.event_seats.layout().distances()[seat as usize]
    }

    fn position(self, seat: u32) -> Point {
        self.event_seats.layout().seats()[seat as usize].position
    }
}

/// A function that returns the size of a strip's largest group; 0 if there is none.
type LargestSize = fn(View<'_>, SeatFilter, usize) -> u32;

/// How the largest group of a strip is found.
pub(super) struct LargestGroupSearch {
    /// A change of a seat affects the strips up to this many rows in front of and behind its own.
    pub reach: usize,
    /// A size at least as large as the exact one, computed without looking at the seats.
    pub size_bound: LargestSize,
    pub exact_size: LargestSize,
}

impl LargestGroupSearch {
    pub fn new(together: Together) -> Self {
        match together {
            // Adjacent seats are in one row, so there are at most as many as free seats in the row.
            Together::Strict => Self { reach: 0, size_bound: row::largest_size, exact_size: neighbours::largest_size },
            Together::Row => Self { reach: 0, size_bound: row::largest_size, exact_size: row::largest_size },
            Together::Nearby => {
                Self { reach: nearby::NEARBY_ROWS, size_bound: nearby::largest_size, exact_size: nearby::largest_size }
            }
        }
    }
}

/// A rank at least as good as that of any group of `size` in a strip, computed without looking at its seats: as if all
/// seats of the group were as near to the focal point as the nearest seat of the strip.
pub(super) fn bound(view: View<'_>, filter: SeatFilter, size: u32, spread: u32, strip: usize) -> Rank {
    if row::largest_size(view, filter, strip) < size {
        return Rank::NO_GROUP;
    }
    let strip = &view.event_seats.strips()[strip];
    Rank::from(Criteria { reserved: 0, orphans: 0, spread, distance: size * strip.nearest, anchor: strip.first })
}

/// Sums over the seats of a group, updated as the group slides along a row.
#[derive(Clone, Copy, Default)]
struct Window {
    size: u32,
    /// Sum of the distances to the focal point.
    distance: u32,
    reserved: u16,
    accessible: u16,
}

impl Window {
    fn enter(&mut self, flags: SeatFlags, distance: u32) {
        self.size += 1;
        self.distance += distance;
        self.reserved += u16::from(flags.is_reserved());
        self.accessible += u16::from(flags.is_accessible());
    }

    fn leave(&mut self, flags: SeatFlags, distance: u32) {
        self.size -= 1;
        self.distance -= distance;
        self.reserved -= u16::from(flags.is_reserved());
        self.accessible -= u16::from(flags.is_accessible());
    }

    /// Whether the group has an accessible seat, if it needs one.
    fn satisfies(&self, filter: SeatFilter) -> bool {
        filter != SeatFilter::Accessible || self.accessible > 0
    }

    /// Criteria of the group, as if it left no orphans. Orphans are counted only for a group that could win.
    fn criteria_without_orphans(&self, filter: SeatFilter, spread: u32, anchor: u32) -> Criteria {
        let reserved = if filter == SeatFilter::Any { self.reserved } else { 0 };
        Criteria { reserved, orphans: 0, spread, distance: self.distance, anchor }
    }
}

/// Number of new orphans if a group is taken. Its seats must be free and sorted by index.
fn count_orphans(view: View<'_>, group: &[u32]) -> u16 {
    let orphans = view.free.new_orphans(group).len();
    u16::try_from(orphans).expect("a group of at most 100 seats has at most 200 adjacent seats")
}
