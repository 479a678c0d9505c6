//! Refusals: reasons why the rules do not allow a command.

use crate::ids::{PoolId, TicketTypeId};
use crate::invalid::Invalid;
use crate::model::event::EventStatus;
use crate::model::hold::HoldStatus;
use crate::seating::SeatIndex;
use crate::time::Instant;

/// Reason why the rules do not allow a command, with the values that a client needs for its next step. A refusal that
/// depends on time also carries `now`, the time of the batch, so that a client with a wrong clock can compute the
/// difference.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    EventNotFound,
    PoolNotFound,
    HoldNotFound,
    BookingNotFound,
    BlockNotFound,
    /// The event has no such ticket type.
    TicketTypeNotFound {
        ticket_type_id: TicketTypeId,
    },
    /// The request has a plain quantity or seats without a ticket type, and there is not exactly one ticket type to
    /// use.
    TicketTypeRequired,
    /// The best seats for the group are sold as several ticket types, and the request names none.
    GroupWithoutTicketType,
    /// The request wants the best seats of a ticket type whose pool has no seats.
    GroupOfTicketTypeWithoutSeats {
        ticket_type_id: TicketTypeId,
    },
    EventNotOnSale {
        status: EventStatus,
        /// End of the sale period, if the status is `on_sale` and only that period is over.
        sale_ended_at: Option<Instant>,
    },
    SaleNotStarted {
        starts_at: Instant,
        now: Instant,
    },
    /// The quantity of one ticket type, or of the whole hold if `ticket_type_id` is `None`, is not within `min` to
    /// `max`.
    QuantityOutOfRange {
        ticket_type_id: Option<TicketTypeId>,
        requested: u32,
        min: u32,
        max: u32,
    },
    /// At least one pool has too little available capacity.
    InsufficientSeats {
        shortages: Vec<Shortage>,
        /// Earliest time at which expiring holds could give every short pool some capacity back. `None`: even with all
        /// held capacity back, some pool would be too small.
        retry_at: Option<Instant>,
        now: Instant,
    },
    /// The event has no seats with these ids.
    SeatsNotFound {
        seats: Vec<SeatIndex>,
    },
    /// These seats are held, booked or blocked.
    SeatsUnavailable {
        seats: Vec<SeatIndex>,
        now: Instant,
    },
    /// The request gives a quantity where the ticket type's pool has seats, or seats where it has none.
    SeatsExpected {
        ticket_type_id: TicketTypeId,
        /// Whether the pool has seats.
        expected: bool,
    },
    /// These seats belong to another pool than the ticket type.
    SeatsOfAnotherPool {
        ticket_type_id: TicketTypeId,
        seats: Vec<SeatIndex>,
    },
    /// The request wants the best seats, and the event has no seats.
    EventNotSeated,
    /// The layout has no seated section of that name.
    SectionNotFound,
    /// No group of the requested size is available.
    NotTogether {
        /// Seats.
        requested: u32,
        /// Size of the largest group that is available, in seats.
        most: u32,
        now: Instant,
    },
    /// The selection would leave these seats as single free seats without need, and the event does not allow that.
    LeavesOrphans {
        seats: Vec<SeatIndex>,
    },
    /// The capacity of a pool of seats is its number of seats and cannot be changed.
    PoolOfSeats {
        capacity: u32,
    },
    /// The portion to book is not completely part of the hold.
    NotInHold {
        /// The ticket type concerned, if the request named one.
        ticket_type_id: Option<TicketTypeId>,
        /// Requested seats that the hold does not have; empty if a quantity exceeds it or it lacks the ticket type.
        seats: Vec<SeatIndex>,
    },
    /// The key belongs to an earlier hold request with other content.
    IdempotencyKeyReused,
    InvalidPaymentToken,
    HoldExpired {
        expired_at: Instant,
        now: Instant,
    },
    /// The hold is already booked or released.
    HoldNotActive {
        status: HoldStatus,
    },
    /// The hold has no extensions left, or has reached its longest life.
    ExtensionLimitReached {
        /// Expiry of the hold, unchanged.
        expires_at: Instant,
    },
    /// The new capacity is less than what is held, booked and blocked. In places.
    CapacityBelowCommitted {
        requested: u32,
        /// Lowest capacity that the pool can be given.
        least: u32,
    },
    /// The capacity of all pools of the event together would exceed `CAPACITY_PER_EVENT_MAX`.
    EventTooLarge {
        /// Highest capacity that this pool can be given, in places.
        max: u32,
    },
    /// The event cannot change from the status `from` to `to`.
    IllegalTransition {
        from: EventStatus,
        to: EventStatus,
    },
    /// The changed fields of the event would contradict its other fields.
    Contradictory(Invalid),
    /// The event has had holds, so it cannot be deleted, only cancelled.
    EventHasHistory,
}

/// A pool with too little available capacity. All counts are places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortage {
    pub pool_id: PoolId,
    /// Requested ticket types of this pool: clients know ticket types, but not always pools.
    pub ticket_type_ids: Vec<TicketTypeId>,
    pub requested: u32,
    /// Places that are available now.
    pub available: u32,
    /// Places in other holds, which can become available again.
    pub held: u32,
}
