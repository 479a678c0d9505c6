//! What inventory refuses, and why.

use crate::domain::event::EventStatus;
use crate::domain::hold::HoldStatus;
use crate::domain::ids::{PoolId, TicketTypeId};
use crate::domain::invalid::Invalid;
use crate::domain::seating::SeatIndex;
use crate::domain::time::Instant;

/// Why a command was refused. Each names what a client needs to go on. Where that is a time there is `now` as well, the
/// batch's time, so that a client whose clock is wrong can tell how far away it is.
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
    /// A plain quantity was asked for, but the event has several ticket types (or none) to choose from.
    TicketTypeRequired,
    /// The seats of a group are sold as several ticket types, and none was named.
    GroupWithoutTicketType,
    /// Seats for a group were asked for as a ticket type that has none.
    GroupOfTicketTypeWithoutSeats {
        ticket_type_id: TicketTypeId,
    },
    EventNotOnSale {
        status: EventStatus,
        sale_ended_at: Option<Instant>,
    },
    SaleNotStarted {
        starts_at: Instant,
        now: Instant,
    },
    /// Of one ticket type if named, else of the whole hold.
    QuantityOutOfRange {
        ticket_type_id: Option<TicketTypeId>,
        requested: u32,
        min: u32,
        max: u32,
    },
    InsufficientSeats {
        shortages: Vec<Shortage>,
        retry_at: Option<Instant>,
        now: Instant,
    },
    /// The event has no such seats.
    SeatsNotFound {
        seats: Vec<SeatIndex>,
    },
    /// Somebody else has these, or the organiser.
    SeatsUnavailable {
        seats: Vec<SeatIndex>,
        now: Instant,
    },
    /// The ticket type's pool has seats, and a quantity does not say which; or it has none, and seats were named.
    SeatsExpected {
        ticket_type_id: TicketTypeId,
        expected: bool,
    },
    /// The seats are not of the ticket type's pool.
    SeatsOfAnotherPool {
        ticket_type_id: TicketTypeId,
        seats: Vec<SeatIndex>,
    },
    /// Seats were asked for, and the event has none.
    EventNotSeated,
    SectionNotFound,
    /// No group of that size can be given; `most` is the largest that could.
    NotTogether {
        requested: u32,
        most: u32,
        now: Instant,
    },
    /// The selection would leave these seats alone without need, which the event refuses.
    LeavesOrphans {
        seats: Vec<SeatIndex>,
    },
    /// A pool has one place for each of its seats.
    PoolOfSeats {
        capacity: u32,
    },
    /// What shall be booked is not all in the hold.
    NotInHold {
        ticket_type_id: Option<TicketTypeId>,
        seats: Vec<SeatIndex>,
    },
    IdempotencyKeyReused,
    InvalidPaymentToken,
    HoldExpired {
        expired_at: Instant,
        now: Instant,
    },
    HoldNotActive {
        status: HoldStatus,
    },
    ExtensionLimitReached {
        expires_at: Instant,
    },
    CapacityBelowCommitted {
        requested: u32,
        least: u32,
    },
    /// All pools of the event together would have more than `CAPACITY_PER_EVENT_MAX` places.
    EventTooLarge {
        /// The most that this pool can have beside the others.
        max: u32,
    },
    IllegalTransition {
        from: EventStatus,
        to: EventStatus,
    },
    /// Two fields of the event, as they would be together, contradict each other.
    Contradictory(Invalid),
    /// Something was held or sold; it can only be cancelled.
    EventHasHistory,
}

/// A pool that lacks room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortage {
    pub pool_id: PoolId,
    /// What was asked for that draws from it: the client knows these, and perhaps no pool.
    pub ticket_type_ids: Vec<TicketTypeId>,
    pub requested: u32,
    /// The most that could be had now.
    pub available: u32,
    /// In other people's holds: may come back.
    pub held: u32,
}
