//! Groups: what a strip has to offer, and which group is the better one.
//!
//! Of two groups of one kind that one is better which, in this order,
//!
//! 1. takes fewer accessible and companion seats from those who need them (never any while there is another choice: see
//!    [`super::picker`]),
//! 2. leaves fewer new orphans,
//! 3. is more compact: in a row by the seats from its first to its last, otherwise by the sum of the distances to its seed,
//! 4. is nearer to the focal point, by the sum of the distances of its seats,
//! 5. begins with the seat of the lower index, so that the same event_seats always gives the same seats.

pub mod nearby;
pub mod neighbours;
pub mod row;

use std::cmp::Reverse;

use super::event_seats::EventSeats;
use super::free_seats::{FreeSeats, Seats, State};
use super::layout::Point;
use super::tournament::Score;

/// How good a group is: lower is better. The criteria stand one behind the other in one number, so that it takes one comparison
/// to tell groups apart: 16 bits of reserved seats, 16 of orphans, 32 each of spread, distance and anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank(u128);

impl Rank {
    /// `anchor` is the first seat of a group in a row, the seed of another: the group is found from it again.
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
    const NOTHING: Self = Self(u128::MAX);
}

/// The size of the largest group of a strip: more is better, then nearer to the focal point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Most {
    pub size: Reverse<u32>,
    nearest: u32,
    /// Its first seat.
    pub strip: u32,
}

impl Score for Most {
    const NOTHING: Self = Self { size: Reverse(0), nearest: u32::MAX, strip: u32::MAX };
}

impl Most {
    pub fn of(size: u32, event_seats: &EventSeats, strip: usize) -> Self {
        let strip = &event_seats.strips()[strip];
        if size == 0 { Self::NOTHING } else { Self { size: Reverse(size), nearest: strip.nearest, strip: strip.first } }
    }
}

/// The event_seats as it stands.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub event_seats: &'a EventSeats,
    pub free: &'a FreeSeats,
}

impl View<'_> {
    fn distance(self, seat: u32) -> u32 {
        self.event_seats.layout().distances()[seat as usize]
    }

    fn at(self, seat: u32) -> Point {
        self.event_seats.layout().seats()[seat as usize].at
    }
}

/// The size of the largest group of a strip; 0 if there is none.
pub(super) type MostOf = fn(View<'_>, Seats, usize) -> u32;

/// A rank that no group of so many in a strip can beat, known without a look at its seats.
pub(super) fn bound(view: View<'_>, seats: Seats, size: u32, spread: u32, strip: usize) -> Rank {
    if row::most(view, seats, strip) < size {
        return Rank::NOTHING;
    }
    let strip = &view.event_seats.strips()[strip];
    Rank::new(0, spread, size * strip.nearest, strip.first)
}

/// The seats of a group while it slides along a row: what is to be known of them, summed up.
#[derive(Clone, Copy, Default)]
struct Window {
    size: u32,
    distance: u32,
    reserved: u16,
    accessible: u16,
}

impl Window {
    fn enter(&mut self, state: State, distance: u32) {
        self.size += 1;
        self.distance += distance;
        self.reserved += u16::from(state.is_reserved());
        self.accessible += u16::from(state.is_accessible());
    }

    fn leave(&mut self, state: State, distance: u32) {
        self.size -= 1;
        self.distance -= distance;
        self.reserved -= u16::from(state.is_reserved());
        self.accessible -= u16::from(state.is_accessible());
    }

    /// Who asks for accessible seats gets at least one.
    fn serves(&self, seats: Seats) -> bool {
        seats != Seats::Accessible || self.accessible > 0
    }

    /// Without the orphans, so a rank that it does not beat if it leaves some.
    fn rank(&self, seats: Seats, spread: u32, anchor: u32) -> Rank {
        let reserved = if seats == Seats::Any { self.reserved } else { 0 };
        Rank::new(reserved, spread, self.distance, anchor)
    }
}

fn count(orphans: impl Iterator<Item = u32>) -> u16 {
    u16::try_from(orphans.count()).expect("a group has far fewer neighbours")
}
