//! The words of the model: what can be asked, and what must be answered, down to the numbers.
//!
//! Things have numbers in place of ids. A hold and a booking get theirs from whoever asks, so that a test can name what
//! a refused request would have made.

/// An instant, or a length of time, in whole seconds.
pub type Seconds = i64;
pub type EventNo = usize;
pub type PoolNo = usize;
pub type TypeNo = usize;
pub type HoldNo = usize;
pub type BookingNo = usize;
pub type BlockNo = usize;
pub type KeyNo = usize;

#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    Place(Place),
    Extend {
        hold: HoldNo,
        proven: bool,
    },
    Release {
        hold: HoldNo,
        proven: bool,
    },
    /// The sweeper's: only if the time has come.
    ExpireDue {
        hold: HoldNo,
    },
    /// An operator's: at once.
    ExpireNow {
        hold: HoldNo,
    },
    ChangeItems {
        hold: HoldNo,
        proven: bool,
        wanted: Wanted,
    },
    Book {
        booking: BookingNo,
        hold: HoldNo,
        proven: bool,
        /// All of it, or so many of these ticket types, written as a client writes them.
        portion: Option<Vec<(TypeNo, u32)>>,
    },
    Cancel {
        booking: BookingNo,
    },
    Resize {
        pool: PoolNo,
        capacity: u32,
    },
    Block(Block),
    Unblock {
        event: EventNo,
        block: BlockNo,
    },
    Amend {
        event: EventNo,
        change: Change,
    },
    Delete {
        event: EventNo,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub hold: HoldNo,
    pub event: EventNo,
    pub wanted: Wanted,
    pub ttl: Option<Seconds>,
    pub key: Option<KeyNo>,
}

impl Place {
    /// Whether a client would send the same body.
    pub fn same_body(&self, other: &Self) -> bool {
        (self.event, &self.wanted, self.ttl) == (other.event, &other.wanted, other.ttl)
    }
}

/// Places of a pool that an organiser keeps back.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    pub event: EventNo,
    /// Of the event: another one may have a block of the same number.
    pub block: BlockNo,
    pub pool: PoolNo,
    pub quantity: u32,
    pub reason: String,
}

/// As a client writes it: items in any order, one ticket type perhaps more than once.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    Places(u32),
    Items(Vec<(TypeNo, u32)>),
}

/// What to change of an event. `None` leaves it, `Some(None)` clears it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    pub status: Option<Status>,
    pub ttl: Option<Option<Seconds>>,
    pub max_quantity: Option<Option<u32>>,
    pub starts: Option<Option<Seconds>>,
    pub ends: Option<Option<Seconds>>,
    pub sale_starts: Option<Option<Seconds>>,
    pub sale_ends: Option<Option<Seconds>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Status {
    Draft,
    OnSale,
    Closed,
    Cancelled,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Expected {
    Placed {
        hold: HoldView,
        replayed: bool,
    },
    Extended {
        hold: HoldView,
        extensions_left: u32,
        replayed: bool,
    },
    ItemsChanged {
        hold: HoldView,
    },
    Released {
        hold: HoldNo,
    },
    Expired {
        hold: HoldNo,
    },
    NotDue,
    /// Its time has come: expired by this very request, or not due any more because it had been.
    ExpiredNowOrBefore {
        hold: HoldNo,
    },
    Booked {
        booking: BookingView,
        replayed: bool,
    },
    Cancelled {
        booking: BookingView,
    },
    Resized {
        pool: PoolNo,
        capacity: u32,
        held: u32,
        booked: u32,
        blocked: u32,
    },
    Blocked {
        block: BlockView,
        created: bool,
    },
    Unblocked {
        block: BlockView,
    },
    Amended,
    Deleted,
    Refused(Refused),
}

impl Expected {
    /// Whether this allows what was answered.
    pub fn allows(&self, answered: &Self) -> bool {
        match self {
            Self::ExpiredNowOrBefore { hold } => {
                matches!(answered, Self::NotDue) || *answered == Self::Expired { hold: *hold }
            }
            exactly => exactly == answered,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct HoldView {
    pub hold: HoldNo,
    pub event: EventNo,
    /// Of each ticket type how many at which price, in the order of the types.
    pub items: Vec<(TypeNo, u32, i64)>,
    pub quantity: u32,
    pub total: i64,
    pub created: Seconds,
    pub expires: Seconds,
}

#[derive(Clone, Debug, PartialEq)]
pub struct BookingView {
    pub booking: BookingNo,
    pub hold: HoldNo,
    pub event: EventNo,
    pub items: Vec<(TypeNo, u32, i64)>,
    pub created: Seconds,
    pub cancelled: Option<Seconds>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct BlockView {
    pub block: Block,
    pub created: Seconds,
    pub updated: Seconds,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Refused {
    EventNotFound,
    PoolNotFound,
    HoldNotFound,
    BookingNotFound,
    BlockNotFound,
    TypeNotFound(TypeNo),
    TypeRequired,
    NotOnSale {
        status: Status,
        ended: Option<Seconds>,
    },
    SaleNotStarted {
        starts: Seconds,
        now: Seconds,
    },
    QuantityOutOfRange {
        of_type: Option<TypeNo>,
        requested: u32,
        min: u32,
        max: u32,
    },
    Insufficient {
        shortages: Vec<Short>,
        retry_at: Option<Seconds>,
        now: Seconds,
    },
    NotInHold(TypeNo),
    KeyReused,
    InvalidToken,
    HoldExpired {
        at: Seconds,
        now: Seconds,
    },
    HoldNotActive {
        booked: bool,
    },
    ExtensionLimit {
        expires: Seconds,
    },
    EventTooLarge {
        max: u32,
    },
    BelowCommitted {
        requested: u32,
        least: u32,
    },
    IllegalMove {
        from: Status,
        to: Status,
    },
    EndNotAfterStart {
        of_sale: bool,
    },
    HasHistory,
    /// None of its events has seats.
    AboutSeats,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Short {
    pub pool: PoolNo,
    /// Those asked for that draw from it.
    pub types: Vec<TypeNo>,
    pub requested: u32,
    pub available: u32,
    pub held: u32,
}
