//! Free seats of an event: adjacency, free runs and orphans.
//!
//! An orphan is a free seat without a free adjacent seat, so only a customer who comes alone wants it. A new orphan is
//! a free seat that has a free adjacent seat now, and has none after a group is taken.

use std::ops::{Range, RangeInclusive};

use super::attributes::Attribute;
use super::layout::{Layout, Seat, SeatIndex};

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
        let mut flags = FREE;
        if !ends_row && !seat.attributes.has(Attribute::AisleAfter) {
            flags |= JOINED;
        }
        if seat.attributes.is_reserved() {
            flags |= RESERVED;
        }
        if seat.attributes.has(Attribute::Accessible) {
            flags |= ACCESSIBLE;
        }
        Self(flags)
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
        match filter {
            SeatFilter::Accessible => self.accessible > 0,
            SeatFilter::Ordinary | SeatFilter::Any => self.admitted(filter) > 0,
        }
    }

    /// Counts of a single seat.
    fn from_seat(flags: SeatFlags) -> Self {
        let accessible = u32::from(flags.is_accessible());
        if flags.is_reserved() {
            Self { ordinary: 0, reserved: 1, accessible }
        } else {
            Self { ordinary: 1, reserved: 0, accessible }
        }
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
        let mut free =
            Self { seats: Vec::with_capacity(layout.seats().len()), counts: vec![FreeCounts::default(); strips] };
        for row in layout.rows() {
            for index in row.seats.clone() {
                let flags = SeatFlags::new(&layout.seats()[index], index + 1 == row.seats.end);
                free.seats.push(flags);
                free.counts[strip_of(SeatIndex::from_usize(index).0)].add(FreeCounts::from_seat(flags));
            }
        }
        free
    }

    /// Marks a seat as taken. Returns whether it was free; `false` also if there is no such seat.
    pub fn take(&mut self, seat: u32, strip_of: impl Fn(u32) -> usize) -> bool {
        let Some(flags) = self.seats.get_mut(seat as usize) else { return false };
        if !flags.is_free() {
            return false;
        }
        flags.0 &= !FREE;
        self.counts[strip_of(seat)].subtract(FreeCounts::from_seat(*flags));
        true
    }

    /// Marks a seat as free. Returns whether it was taken; `false` also if there is no such seat.
    pub fn free(&mut self, seat: u32, strip_of: impl Fn(u32) -> usize) -> bool {
        let Some(flags) = self.seats.get_mut(seat as usize) else { return false };
        if flags.is_free() {
            return false;
        }
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

    /// The adjacent seat on the left, if there is one and it is free.
    fn free_left_of(&self, seat: u32) -> Option<u32> {
        self.left_of(seat).filter(|left| self.is_free(*left))
    }

    /// The adjacent seat on the right, if there is one and it is free.
    fn free_right_of(&self, seat: u32) -> Option<u32> {
        self.right_of(seat).filter(|right| self.is_free(*right))
    }

    /// The adjacent seats, from left to right, free or taken: two, one or none.
    fn neighbours(&self, seat: u32) -> impl Iterator<Item = u32> {
        [self.left_of(seat), self.right_of(seat)].into_iter().flatten()
    }

    /// Number of new orphans if the adjacent seats `first` to `last`, all of them free, are taken. The same as the
    /// length of [`Self::new_orphans`], and faster.
    pub fn new_orphans_beside(&self, first: u32, last: u32) -> u16 {
        let mut orphans = 0;
        if let Some(left) = self.free_left_of(first)
            && self.free_left_of(left).is_none()
        {
            orphans += 1;
        }
        if let Some(right) = self.free_right_of(last)
            && self.free_right_of(right).is_none()
        {
            orphans += 1;
        }
        orphans
    }

    /// New orphans if a group is taken, sorted, without duplicates. The group's seats must be free and sorted by index.
    ///
    /// For example, if seats 1 to 7 of a row are free, the group 2, 4 leaves two orphans: 1 and 3. Seats 5, 6 and 7 have
    /// each other.
    pub fn new_orphans(&self, group: &[u32]) -> Vec<u32> {
        let stays_free = |seat: u32| self.is_free(seat) && group.binary_search(&seat).is_err();
        let mut orphans: Vec<u32> = Vec::new();
        // A new orphan is beside a seat of the group, for that seat is the free neighbour which it loses.
        for seat in group {
            for candidate in self.neighbours(*seat) {
                let is_orphan = stays_free(candidate) && !self.neighbours(candidate).any(stays_free);
                // A seat between two seats of the group is met twice, one time directly after the other.
                if is_orphan && orphans.last() != Some(&candidate) {
                    orphans.push(candidate);
                }
            }
        }
        orphans
    }

    /// The free run that contains a free seat: from its first to its last seat.
    pub fn free_run(&self, seat: u32) -> RangeInclusive<u32> {
        let (mut first, mut last) = (seat, seat);
        while let Some(left) = self.free_left_of(first) {
            first = left;
        }
        while let Some(right) = self.free_right_of(last) {
            last = right;
        }
        first..=last
    }
}
