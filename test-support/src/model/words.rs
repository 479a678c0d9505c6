//! Types of the model: the requests, and the expected answers with all their values.
//!
//! Objects have numbers instead of ids. The request chooses the number of a new hold or booking, so that a test can
//! name the object that a refused request would have created.

/// Instant or duration, in whole seconds.
pub type Seconds = i64;
pub type EventNo = usize;
pub type PoolNo = usize;
pub type TypeNo = usize;
pub type HoldNo = usize;
pub type BookingNo = usize;
pub type BlockNo = usize;
pub type KeyNo = usize;

/// Request to the service. `proven` says whether the payment token is right.
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
    /// Command of the sweeper: expires the hold only if it is due.
    ExpireDue {
        hold: HoldNo,
    },
    /// Request of an operator: expires the hold at once.
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
        /// Quantity per ticket type, as a client writes it; `None` books the whole hold.
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

/// Request for a new hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub hold: HoldNo,
    pub event: EventNo,
    pub wanted: Wanted,
    pub ttl: Option<Seconds>,
    pub key: Option<KeyNo>,
}

impl Place {
    /// Whether both requests have the same body.
    pub fn same_body(&self, other: &Self) -> bool {
        (self.event, &self.wanted, self.ttl) == (other.event, &other.wanted, other.ttl)
    }
}

/// Block of an organiser, on places of one pool.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    pub event: EventNo,
    /// Number within the event; another event may use the same one.
    pub block: BlockNo,
    pub pool: PoolNo,
    pub quantity: u32,
    pub reason: String,
}

/// Requested places, as a client writes them: items in any order, a ticket type possibly more than once.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    Places(u32),
    Items(Vec<(TypeNo, u32)>),
}

/// Changes to an event. `None` leaves a field, `Some(None)` clears it.
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

/// Expected answer to a request.
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
    /// The hold is due. Either this request expires it, or it was expired before and the answer is `NotDue`.
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
    /// Whether the answer is as expected.
    pub fn allows(&self, answered: &Self) -> bool {
        match self {
            Self::ExpiredNowOrBefore { hold } => {
                matches!(answered, Self::NotDue) || *answered == Self::Expired { hold: *hold }
            }
            exactly => exactly == answered,
        }
    }
}

/// Hold in an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct HoldView {
    pub hold: HoldNo,
    pub event: EventNo,
    /// Ticket type, quantity, and unit price in cents, in the order of the types.
    pub items: Vec<(TypeNo, u32, i64)>,
    pub quantity: u32,
    pub total: i64,
    pub created: Seconds,
    pub expires: Seconds,
}

/// Booking in an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct BookingView {
    pub booking: BookingNo,
    pub hold: HoldNo,
    pub event: EventNo,
    pub items: Vec<(TypeNo, u32, i64)>,
    pub created: Seconds,
    pub cancelled: Option<Seconds>,
}

/// Block in an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockView {
    pub block: Block,
    pub created: Seconds,
    pub updated: Seconds,
}

/// Reason of a refusal.
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
        type_no: Option<TypeNo>,
        requested: u32,
        min: u32,
        max: u32,
    },
    Insufficient {
        shortages: Vec<Shortage>,
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
        sale_times: bool,
    },
    HasHistory,
    /// Any refusal that needs seats; the model never expects it, because none of its events has seats.
    AboutSeats,
}

/// Pool with too few available places for a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Shortage {
    pub pool: PoolNo,
    /// Requested ticket types of this pool.
    pub types: Vec<TypeNo>,
    pub requested: u32,
    pub available: u32,
    pub held: u32,
}
