//! Commands to inventory, and their outcomes.

mod refusal;

pub use refusal::{Refusal, Shortage};

use crate::ids::{Affinity, BlockId, BookingId, EventId, HoldId, PoolId};
use crate::model::block::{Block, BlockRequest};
use crate::model::booking::Booking;
use crate::model::event::EventChanges;
use crate::model::hold::Possession;
use crate::model::hold::{Hold, Idempotency, Portion, RequestedItems};
use crate::quantity::Capacity;
use crate::time::Instant;

/// A request to change inventory. Ids of new rows are made before the batch: a retry uses the same ids, and an
/// unknown commit can be looked up by them.
#[derive(Clone, Debug)]
pub enum Command {
    /// Places a hold.
    Place(NewHold),
    /// Moves the expiry of an active hold.
    Extend { hold_id: HoldId, possession: Possession },
    /// Ends an active hold at its client's request.
    Release { hold_id: HoldId, possession: Possession },
    /// Ends an active hold because of its expiry or by an operator.
    Expire { hold_id: HoldId, cause: ExpiryCause },
    /// Replaces the items of a hold. Its present capacity counts as free for the check.
    ChangeItems { hold_id: HoldId, possession: Possession, wanted: RequestedItems },
    /// Books a hold: all of it, or only `portion`, which releases the rest.
    Book { booking_id: BookingId, hold_id: HoldId, possession: Possession, portion: Option<Portion> },
    /// Cancels a booking.
    Cancel { booking_id: BookingId },
    /// Sets the capacity of a pool. A pool of seats accepts only the capacity that it has.
    Resize { pool_id: PoolId, capacity: Capacity },
    /// Creates the block, or replaces the whole content of an existing one.
    Block { event_id: EventId, block_id: BlockId, wanted: BlockRequest },
    /// Removes the block and frees its capacity.
    Unblock { event_id: EventId, block_id: BlockId },
    /// Changes fields of an event. Cancelling or closing an event is such a change.
    Amend { event_id: EventId, changes: Box<EventChanges> },
    /// Deletes an event that never had a hold.
    Delete { event_id: EventId },
}

/// The hold that [`Command::Place`] places.
#[derive(Clone, Debug, PartialEq)]
pub struct NewHold {
    pub hold_id: HoldId,
    pub event_id: EventId,
    pub wanted: RequestedItems,
    /// Time to live in seconds. `None`: the event's default, else the service's.
    pub ttl_seconds: Option<u32>,
    /// Key and fingerprint of the request, if it carried a key.
    pub idempotency: Option<Idempotency>,
}

/// Reason for an [`Command::Expire`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpiryCause {
    /// From the sweeper: expires the hold only if its expiry has passed.
    Due,
    /// From an operator: expires the hold now, whatever its expiry.
    Operator,
}

impl Command {
    /// Command name in metrics and logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Place(_) => "place",
            Self::Extend { .. } => "extend",
            Self::Release { .. } => "release",
            Self::Expire { .. } => "expire",
            Self::ChangeItems { .. } => "change_items",
            Self::Book { .. } => "book",
            Self::Cancel { .. } => "cancel",
            Self::Resize { .. } => "resize",
            Self::Block { .. } => "block",
            Self::Unblock { .. } => "unblock",
            Self::Amend { .. } => "amend",
            Self::Delete { .. } => "delete",
        }
    }

    /// Priority class in the queue.
    pub fn class(&self) -> Class {
        match self {
            // Due expiries have low priority: `decide` expires overdue holds itself when their capacity is wanted.
            // A change of items competes for capacity like a new hold.
            Self::Place(_) | Self::ChangeItems { .. } | Self::Expire { cause: ExpiryCause::Due, .. } => Class::Hold,
            Self::Extend { .. }
            | Self::Release { .. }
            | Self::Expire { cause: ExpiryCause::Operator, .. }
            | Self::Book { .. }
            | Self::Cancel { .. } => Class::Booking,
            Self::Resize { .. }
            | Self::Block { .. }
            | Self::Unblock { .. }
            | Self::Amend { .. }
            | Self::Delete { .. } => Class::Organiser,
        }
    }

    /// Queue key: commands of one event share it, so a process runs at most one batch per event.
    pub fn affinity(&self) -> Affinity {
        match self {
            Self::Place(place) => place.event_id.affinity(),
            Self::Extend { hold_id, .. }
            | Self::ChangeItems { hold_id, .. }
            | Self::Release { hold_id, .. }
            | Self::Expire { hold_id, .. }
            | Self::Book { hold_id, .. } => hold_id.affinity(),
            Self::Cancel { booking_id } => booking_id.affinity(),
            Self::Resize { pool_id, .. } => pool_id.affinity(),
            Self::Block { event_id, .. }
            | Self::Unblock { event_id, .. }
            | Self::Amend { event_id, .. }
            | Self::Delete { event_id } => event_id.affinity(),
        }
    }
}

