//! Free seats of an event: adjacency, free runs and orphans.
//!
//! An orphan is a free seat without a free adjacent seat, so only a customer who comes alone wants it. A new orphan is
//! a free seat that has a free adjacent seat now, and has none after a group is taken.

use std::ops::Range;

use super::attributes::Attribute;
use super::layout::{Layout, Seat};

/// The seat is free.
const FREE: u8 = 1;
/// The next seat is adjacent: same row, no aisle between.
const JOINED: u8 = 2;
/// The seat is accessible or a companion seat.
const RESERVED: u8 = 4;
/// The seat is accessible.
const ACCESSIBLE: u8 = 8;

/// State of a seat for the picker. One byte, because the picker scans whole rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct SeatFlags(u8);

impl SeatFlags {
    /// Flags of a free seat.
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

/// Kinds of seats that a group may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SeatFilter {
    /// Neither accessible nor companion seats. The first choice for every group that does not ask for accessible seats.
    Ordinary,
    Any,
    /// Accessible and companion seats only, at least one of them accessible.
    Accessible,
}

impl SeatFilter {
    /// Whether the seat is free and may be in the group.
    pub fn admits(self, SeatFlags(flags): SeatFlags) -> bool {
        match self {
            Self::Ordinary => flags & (FREE | RESERVED) == FREE,
            Self::Any => flags & FREE != 0,
            Self::Accessible => flags & (FREE | RESERVED) == FREE | RESERVED,
        }
    }

    /// Whether the seat is of the kind that the group needs at least one of.
    pub fn is_satisfied_by(self, flags: SeatFlags) -> bool {
        self.admits(flags) && (self != Self::Accessible || flags.is_accessible())
    }
}

/// Number of free seats of a strip, by kind.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FreeCounts {
    ordinary: u32,
    reserved: u32,
    /// Included in `reserved`.
    accessible: u32,
}

impl FreeCounts {
    /// Number of seats that [`SeatFilter::admits`].
    pub fn admitted(self, filter: SeatFilter) -> u32 {
        match filter {
            SeatFilter::Ordinary => self.ordinary,
            SeatFilter::Any => self.ordinary + self.reserved,
            SeatFilter::Accessible => self.reserved,
        }
    }

    /// Whether any of the seats satisfies the filter: see [`SeatFilter::is_satisfied_by`].
    pub fn satisfy(self, filter: SeatFilter) -> bool {
        let satisfying = if filter == SeatFilter::Accessible { self.accessible } else { self.admitted(filter) };
        satisfying > 0
    }

    /// Counts of a single seat.
    fn from_seat(flags: SeatFlags) -> Self {
        let reserved = u32::from(flags.is_reserved());
        Self { ordinary: 1 - reserved, reserved, accessible: u32::from(flags.is_accessible()) }
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

/// The free seats of an event.
#[derive(Clone, Debug, Default)]
pub(super) struct FreeSeats {
    seats: Vec<SeatFlags>,
    /// By strip.
    counts: Vec<FreeCounts>,
}

impl FreeSeats {
    /// All seats of a layout, free. `strips` is the number of strips; `strip_of` returns the strip of a seat.
    pub fn all_free(layout: &Layout, strips: usize, strip_of: impl Fn(u32) -> usize) -> Self {
        let flags = |seat: usize, row_end: usize| SeatFlags::new(&layout.seats()[seat], seat + 1 == row_end);
        let rows = layout.rows().iter();
        let seats: Vec<SeatFlags> =
            rows.flat_map(|row| row.seats.clone().map(|seat| flags(seat, row.seats.end))).collect();
        let mut counts = vec![FreeCounts::default(); strips];
        for (seat, flags) in (0..).zip(&seats) {
            counts[strip_of(seat)].add(FreeCounts::from_seat(*flags));
        }
        Self { seats, counts }
    }

    /// Marks a seat as taken. Returns whether it was free; `false` also if there is no such seat.
    pub fn take(&mut self, seat: u32, strip_of: impl Fn(u32) -> usize) -> bool {
        let Some(flags) = self.seats.get_mut(seat as usize).filter(|flags| flags.is_free()) else { return false };
        flags.0 &= !FREE;
        self.counts[strip_of(seat)].subtract(FreeCounts::from_seat(*flags));
        true
    }

    /// Marks a seat as free. Returns whether it was taken; `false` also if there is no such seat.
    pub fn free(&mut self, seat: u32, strip_of: impl Fn(u32) -> usize) -> bool {
        let Some(flags) = self.seats.get_mut(seat as usize).filter(|flags| !flags.is_free()) else { return false };
        flags.0 |= FREE;
        self.counts[strip_of(seat)].add(FreeCounts::from_seat(*flags));
        true
    }

    pub fn is_free(&self, seat: u32) -> bool {
        self.seats.get(seat as usize).is_some_and(|flags| flags.is_free())
    }

    pub fn flags(&self, seat: u32) -> SeatFlags {
        self.seats[seat as usize]
    }

    pub fn flags_of_range(&self, seats: &Range<u32>) -> &[SeatFlags] {
        &self.seats[seats.start as usize..seats.end as usize]
    }

    /// Free seats of a strip.
    pub fn counts(&self, strip: usize) -> FreeCounts {
        self.counts[strip]
    }

    /// The adjacent seat on the left, free or taken.
    pub fn left_of(&self, seat: u32) -> Option<u32> {
        let left = seat.checked_sub(1)?;
        self.flags(left).is_joined().then_some(left)
    }

    /// The adjacent seat on the right, free or taken.
    pub fn right_of(&self, seat: u32) -> Option<u32> {
        self.flags(seat).is_joined().then_some(seat + 1)
    }

    /// Number of new orphans if the adjacent seats `first` to `last`, all of them free, are taken.
    pub fn new_orphans_beside(&self, first: u32, last: u32) -> u16 {
        let free = |seat: &u32| self.is_free(*seat);
        let left = self.left_of(first).filter(free).is_some_and(|left| self.left_of(left).filter(free).is_none());
        let right = self.right_of(last).filter(free).is_some_and(|right| self.right_of(right).filter(free).is_none());
        u16::from(left) + u16::from(right)
    }

    /// New orphans, without duplicates, if a group is taken. Its seats must be free and sorted by index.
    pub fn new_orphans<'a>(&'a self, group: &'a [u32]) -> impl Iterator<Item = u32> {
        let stays_free = |seat: &u32| self.is_free(*seat) && group.binary_search(seat).is_err();
        group.iter().flat_map(move |seat| {
            // An orphan between two seats of the group is found from the seat on its left, and not from the one on its
            // right.
            let left = self.left_of(*seat).filter(stays_free);
            let left = left.filter(|left| self.left_of(*left).is_none_or(|next| !self.is_free(next)));
            let right = self.right_of(*seat).filter(stays_free);
            let right = right.filter(|right| self.right_of(*right).filter(stays_free).is_none());
            left.into_iter().chain(right)
        })
    }

    /// The first and the last seat of the free run that contains a free seat.
    pub fn free_run(&self, seat: u32) -> (u32, u32) {
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
