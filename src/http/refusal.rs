//! Conversion of refusals and database errors to [`ApiError`]: codes, details and members.

use boxoffice_engine::db::failure::is_transient;
use boxoffice_engine::ids::TicketTypeId;
use boxoffice_engine::invalid::Invalid;
use boxoffice_engine::inventory::CommandError;
use boxoffice_engine::inventory::command::{Refusal, Shortage};
use boxoffice_engine::quantity::CAPACITY_PER_EVENT_MAX;
use boxoffice_engine::seating::SeatIndex;
use boxoffice_engine::time::{Instant, rfc3339};

use crate::error::{ApiError, ErrorCode};

/// Pointer to the ticket type of a group for which the service picks the seats.
const GROUP_TICKET_TYPE_POINTER: &str = "/best_available/ticket_type_id";

const TICKET_TYPE_REQUIRED: &str = "must name the ticket types, because there is not exactly one that fits";
const GROUP_TICKET_TYPE_REQUIRED: &str = "is required, because the best seats are sold as several ticket types";
const SEATS_REQUIRED: &str = "The ticket type has numbered seats: send seat_ids or best_available";
const QUANTITY_REQUIRED: &str = "The ticket type has no numbered seats: send a quantity";

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
                Self::new(Code::TicketTypeNotFound).with_member("ticket_type_id", ticket_type_id)
            }
            Refusal::TicketTypeRequired => Self::invalid("/items", TICKET_TYPE_REQUIRED),
            Refusal::GroupWithoutTicketType => Self::invalid(GROUP_TICKET_TYPE_POINTER, GROUP_TICKET_TYPE_REQUIRED),
            Refusal::GroupOfTicketTypeWithoutSeats { ticket_type_id } => {
                Self::invalid(GROUP_TICKET_TYPE_POINTER, QUANTITY_REQUIRED)
                    .with_member("ticket_type_id", ticket_type_id)
            }
            Refusal::EventNotOnSale { status, sale_ended_at } => Self::new(Code::EventNotOnSale)
                .with_member("event_status", status)
                .with_time("sale_ended_at", sale_ended_at),
            Refusal::SaleNotStarted { starts_at, now } => Self::new(Code::SaleNotStarted)
                .with_time("starts_at", Some(starts_at))
                .with_time("server_time", Some(now)),
            Refusal::QuantityOutOfRange { ticket_type_id, requested, min, max } => {
                let error = Self::new(Code::QuantityOutOfRange).with_ticket_type(ticket_type_id);
                error.with_member("requested", requested).with_member("min", min).with_member("max", max)
            }
            Refusal::InsufficientSeats { shortages, retry_at, now } => insufficient_seats(&shortages, retry_at, now),
            Refusal::SeatsNotFound { seats } => {
                Self::new(Code::SeatsNotFound).with_member("seat_ids", seat_ids(&seats))
            }
            Refusal::SeatsUnavailable { seats, now } => Self::new(Code::SeatsUnavailable)
                .with_member("seat_ids", seat_ids(&seats))
                .with_time("server_time", Some(now)),
            Refusal::SeatsExpected { ticket_type_id, expected } => seats_expected(ticket_type_id, expected),
            Refusal::SeatsOfAnotherPool { ticket_type_id, seats } => {
                let error = Self::invalid("/items", "Some of the seats are not sold as this ticket type");
                error.with_member("ticket_type_id", ticket_type_id).with_member("seat_ids", seat_ids(&seats))
            }
            Refusal::EventNotSeated => Self::new(Code::EventNotSeated),
            Refusal::SectionNotFound => Self::new(Code::SectionNotFound),
            Refusal::NotTogether { requested, most, now } => Self::new(Code::SeatsNotTogether)
                .with_member("requested", requested)
                .with_member("most", most)
                .with_time("server_time", Some(now)),
            Refusal::LeavesOrphans { seats } => {
                Self::new(Code::LeavesOrphans).with_member("seat_ids", seat_ids(&seats))
            }
            Refusal::PoolOfSeats { capacity } => Self::new(Code::PoolOfSeats).with_member("capacity", capacity),
            Refusal::NotInHold { ticket_type_id, seats } => not_in_hold(ticket_type_id, &seats),
            Refusal::IdempotencyKeyReused => Self::new(Code::IdempotencyKeyReused),
            Refusal::InvalidPaymentToken => Self::new(Code::InvalidPaymentToken),
            Refusal::HoldExpired { expired_at, now } => Self::new(Code::HoldExpired)
                .with_time("expired_at", Some(expired_at))
                .with_time("server_time", Some(now)),
            Refusal::HoldNotActive { status } => Self::new(Code::HoldNotActive).with_member("hold_status", status),
            Refusal::ExtensionLimitReached { expires_at } => {
                Self::new(Code::ExtensionLimitReached).with_time("expires_at", Some(expires_at))
            }
            Refusal::CapacityBelowCommitted { requested, least } => {
                Self::new(Code::CapacityBelowCommitted).with_member("requested", requested).with_member("least", least)
            }
            Refusal::EventTooLarge { max } => event_too_large(max),
            Refusal::IllegalTransition { from, to } => {
                Self::new(Code::IllegalTransition).with_member("from", from).with_member("to", to)
            }
            Refusal::Contradictory(invalid) => invalid.into(),
            Refusal::EventHasHistory => Self::new(Code::EventHasHistory),
        }
    }
}

