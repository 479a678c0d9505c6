//! Holds: temporary claims on capacity, with items, an expiry and a payment token.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::{EventId, HoldId, PoolId, TicketTypeId};
use crate::money::Currency;
use crate::quantity::Quantity;
use crate::seating::{GroupSize, SeatIndex, Together};
use crate::time::Instant;

/// Shortest time to live that a request may ask for, in seconds.
pub const HOLD_TTL_SECONDS_MIN: u32 = 10;
/// Longest time to live that a request may ask for, in seconds.
pub const HOLD_TTL_SECONDS_MAX: u32 = 900;

/// Smallest gain of a second or later extension, in seconds. A request that would gain less is treated as the repeat of
/// one whose response was lost, and does not count as another extension. Long enough for a client to notice the loss
/// and retry; short enough not to matter to a customer who wants more time.
pub const EXTENSION_REPEAT_SECONDS: u32 = 5;

/// Most ticket types in one request.
pub const ITEMS_PER_HOLD_MAX: usize = 50;

/// Status of a hold. An active hold ends once, in one of the other states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HoldStatus {
    /// Holds capacity until it ends.
    Active,
    /// Became a booking.
    Booked,
    /// Released by the client, or by the cancellation of its event.
    Released,
    /// Ended by its deadline, or earlier by an operator.
    Expired,
}

impl HoldStatus {
    /// The word in JSON and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Booked => "booked",
            Self::Released => "released",
            Self::Expired => "expired",
        }
    }

    /// The status with this word; `None` if there is none.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Booked, Self::Released, Self::Expired].into_iter().find(|status| status.as_str() == text)
    }

    /// Whether the status may change to `next`. The same status is not legal, so an end cannot be written twice.
    pub fn can_become(self, next: Self) -> bool {
        match (self, next) {
            (Self::Active, Self::Booked | Self::Released | Self::Expired) => true,
            (Self::Active, Self::Active) | (Self::Booked | Self::Released | Self::Expired, _) => false,
        }
    }
}

/// Item of a hold or booking: a quantity of one ticket type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub ticket_type_id: TicketTypeId,
    pub pool_id: PoolId,
    /// In places.
    pub quantity: u32,
    /// Price of one ticket in minor units, fixed when the item was held.
    pub unit_price: i64,
    /// Seats sorted by index, as many as `quantity`; empty if the pool has no seats.
    pub seats: Vec<SeatIndex>,
}

/// A hold as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    pub hold_id: HoldId,
    pub event_id: EventId,
    pub status: HoldStatus,
    pub items: Vec<Item>,
    pub currency: Option<Currency>,
    /// Time to live in seconds, from the creation or the last extension.
    pub ttl_seconds: u32,
    /// Number of extensions so far.
    pub extensions: u32,
    pub created_at: Instant,
    /// Deadline, exclusive: at this instant the hold has expired.
    pub expires_at: Instant,
    pub ended_at: Option<Instant>,
    pub idempotency: Option<Idempotency>,
}

impl Hold {
    /// Places of all items together.
    pub fn quantity(&self) -> u32 {
        self.items.iter().map(|item| item.quantity).sum()
    }

    /// Total price in minor units.
    pub fn total(&self) -> i64 {
        self.items.iter().map(|item| item.unit_price * i64::from(item.quantity)).sum()
    }

    /// Whether the hold is still stored as active although its deadline has passed. It counts as expired, swept or not.
    pub fn is_overdue(&self, now: Instant) -> bool {
        self.status == HoldStatus::Active && self.expires_at <= now
    }
}

/// Idempotency key of a request, and the fingerprint that distinguishes a repeat from another request with the same
/// key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// A UUID: clients are anonymous, so a shorter key could be guessed by another client.
    pub key: Uuid,
    /// SHA-256 of the request.
    pub fingerprint: [u8; 32],
}

/// Requested items of a hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestedItems {
    /// A quantity of the event's only ticket type.
    Places(Quantity),
    /// Amounts of ticket types, without duplicates (the parser adds them up) and sorted by id: the database returns
    /// items in this order, and a replay must equal the first response.
    Items(Vec<(TicketTypeId, Amount)>),
    /// Seats, sorted by index, without duplicates, each with the only ticket type of its pool.
    Seats(Vec<SeatIndex>),
    /// Seats that the service picks.
    BestAvailable(BestAvailable),
}

/// Requested amount of one ticket type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amount {
    /// A quantity of a pool without seats.
    Places(Quantity),
    /// Seats, sorted by index, without duplicates.
    Seats(Vec<SeatIndex>),
}

/// Part of a hold that shall be booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Portion {
    /// Amounts of ticket types, sorted by id, without duplicates.
    Items(Vec<(TicketTypeId, Amount)>),
    /// Seats, sorted by index, without duplicates.
    Seats(Vec<SeatIndex>),
}

/// Request for the best available seats for a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BestAvailable {
    pub size: GroupSize,
    pub together: Together,
    /// Name of a section; `None`: any section.
    pub section: Option<String>,
    /// `None`: any pool. It must then have only one ticket type.
    pub ticket_type_id: Option<TicketTypeId>,
    /// Whether accessible seats are needed.
    pub accessible: bool,
}

/// Result of checking a request's payment token. The HTTP layer checks the token, but `decide` refuses the command,
/// because a hold that does not exist is "not found" whatever the token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Possession {
    /// The token belongs to the hold.
    Proven,
    /// The token is missing or does not belong to the hold.
    Refuted,
}