/// Priority class of a command in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Competes for capacity, or can wait. Refused first under load.
    Hold,
    /// Concerns an existing hold or booking, so a client that is about to pay or has paid. Refused last under load.
    Booking,
    /// Changes the event itself. Rare, may take long, and has a longer answer time.
    Organiser,
}

/// Result of a command that was not refused.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The hold as it was placed, even if it was changed since. `replayed`: an earlier command with the same key placed
    /// it.
    Placed {
        hold: Hold,
        replayed: bool,
    },
    /// The hold as it is now. `replayed`: it was extended a moment ago, so nothing was changed.
    Extended {
        hold: Hold,
        extensions_left: u32,
        /// Time of the batch.
        at: Instant,
        replayed: bool,
    },
    /// The hold as it is now; also when it already had these items.
    ItemsChanged {
        hold: Hold,
        /// Time of the batch.
        at: Instant,
    },
    Released {
        hold_id: HoldId,
    },
    Expired {
        hold_id: HoldId,
    },
    /// Nothing to expire: the hold's expiry has not passed, or the hold has already ended.
    NotDue,
    /// The booking as it is now, and its hold. `replayed`: the hold was booked before.
    Booked {
        booking: Booking,
        hold: Hold,
        replayed: bool,
    },
    /// The cancelled booking and its hold; also when it was cancelled before.
    Cancelled {
        booking: Booking,
        hold: Hold,
    },
    Resized(Pool),
    Blocked {
        block: Block,
        /// Whether no block with this id existed before.
        created: bool,
    },
    Unblocked {
        block: Block,
    },
    Amended,
    Deleted,
}

impl Outcome {
    /// Metric label.
    pub fn label(&self) -> &'static str {
        match self {
            Self::NotDue => "not_due",
            Self::Placed { replayed: true, .. }
            | Self::Extended { replayed: true, .. }
            | Self::Booked { replayed: true, .. } => "replayed",
            _ => "done",
        }
    }
}

/// A pool and its counters, in places (one place is one unit of capacity).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    pub pool_id: PoolId,
    pub event_id: EventId,
    pub capacity: u32,
    pub held: u32,
    pub booked: u32,
    /// Blocked by the organiser.
    pub blocked: u32,
    /// Whether each place is a numbered seat.
    pub seated: bool,
}

impl Pool {
    /// Places that are not held, booked or blocked.
    pub fn available(&self) -> u32 {
        // The CHECK `pools_never_oversold` excludes a negative result. If it was removed by hand, report 0 instead of
        // wrapping.
        self.capacity.saturating_sub(self.committed())
    }

    /// Places that are held, booked or blocked: the lowest capacity that the pool can be given.
    pub fn committed(&self) -> u32 {
        self.held + self.booked + self.blocked
    }
}

/// Result of `decide` for one command.
pub type Decision = Result<Outcome, Refusal>;
