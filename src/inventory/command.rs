//! What can be asked of inventory, and what it answers.

mod refusal;

pub use refusal::{Refusal, Shortage};

use crate::domain::block::{Block, BlockWanted};
use crate::domain::booking::Booking;
use crate::domain::event::EventChanges;
use crate::domain::hold::{Hold, Idempotency, Portion, Wanted};
use crate::domain::ids::{Affinity, BlockId, BookingId, EventId, HoldId, PoolId};
use crate::domain::payment_token::Possession;
use crate::domain::quantity::Capacity;
use crate::domain::time::Instant;

/// A request to change inventory. Ids of new rows are made before the batch, so that an unknown commit can be looked up.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    Place(Place),
    Extend {
        hold_id: HoldId,
        possession: Possession,
    },
    Release {
        hold_id: HoldId,
        possession: Possession,
    },
    Expire {
        hold_id: HoldId,
        cause: ExpiryCause,
    },
    /// Its items become these; what it has already counts as free.
    ChangeItems {
        hold_id: HoldId,
        possession: Possession,
        wanted: Wanted,
    },
    /// Without a portion all of it; with one the rest is released.
    Book {
        booking_id: BookingId,
        hold_id: HoldId,
        possession: Possession,
        portion: Option<Portion>,
    },
    Cancel {
        booking_id: BookingId,
    },
    Resize {
        pool_id: PoolId,
        capacity: Capacity,
    },
    /// The block becomes exactly this, new or not.
    Block {
        event_id: EventId,
        block_id: BlockId,
        wanted: BlockWanted,
    },
    /// The block ends.
    Unblock {
        event_id: EventId,
        block_id: BlockId,
    },
    Amend {
        event_id: EventId,
        changes: Box<EventChanges>,
    },
    Delete {
        event_id: EventId,
    },
}

/// A hold to be placed.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub hold_id: HoldId,
    pub event_id: EventId,
    pub wanted: Wanted,
    /// Seconds; absent: the event's default, else the service's.
    pub ttl_seconds: Option<u32>,
    pub idempotency: Option<Idempotency>,
}

/// Who says that a hold should expire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpiryCause {
    /// The sweeper: only if its time has come.
    Due,
    /// An operator: now, whatever its expiry.
    Operator,
}

impl Command {
    /// The name in metrics and logs.
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

    /// In whose place it waits.
    pub fn class(&self) -> Class {
        match self {
            // A hold that expires a little later harms nobody: its room is given to whoever asks for it.
            // Whoever changes a hold asks for something that others ask for too.
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

    /// Whose turn it waits for: commands for one event share it, so a process never has two of its batches at once.
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

/// What a command is about, as far as waiting is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Somebody would like to have something.
    Hold,
    /// Somebody has something already, and is about to pay, or has paid. Shed last.
    Booking,
    /// The event itself changes. Rare, may take long, and somebody waits for it with patience.
    Organiser,
}

/// What a command did.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The hold as it was placed, also when replayed later.
    Placed {
        hold: Hold,
        replayed: bool,
    },
    /// The hold as it is now. Replayed: it was extended a moment ago, and nothing was changed.
    Extended {
        hold: Hold,
        extensions_left: u32,
        at: Instant,
        replayed: bool,
    },
    /// The hold as it is now, whether or not there was something to change.
    ItemsChanged {
        hold: Hold,
        at: Instant,
    },
    Released {
        hold_id: HoldId,
    },
    Expired {
        hold_id: HoldId,
    },
    /// The sweeper was early, or somebody else ended the hold first.
    NotDue,
    /// The booking as it is now, with the hold that it was made of.
    Booked {
        booking: Booking,
        hold: Hold,
        replayed: bool,
    },
    /// Cancelled now or before.
    Cancelled {
        booking: Booking,
        hold: Hold,
    },
    Resized(Pool),
    Blocked {
        block: Block,
        /// There was none with this id before.
        created: bool,
    },
    Unblocked {
        block: Block,
    },
    Amended,
    Deleted,
}

impl Outcome {
    /// In metrics.
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

/// A pool and its counters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    pub pool_id: PoolId,
    pub event_id: EventId,
    pub capacity: u32,
    pub held: u32,
    pub booked: u32,
    /// Kept back by the organiser.
    pub blocked: u32,
    /// Its places are seats.
    pub seated: bool,
}

impl Pool {
    /// Places that nobody has.
    pub fn available(&self) -> u32 {
        // Saturating so that a pool broken by hand refuses instead of wrapping; the CHECK makes it impossible otherwise.
        self.capacity.saturating_sub(self.committed())
    }

    /// Places that somebody has, or the organiser keeps back: the least possible capacity.
    pub fn committed(&self) -> u32 {
        self.held + self.booked + self.blocked
    }
}

/// What `decide` says to each command.
pub type Answer = Result<Outcome, Refusal>;
