//! Which seats may be taken, who sits beside whom, and which seats would be left alone.
//!
//! An orphan is a free seat without a free neighbour: one that only somebody who comes alone will want. A new one is a free
//! seat that had a free neighbour before, and has none when a group is gone.

use std::ops::Range;

use super::attributes::Attribute;
use super::layout::{Layout, Seat};

/// May be taken.
const FREE: u8 = 1;
/// The next seat is its neighbour.
const JOINED: u8 = 2;
/// Accessible or companion.
const RESERVED: u8 = 4;
const ACCESSIBLE: u8 = 8;

/// What the picker must know of a seat, in a byte: it goes along rows of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct State(u8);

impl State {
    fn new(seat: &Seat, ends_row: bool) -> Self {
        let bit = |bit: u8, set: bool| if set { bit } else { 0 };
        let joined = !ends_row && !seat.attributes.has(Attribute::AisleAfter);
        let accessible = seat.attributes.has(Attribute::Accessible);
        let reserved = seat.attributes.is_reserved();
        Self(FREE | bit(JOINED, joined) | bit(RESERVED, reserved) | bit(ACCESSIBLE, accessible))
    }

    fn is_free(self) -> bool {
        self.0 & FREE != 0
    }

    fn is_joined(self) -> bool {
        self.0 & JOINED != 0
    }

    pub fn is_reserved(self) -> bool {
        self.0 & RESERVED != 0
    }

    pub fn is_accessible(self) -> bool {
        self.0 & ACCESSIBLE != 0
    }
}

/// Which seats a group is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Seats {
    /// Neither accessible nor companion: what everybody gets as long as there is a choice.
    Ordinary,
    Any,
    /// Accessible and companion seats only, at least one of them accessible.
    Accessible,
}

impl Seats {
    /// Whether the seat is free and may be in such a group.
    pub fn admit(self, State(state): State) -> bool {
        match self {
            Self::Ordinary => state & (FREE | RESERVED) == FREE,
            Self::Any => state & FREE != 0,
            Self::Accessible => state & (FREE | RESERVED) == FREE | RESERVED,
        }
    }

    /// Whether a group can begin with it: each has at least one of these.
    pub fn begin_with(self, state: State) -> bool {
        self.admit(state) && (self != Self::Accessible || state.is_accessible())
    }
}

/// How many seats of a strip are free.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    ordinary: u32,
    reserved: u32,
    /// Of those that are reserved.
    accessible: u32,
}

impl Tally {
    /// Those that may be in such a group.
    pub fn admitted(self, seats: Seats) -> u32 {
        match seats {
            Seats::Ordinary => self.ordinary,
            Seats::Any => self.ordinary + self.reserved,
            Seats::Accessible => self.reserved,
        }
    }

    /// Those that such a group can begin with.
    pub fn beginnings(self, seats: Seats) -> u32 {
        if seats == Seats::Accessible { self.accessible } else { self.admitted(seats) }
    }

    fn of(state: State) -> Self {
        let reserved = u32::from(state.is_reserved());
        Self { ordinary: 1 - reserved, reserved, accessible: u32::from(state.is_accessible()) }
    }

    fn add(&mut self, other: Self) {
        self.ordinary += other.ordinary;
        self.reserved += other.reserved;
        self.accessible += other.accessible;
    }

    fn subtract(&mut self, other: Self) {
        self.ordinary -= other.ordinary;
        self.reserved -= other.reserved;
        self.accessible -= other.accessible;
    }
}

/// Which seats of a event_seats may be taken.
#[derive(Clone, Debug, Default)]
pub(super) struct FreeSeats {
    seats: Vec<State>,
    strips: Vec<Tally>,
}

impl FreeSeats {
    /// Of an empty event_seats; `strip_of` says of each seat in which of so many strips it is.
    pub fn all(layout: &Layout, strips: usize, strip_of: impl Fn(u32) -> usize) -> Self {
        let rows = layout.rows().iter();
        let seats = rows
            .flat_map(|row| row.seats.clone().map(|seat| State::new(&layout.seats()[seat], seat + 1 == row.seats.end)));
        let seats: Vec<State> = seats.collect();
        let mut counters = vec![Tally::default(); strips];
        (0..).zip(&seats).for_each(|(seat, state)| counters[strip_of(seat)].add(Tally::of(*state)));
        Self { seats, strips: counters }
    }

    /// Whether that changed anything: false also if there is no such seat.
    pub fn take(&mut self, seat: u32, strip_of: impl Fn(u32) -> usize) -> bool {
        let Some(state) = self.seats.get_mut(seat as usize).filter(|state| state.is_free()) else { return false };
        state.0 &= !FREE;
        self.strips[strip_of(seat)].subtract(Tally::of(*state));
        true
    }

    /// As [`Self::take`].
    pub fn free(&mut self, seat: u32, strip_of: impl Fn(u32) -> usize) -> bool {
        let Some(state) = self.seats.get_mut(seat as usize).filter(|state| !state.is_free()) else { return false };
        state.0 |= FREE;
        self.strips[strip_of(seat)].add(Tally::of(*state));
        true
    }

    pub fn is_free(&self, seat: u32) -> bool {
        self.seats.get(seat as usize).is_some_and(|state| state.is_free())
    }

    pub fn state(&self, seat: u32) -> State {
        self.seats[seat as usize]
    }

    pub fn states(&self, seats: &Range<u32>) -> &[State] {
        &self.seats[seats.start as usize..seats.end as usize]
    }

    pub fn tally(&self, strip: usize) -> Tally {
        self.strips[strip]
    }

    /// The seats beside one, taken or free.
    pub fn left_of(&self, seat: u32) -> Option<u32> {
        let left = seat.checked_sub(1)?;
        self.state(left).is_joined().then_some(left)
    }

    pub fn right_of(&self, seat: u32) -> Option<u32> {
        self.state(seat).is_joined().then_some(seat + 1)
    }

    /// The orphans that neighbours from one seat to another, all of them free, would leave when they are taken.
    pub fn new_orphans_beside(&self, first: u32, last: u32) -> u16 {
        let free = |seat: &u32| self.is_free(*seat);
        let left = self.left_of(first).filter(free).is_some_and(|left| self.left_of(left).filter(free).is_none());
        let right = self.right_of(last).filter(free).is_some_and(|right| self.right_of(right).filter(free).is_none());
        u16::from(left) + u16::from(right)
    }

    /// The same of any group, in the order of their indexes and all of them free: each orphan once.
    pub fn new_orphans<'a>(&'a self, group: &'a [u32]) -> impl Iterator<Item = u32> {
        let stays = |seat: &u32| self.is_free(*seat) && group.binary_search(seat).is_err();
        group.iter().flat_map(move |seat| {
            // Between two of the group it is found from the left one.
            let left = self.left_of(*seat).filter(stays);
            let left = left.filter(|left| self.left_of(*left).is_none_or(|beyond| !self.is_free(beyond)));
            let right = self.right_of(*seat).filter(stays);
            let right = right.filter(|right| self.right_of(*right).filter(stays).is_none());
            left.into_iter().chain(right)
        })
    }

    /// The free neighbours among which a free seat is: the first and the last.
    pub fn run(&self, seat: u32) -> (u32, u32) {
        let (mut first, mut last) = (seat, seat);
        while let Some(left) = self.left_of(first).filter(|left| self.is_free(*left)) {
            first = left;
        }
        while let Some(right) = self.right_of(last).filter(|right| self.is_free(*right)) {
            last = right;
        }
        (first, last)
    }
}
