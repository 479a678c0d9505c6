//! What inventory and the database refuse, as `ApiError`: the one place that chooses codes, details and members.

use crate::db::failure::will_pass;
use crate::domain::ids::TicketTypeId;
use crate::domain::invalid::Invalid;
use crate::domain::quantity::CAPACITY_PER_EVENT_MAX;
use crate::domain::seating::SeatIndex;
use crate::domain::time::{Instant, rfc3339};
use crate::error::{ApiError, ErrorCode};
use crate::inventory::CommandError;
use crate::inventory::command::{Refusal, Shortage};
use crate::ops::creation::CreateError;
use crate::reads::ReadError;

/// Where a group says as which ticket type it wants its seats.
const TYPE_OF_A_GROUP: &str = "/best_available/ticket_type_id";

const SEVERAL_TYPES: &str = "What is wanted is sold as several ticket types, or none: name them in items";
const SEVERAL_TYPES_OF_A_GROUP: &str = "The best seats are sold as several ticket types: name the one that is wanted";
const OF_SEATS: &str = "The ticket type is of numbered seats: name them, or ask for the best available";
const WITHOUT_SEATS: &str = "The ticket type has no seats: ask for a quantity";

impl From<Invalid> for ApiError {
    fn from(invalid: Invalid) -> Self {
        Self::invalid(&invalid.pointer, invalid.detail)
    }
}

impl From<CommandError> for ApiError {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Refused(refusal) => refusal.into(),
            CommandError::Overloaded => Self::new(ErrorCode::Overloaded),
            CommandError::Unavailable => Self::new(ErrorCode::Unavailable),
            CommandError::OutcomeUnknown => Self::new(ErrorCode::OutcomeUnknown),
            CommandError::Inconsistent => Self::internal(error),
        }
    }
}

impl From<ReadError> for ApiError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Overloaded => Self::new(ErrorCode::Overloaded),
            ReadError::Unavailable => Self::new(ErrorCode::Unavailable),
            ReadError::Failed => Self::internal(error),
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        use ErrorCode as Code;
        match refusal {
            Refusal::EventNotFound => Self::new(Code::EventNotFound),
            Refusal::PoolNotFound => Self::new(Code::PoolNotFound),
            Refusal::HoldNotFound => Self::new(Code::HoldNotFound),
            Refusal::BlockNotFound => Self::new(Code::BlockNotFound),
            Refusal::BookingNotFound => Self::new(Code::BookingNotFound),
            Refusal::TicketTypeNotFound { ticket_type_id } => {
                Self::new(Code::TicketTypeNotFound).with("ticket_type_id", ticket_type_id)
            }
            Refusal::TicketTypeRequired => Self::invalid("/items", SEVERAL_TYPES),
            Refusal::GroupWithoutTicketType => Self::invalid(TYPE_OF_A_GROUP, SEVERAL_TYPES_OF_A_GROUP),
            Refusal::GroupOfTicketTypeWithoutSeats { ticket_type_id } => {
                Self::invalid(TYPE_OF_A_GROUP, WITHOUT_SEATS).with("ticket_type_id", ticket_type_id)
            }
            Refusal::EventNotOnSale { status, sale_ended_at } => {
                Self::new(Code::EventNotOnSale).with("event_status", status).with_time("sale_ended_at", sale_ended_at)
            }
            Refusal::SaleNotStarted { starts_at, now } => Self::new(Code::SaleNotStarted)
                .with_time("starts_at", Some(starts_at))
                .with_time("server_time", Some(now)),
            Refusal::QuantityOutOfRange { ticket_type_id, requested, min, max } => {
                let error = Self::new(Code::QuantityOutOfRange).with_ticket_type(ticket_type_id);
                error.with("requested", requested).with("min", min).with("max", max)
            }
            Refusal::InsufficientSeats { shortages, retry_at, now } => insufficient_seats(&shortages, retry_at, now),
            Refusal::SeatsNotFound { seats } => Self::new(Code::SeatsNotFound).with("seat_ids", ids(&seats)),
            Refusal::SeatsUnavailable { seats, now } => {
                Self::new(Code::SeatsUnavailable).with("seat_ids", ids(&seats)).with_time("server_time", Some(now))
            }
            Refusal::SeatsExpected { ticket_type_id, expected } => seats_expected(ticket_type_id, expected),
            Refusal::SeatsOfAnotherPool { ticket_type_id, seats } => {
                let error = Self::invalid("/items", "Some of the seats are not sold as this ticket type");
                error.with("ticket_type_id", ticket_type_id).with("seat_ids", ids(&seats))
            }
            Refusal::EventNotSeated => Self::new(Code::EventNotSeated),
            Refusal::SectionNotFound => Self::new(Code::SectionNotFound),
            Refusal::NotTogether { requested, most, now } => Self::new(Code::SeatsNotTogether)
                .with("requested", requested)
                .with("most", most)
                .with_time("server_time", Some(now)),
            Refusal::LeavesOrphans { seats } => Self::new(Code::LeavesOrphans).with("seat_ids", ids(&seats)),
            Refusal::PoolOfSeats { capacity } => Self::new(Code::PoolOfSeats).with("capacity", capacity),
            Refusal::NotInHold { ticket_type_id, seats } => not_in_hold(ticket_type_id, &seats),
            Refusal::IdempotencyKeyReused => Self::new(Code::IdempotencyKeyReused),
            Refusal::InvalidPaymentToken => Self::new(Code::InvalidPaymentToken),
            Refusal::HoldExpired { expired_at, now } => Self::new(Code::HoldExpired)
                .with_time("expired_at", Some(expired_at))
                .with_time("server_time", Some(now)),
            Refusal::HoldNotActive { status } => Self::new(Code::HoldNotActive).with("hold_status", status),
            Refusal::ExtensionLimitReached { expires_at } => {
                Self::new(Code::ExtensionLimitReached).with_time("expires_at", Some(expires_at))
            }
            Refusal::CapacityBelowCommitted { requested, least } => {
                Self::new(Code::CapacityBelowCommitted).with("requested", requested).with("least", least)
            }
            Refusal::EventTooLarge { max } => event_too_large(max),
            Refusal::IllegalTransition { from, to } => {
                Self::new(Code::IllegalTransition).with("from", from).with("to", to)
            }
            Refusal::Contradictory(invalid) => invalid.into(),
            Refusal::EventHasHistory => Self::new(Code::EventHasHistory),
        }
    }
}

