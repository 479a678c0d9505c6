//! Groups of seats, and their ranking.
//!
//! Of two groups of the same kind, the better one is found by these criteria, in this order:
//!
//! 1. fewer accessible and companion seats (none as long as there is another choice: see [`super::picker`]),
//! 2. fewer new orphans,
//! 3. more compact: for a group in a row, fewer seats from the first to the last; for a nearby group, a smaller sum of
//!    the distances to its seed,
//! 4. nearer to the focal point, by the sum of the distances of its seats,
//! 5. lower index of the first seat (of the seed), so that the same free seats always give the same group.

pub mod nearby;
pub mod neighbours;
pub mod row;

use std::cmp::Reverse;

use super::event_seats::EventSeats;
use super::free_seats::{FreeSeats, SeatFilter, SeatFlags};
use super::layout::Point;
use super::tournament::Score;

/// Rank of a group: lower is better. All criteria are packed into one number, so that groups are compared by one
/// comparison: 16 bits of reserved seats, 16 of orphans, 32 each of spread, distance and anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank(u128);

impl Rank {
    /// A rank without orphans. `anchor` is the first seat of a group in a row, or the seed of a nearby group; the group
    /// can be found again from it.
    fn new(reserved: u16, spread: u32, distance: u32, anchor: u32) -> Self {
        let pair = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
        Self(u128::from(pair(u32::from(reserved) << 16, spread)) << 64 | u128::from(pair(distance, anchor)))
    }

    #[must_use]
    fn with_orphans(self, orphans: u16) -> Self {
        Self(self.0 | u128::from(orphans) << 96)
    }

    pub fn orphans(self) -> u16 {
        u16::try_from(self.0 >> 96 & 0xffff).expect("it has 16 bits")
    }

    pub fn anchor(self) -> u32 {
        u32::try_from(self.0 & 0xffff_ffff).expect("it has 32 bits")
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
pub(super) type LargestSize = fn(View<'_>, SeatFilter, usize) -> u32;

/// A bound for the rank of all groups of `size` in a strip, computed without looking at its seats.
pub(super) fn bound(view: View<'_>, filter: SeatFilter, size: u32, spread: u32, strip: usize) -> Rank {
    if row::largest_size(view, filter, strip) < size {
        return Rank::NO_GROUP;
    }
    let strip = &view.event_seats.strips()[strip];
    Rank::new(0, spread, size * strip.nearest, strip.first)
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

    /// Rank without orphans: a lower bound of the group's rank. Orphans are counted only for groups that could win.
    fn rank(&self, filter: SeatFilter, spread: u32, anchor: u32) -> Rank {
        let reserved = if filter == SeatFilter::Any { self.reserved } else { 0 };
        Rank::new(reserved, spread, self.distance, anchor)
    }
}

fn count(orphans: impl Iterator<Item = u32>) -> u16 {
    u16::try_from(orphans.count()).expect("a group of at most 100 seats has at most 200 adjacent seats")
}