fn seats_expected(ticket_type_id: TicketTypeId, expected: bool) -> ApiError {
    let detail = if expected { SEATS_REQUIRED } else { QUANTITY_REQUIRED };
    ApiError::invalid("/items", detail).with_member("ticket_type_id", ticket_type_id)
}

fn not_in_hold(ticket_type_id: Option<TicketTypeId>, seats: &[SeatIndex]) -> ApiError {
    let error = ApiError::new(ErrorCode::NotInHold).with_ticket_type(ticket_type_id);
    if seats.is_empty() { error } else { error.with_member("seat_ids", seat_ids(seats)) }
}

fn event_too_large(max: u32) -> ApiError {
    let detail = format!(
        "The pools of an event have at most {CAPACITY_PER_EVENT_MAX} places in total; this pool can have {max}"
    );
    ApiError::invalid("/capacity", detail).with_member("max", max)
}

fn seat_ids(seats: &[SeatIndex]) -> Vec<u32> {
    seats.iter().map(|seat| seat.0).collect()
}

impl ApiError {
    /// Adds a time as a member, in RFC 3339. Adds nothing if there is no time.
    #[must_use]
    pub fn with_time(self, member: &str, time: Option<Instant>) -> Self {
        match time {
            Some(time) => self.with_member(member, rfc3339(time)),
            None => self,
        }
    }

    /// Adds the ticket type as a member, if there is one.
    fn with_ticket_type(self, ticket_type_id: Option<TicketTypeId>) -> Self {
        match ticket_type_id {
            Some(ticket_type_id) => self.with_member("ticket_type_id", ticket_type_id),
            None => self,
        }
    }
}

/// The error has the sums of all short pools, and each pool in `shortages`. With `held` at 0 it is sold out.
fn insufficient_seats(shortages: &[Shortage], retry_at: Option<Instant>, now: Instant) -> ApiError {
    let sum = |count: fn(&Shortage) -> u32| shortages.iter().map(count).sum::<u32>();
    let shortage_member = |short: &Shortage| {
        serde_json::json!({
            "pool_id": short.pool_id,
            "ticket_type_ids": short.ticket_type_ids,
            "requested": short.requested,
            "available": short.available,
            "held": short.held,
        })
    };
    ApiError::new(ErrorCode::InsufficientSeats)
        .with_member("requested", sum(|short| short.requested))
        .with_member("available", sum(|short| short.available))
        .with_member("held", sum(|short| short.held))
        // Present even without a time: `null` means that no expiry of a hold could help.
        .with_member("retry_at", retry_at.map(rfc3339))
        .with_member("server_time", rfc3339(now))
        .with_member("shortages", shortages.iter().map(shortage_member).collect::<Vec<_>>())
}

impl From<sqlx::Error> for ApiError {
    /// For reads and writes of the features; inventory converts its own errors. `UNAVAILABLE` if the error is transient
    /// (database unreachable or too busy); any other error is a bug and becomes `INTERNAL`.
    fn from(error: sqlx::Error) -> Self {
        let code = if is_transient(&error) { ErrorCode::Unavailable } else { ErrorCode::Internal };
        Self { source: Some(error.into()), ..Self::new(code) }
    }
}
