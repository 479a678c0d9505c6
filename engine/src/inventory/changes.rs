//! Changes of a batch, as `store` writes them: rows to insert, rows to update, deltas to add to counters.
//!
//! Counters are changed by deltas, not set to values. Even if the row lock failed to protect them, the database would
//! add correctly, and its CHECKs would see the true sums.

use super::batch_state::LoadedEvent;
use super::loaded_seats::LoadedSeats;
use crate::ids::{BlockId, BookingId, EventId, HoldId, PoolId};
use crate::model::block::Block;
use crate::model::booking::Booking;
use crate::model::hold::{Hold, Item};
use crate::model::seat::SeatOwner;
use crate::seating::SeatIndex;
use crate::time::Instant;

/// See the module's documentation. Every change has a journal entry, except the deletion of an event, which deletes its
/// journal too.
#[derive(Debug)]
pub struct Changes {
    /// Time of the batch, read from the database after the row locks were taken.
    pub now: Instant,
    pub new_holds: Vec<Hold>,
    pub changed_holds: Vec<Hold>,
    /// Items of those changed holds whose items were replaced.
    pub changed_items: Vec<ChangedItems>,
    /// Original items of holds whose items were changed, also of new holds. Some may be stored already.
    pub placed_items: Vec<(HoldId, Vec<Item>)>,
    /// New blocks, and existing ones with their new content.
    pub written_blocks: Vec<Block>,
    /// Blocks whose rows must be deleted: those removed, and existing ones in `written_blocks`.
    pub ended_blocks: Vec<(EventId, BlockId)>,
    pub new_bookings: Vec<Booking>,
    pub cancelled_bookings: Vec<Booking>,
    /// Events with changed details or terms.
    pub amended_events: Vec<LoadedEvent>,
    pub deleted_events: Vec<EventId>,
    pub pool_deltas: Vec<PoolDelta>,
    /// Deltas of each event's counters.
    pub counters: Vec<(EventId, EventCounters)>,
    pub seat_moves: Vec<SeatMove>,
    /// Seats of each loaded seated event after this batch, with the number of the event's last journal entry then. Not
    /// written: it goes into the seat cache.
    pub seats_after: Vec<(EventId, i64, LoadedSeats)>,
    pub journal: Vec<JournalEntry>,
}

/// New items of a stored hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedItems {
    pub hold_id: HoldId,
    /// Number of its rows in `items` before. `store` fails if it has another number.
    pub rows_before: usize,
    pub items: Vec<Item>,
}

/// A seat that changes its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatMove {
    pub event_id: EventId,
    pub seat: SeatIndex,
    /// Owner in the row before. `store` fails if the row has another one.
    pub from: SeatOwner,
    pub to: SeatOwner,
}

/// Counters in an event's `inventory` row: values in the batch state, deltas in [`Changes`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventCounters {
    /// Number of the last journal entry.
    pub seq: i64,
    pub active_holds: i64,
    pub expired_holds: i64,
    pub bookings: i64,
}

impl EventCounters {
    /// Deltas from `before` to these values.
    pub fn minus(self, before: Self) -> Self {
        Self {
            seq: self.seq - before.seq,
            active_holds: self.active_holds - before.active_holds,
            expired_holds: self.expired_holds - before.expired_holds,
            bookings: self.bookings - before.bookings,
        }
    }
}

/// Deltas of a pool's counters, in places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolDelta {
    pub pool_id: PoolId,
    pub capacity: i32,
    pub held: i32,
    pub booked: i32,
    pub blocked: i32,
}

impl PoolDelta {
    /// Deltas that change nothing.
    pub fn zero(pool_id: PoolId) -> Self {
        Self { pool_id, capacity: 0, held: 0, booked: 0, blocked: 0 }
    }

    /// Adds the deltas of `other`, of the same pool.
    pub fn add(&mut self, other: Self) {
        self.capacity += other.capacity;
        self.held += other.held;
        self.booked += other.booked;
        self.blocked += other.blocked;
    }

    /// Whether all deltas are 0.
    pub fn is_zero(&self) -> bool {
        *self == Self::zero(self.pool_id)
    }
}

/// One entry of an event's journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    pub event_id: EventId,
    /// Number of the entry in the event's journal: 1, 2, 3, …
    pub seq: i64,
    pub kind: EntryKind,
    pub hold_id: Option<HoldId>,
    pub booking_id: Option<BookingId>,
    /// `None` if no counter of a pool changed.
    pub delta: Option<PoolDelta>,
    /// Seats of the pool that changed their owner.
    pub seats: Vec<SeatIndex>,
}

/// Kind of a journal entry.
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
    /// Name in the column `journal.kind`.
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
