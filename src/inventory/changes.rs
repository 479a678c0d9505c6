//! What a batch wants written: rows to insert, rows to change, deltas to add.
//!
//! Counters travel as deltas, never as values: were the lock ever missing, the database would still add correctly and its
//! CHECKs would still see the true sum.

use super::shelf::ShelvedEvent;
use crate::domain::booking::Booking;
use crate::domain::hold::Hold;
use crate::domain::ids::{BookingId, EventId, HoldId, PoolId};
use crate::domain::time::Instant;

/// See the module's documentation. Everything is empty when every command was refused or replayed. Nothing happens without
/// a journal entry, except that an event disappears and its journal with it.
#[derive(Clone, Debug)]
pub struct Changes {
    /// The batch's time.
    pub now: Instant,
    pub new_holds: Vec<Hold>,
    pub changed_holds: Vec<Hold>,
    pub new_bookings: Vec<Booking>,
    pub cancelled_bookings: Vec<Booking>,
    pub amended_events: Vec<ShelvedEvent>,
    pub deleted_events: Vec<EventId>,
    pub pool_deltas: Vec<PoolDelta>,
    /// How much each event's tallies move.
    pub tallies: Vec<(EventId, Tallies)>,
    pub journal: Vec<JournalEntry>,
}

/// The changing columns of an event's inventory row: absolute on the shelf, relative in [`Changes`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tallies {
    pub seq: i64,
    pub active_holds: i64,
    pub expired_holds: i64,
    pub bookings: i64,
}

impl Tallies {
    pub fn since(self, before: Self) -> Self {
        Self {
            seq: self.seq - before.seq,
            active_holds: self.active_holds - before.active_holds,
            expired_holds: self.expired_holds - before.expired_holds,
            bookings: self.bookings - before.bookings,
        }
    }
}

/// How much a pool's counters move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolDelta {
    pub pool_id: PoolId,
    pub capacity: i32,
    pub held: i32,
    pub booked: i32,
}

impl PoolDelta {
    pub fn none(pool_id: PoolId) -> Self {
        Self { pool_id, capacity: 0, held: 0, booked: 0 }
    }

    pub fn add(&mut self, other: Self) {
        self.capacity += other.capacity;
        self.held += other.held;
        self.booked += other.booked;
    }

    pub fn is_nothing(&self) -> bool {
        *self == Self::none(self.pool_id)
    }
}

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    pub event_id: EventId,
    pub seq: i64,
    pub kind: EntryKind,
    pub hold_id: Option<HoldId>,
    pub booking_id: Option<BookingId>,
    /// Absent when no counter moved.
    pub delta: Option<PoolDelta>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    PoolOpened,
    PoolResized,
    HoldPlaced,
    HoldExtended,
    HoldReleased,
    HoldExpired,
    HoldBooked,
    BookingCancelled,
    EventAmended,
}

impl EntryKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PoolOpened => "pool_opened",
            Self::PoolResized => "pool_resized",
            Self::HoldPlaced => "hold_placed",
            Self::HoldExtended => "hold_extended",
            Self::HoldReleased => "hold_released",
            Self::HoldExpired => "hold_expired",
            Self::HoldBooked => "hold_booked",
            Self::BookingCancelled => "booking_cancelled",
            Self::EventAmended => "event_amended",
        }
    }
}
