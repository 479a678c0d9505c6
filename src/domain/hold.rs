//! Holds: a temporary claim on capacity, with items, an expiry and a payment token.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::ids::{EventId, HoldId, PoolId, TicketTypeId};
use super::money::Currency;
use super::quantity::Quantity;
use super::seating::{GroupSize, SeatIndex, Together};
use super::time::Instant;

/// The shortest and the longest time to live that a request may ask for, in seconds.
pub const HOLD_TTL_SECONDS_MIN: u32 = 10;
pub const HOLD_TTL_SECONDS_MAX: u32 = 900;

/// A hold that was extended before and would gain less than this, in seconds, is not extended again: the request is taken
/// for the repeat of one whose answer was lost. Longer than a client takes to notice that and to try again; so short that
/// nobody who wants more time minds.
pub const EXTENSION_REPEAT_SECONDS: u32 = 5;

/// The most ticket types one request may name.
pub const ITEMS_PER_HOLD_MAX: usize = 50;

/// The states of a hold. Active ends in exactly one of the others, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HoldStatus {
    Active,
    /// Became a booking.
    Booked,
    /// Given back by the client, or by the cancellation of its event.
    Released,
    /// Ended by time, or by an operator in its place.
    Expired,
}

impl HoldStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Booked => "booked",
            Self::Released => "released",
            Self::Expired => "expired",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Booked, Self::Released, Self::Expired].into_iter().find(|status| status.as_str() == text)
    }

    /// The legal moves: a hold ends once, in one way. Staying put is none, or an end could be written twice.
    pub fn can_become(self, next: Self) -> bool {
        match (self, next) {
            (Self::Active, Self::Booked | Self::Released | Self::Expired) => true,
            (Self::Active, Self::Active) | (Self::Booked | Self::Released | Self::Expired, _) => false,
        }
    }
}

/// A quantity of one ticket type inside a hold or booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub ticket_type_id: TicketTypeId,
    pub pool_id: PoolId,
    pub quantity: u32,
    /// Minor units, fixed when the hold was placed.
    pub unit_price: i64,
    /// The named seats, in their order, as many as `quantity`; none where the pool has no seats.
    pub seats: Vec<SeatIndex>,
}

/// A hold as the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    pub hold_id: HoldId,
    pub event_id: EventId,
    pub status: HoldStatus,
    pub items: Vec<Item>,
    pub currency: Option<Currency>,
    pub ttl_seconds: u32,
    pub extensions: u32,
    pub created_at: Instant,
    /// Half-open: at this instant the hold is expired.
    pub expires_at: Instant,
    pub ended_at: Option<Instant>,
    pub idempotency: Option<Idempotency>,
}

impl Hold {
    pub fn quantity(&self) -> u32 {
        self.items.iter().map(|item| item.quantity).sum()
    }

    /// Minor units.
    pub fn total(&self) -> i64 {
        self.items.iter().map(|item| item.unit_price * i64::from(item.quantity)).sum()
    }

    /// Expired if and only if it is active and its expiry has come, swept or not.
    pub fn is_overdue(&self, now: Instant) -> bool {
        self.status == HoldStatus::Active && self.expires_at <= now
    }
}

/// The key of a request that may be repeated, and the fingerprint that tells a repeat from another request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// A UUID, because callers are anonymous and a short key could be guessed.
    pub key: Uuid,
    /// SHA-256 of the request.
    pub fingerprint: [u8; 32],
}

/// What a hold is wanted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// So many of the event's only ticket type.
    Places(Quantity),
    /// Named ticket types, each at most once (a request's repetitions have been added up), in the order of their ids: items
    /// come back from the database so, and a replay must read like the first answer.
    Items(Vec<(TicketTypeId, Amount)>),
    /// These seats, in their order and each once, as the only ticket type of their pools.
    Seats(Vec<SeatIndex>),
    /// The best seats that there are.
    BestAvailable(BestAvailable),
}

/// What is wanted of a ticket type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amount {
    /// Of a pool without seats.
    Places(Quantity),
    /// In their order and each once.
    Seats(Vec<SeatIndex>),
}

/// What of a hold shall be booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Portion {
    /// In the order of their ids and each once.
    Items(Vec<(TicketTypeId, Amount)>),
    /// In their order and each once.
    Seats(Vec<SeatIndex>),
}

/// What a group wants that leaves the choice of its seats to the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BestAvailable {
    pub size: GroupSize,
    pub together: Together,
    /// The name of one; absent: any.
    pub section: Option<String>,
    /// Absent: any, if the pool of the seats has only one.
    pub ticket_type_id: Option<TicketTypeId>,
    pub accessible: bool,
}