fn seats_expected(ticket_type_id: TicketTypeId, expected: bool) -> ApiError {
    let detail = if expected { OF_SEATS } else { WITHOUT_SEATS };
    ApiError::invalid("/items", detail).with("ticket_type_id", ticket_type_id)
}

fn not_in_hold(ticket_type_id: Option<TicketTypeId>, seats: &[SeatIndex]) -> ApiError {
    let error = ApiError::new(ErrorCode::NotInHold).with_ticket_type(ticket_type_id);
    if seats.is_empty() { error } else { error.with("seat_ids", ids(seats)) }
}

fn event_too_large(max: u32) -> ApiError {
    let detail =
        format!("The pools of an event have at most {CAPACITY_PER_EVENT_MAX} places together; this one can have {max}");
    ApiError::invalid("/capacity", detail).with("max", max)
}

fn ids(seats: &[SeatIndex]) -> Vec<u32> {
    seats.iter().map(|seat| seat.0).collect()
}

impl ApiError {
    /// A member that is an instant; left out when there is none.
    #[must_use]
    pub fn with_time(self, member: &str, at: Option<Instant>) -> Self {
        match at {
            Some(at) => self.with(member, rfc3339(at)),
            None => self,
        }
    }

    /// The ticket type that it is about, if it is about one.
    fn with_ticket_type(self, ticket_type_id: Option<TicketTypeId>) -> Self {
        match ticket_type_id {
            Some(ticket_type_id) => self.with("ticket_type_id", ticket_type_id),
            None => self,
        }
    }
}

/// `available` and `held` together tell "sold out" from "all in other people's holds".
fn insufficient_seats(shortages: &[Shortage], retry_at: Option<Instant>, now: Instant) -> ApiError {
    let sum = |count: fn(&Shortage) -> u32| shortages.iter().map(count).sum::<u32>();
    let each = |short: &Shortage| {
        serde_json::json!({
            "pool_id": short.pool_id,
            "ticket_type_ids": short.ticket_type_ids,
            "requested": short.requested,
            "available": short.available,
            "held": short.held,
        })
    };
    ApiError::new(ErrorCode::InsufficientSeats)
        .with("requested", sum(|short| short.requested))
        .with("available", sum(|short| short.available))
        .with("held", sum(|short| short.held))
        // Present even when there is none: `null` says that no expiry of a hold could help.
        .with("retry_at", retry_at.map(rfc3339))
        .with("server_time", rfc3339(now))
        .with("shortages", shortages.iter().map(each).collect::<Vec<_>>())
}

impl From<CreateError> for ApiError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::KeyReused => Self::new(ErrorCode::IdempotencyKeyReused),
            CreateError::KeyInProgress => Self::new(ErrorCode::RequestInProgress),
            CreateError::SeriesNotFound => Self::new(ErrorCode::SeriesNotFound),
            CreateError::OutcomeUnknown(source) => {
                Self { source: Some(source.into()), ..Self::new(ErrorCode::OutcomeUnknown) }
            }
            CreateError::Database(error) => error.into(),
            CreateError::StoredResponse(_) | CreateError::WrongRowCount(_) => Self::internal(error),
        }
    }
}

impl From<sqlx::Error> for ApiError {
    /// For reads and the writes of `ops`; inventory has judged its own. A database that cannot be reached, or is too busy
    /// to answer in time, will be back; anything else is a bug of ours.
    fn from(error: sqlx::Error) -> Self {
        let code = if will_pass(&error) { ErrorCode::Unavailable } else { ErrorCode::Internal };
        Self { source: Some(error.into()), ..Self::new(code) }
    }
}
