//! What a batch wants written: rows to insert, rows to change, deltas to add.
//!
//! Counters travel as deltas, never as values: were the lock ever missing, the database would still add correctly and its
//! CHECKs would still see the true sum.

use super::batch_state::LoadedEvent;
use super::loaded_seats::LoadedSeats;
use crate::domain::block::Block;
use crate::domain::booking::Booking;
use crate::domain::hold::{Hold, Item};
use crate::domain::ids::{BlockId, BookingId, EventId, HoldId, PoolId};
use crate::domain::seat::SeatOwner;
use crate::domain::seating::SeatIndex;
use crate::domain::time::Instant;

/// See the module's documentation. Everything is empty when every command was refused or replayed. Nothing happens without
/// a journal entry, except that an event disappears and its journal with it.
#[derive(Debug)]
pub struct Changes {
    /// The batch's time.
    pub now: Instant,
    pub new_holds: Vec<Hold>,
    pub changed_holds: Vec<Hold>,
    /// Those of the changed holds whose items are others now.
    pub changed_items: Vec<Hold>,
    /// What holds were placed with whose items were changed, new holds among them. Some may be known already.
    pub placed_items: Vec<(HoldId, Vec<Item>)>,
    /// Changed or new.
    pub written_blocks: Vec<Block>,
    /// Those that ended, and those that are written anew.
    pub ended_blocks: Vec<(EventId, BlockId)>,
    pub new_bookings: Vec<Booking>,
    pub cancelled_bookings: Vec<Booking>,
    pub amended_events: Vec<LoadedEvent>,
    pub deleted_events: Vec<EventId>,
    pub pool_deltas: Vec<PoolDelta>,
    /// How much each event's counters move.
    pub counters: Vec<(EventId, EventCounters)>,
    pub seat_moves: Vec<SeatMove>,
    /// The seats as they are when all this is written, and the number of the event's last journal entry then.
    pub seatings: Vec<(EventId, i64, LoadedSeats)>,
    pub journal: Vec<JournalEntry>,
}

/// A seat that changes hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatMove {
    pub event_id: EventId,
    pub seat: SeatIndex,
    /// What its row must say before.
    pub from: SeatOwner,
    pub to: SeatOwner,
}

/// The changing columns of an event's inventory row: absolute on the state, relative in [`Changes`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventCounters {
    pub seq: i64,
    pub active_holds: i64,
    pub expired_holds: i64,
    pub bookings: i64,
}

impl EventCounters {
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
    pub blocked: i32,
}

impl PoolDelta {
    pub fn none(pool_id: PoolId) -> Self {
        Self { pool_id, capacity: 0, held: 0, booked: 0, blocked: 0 }
    }

    pub fn add(&mut self, other: Self) {
        self.capacity += other.capacity;
        self.held += other.held;
        self.booked += other.booked;
        self.blocked += other.blocked;
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
    /// The seats of the pool that changed hands.
    pub seats: Vec<SeatIndex>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    PoolOpened,
    PoolResized,
    HoldPlaced,
    HoldChanged,
    HoldExtended,
    HoldReleased,
    HoldExpired,
    HoldBooked,
    BookingCancelled,
    EventAmended,
    PlacesBlocked,
    PlacesUnblocked,
}

impl EntryKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PoolOpened => "pool_opened",
            Self::PoolResized => "pool_resized",
            Self::HoldPlaced => "hold_placed",
            Self::HoldChanged => "hold_changed",
            Self::HoldExtended => "hold_extended",
            Self::HoldReleased => "hold_released",
            Self::HoldExpired => "hold_expired",
            Self::HoldBooked => "hold_booked",
            Self::BookingCancelled => "booking_cancelled",
            Self::EventAmended => "event_amended",
            Self::PlacesBlocked => "places_blocked",
            Self::PlacesUnblocked => "places_unblocked",
        }
    }
}
