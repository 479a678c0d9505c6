//! What inventory and the database refuse, as `ApiError`: the one place that chooses codes, details and members.

use crate::db::failure::will_pass;
use crate::domain::invalid::Invalid;
use crate::domain::quantity::CAPACITY_PER_EVENT_MAX;
use crate::domain::time::{Instant, rfc3339};
use crate::error::{ApiError, ErrorCode};
use crate::inventory::CommandError;
use crate::inventory::command::{Refusal, Shortage};
use crate::ops::creation::CreateError;
use crate::reads::ReadError;

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
            Refusal::BookingNotFound => Self::new(Code::BookingNotFound),
            Refusal::TicketTypeNotFound { ticket_type_id } => {
                Self::new(Code::TicketTypeNotFound).with("ticket_type_id", ticket_type_id)
            }
            Refusal::TicketTypeRequired => {
                Self::invalid("/items", "The event does not have exactly one ticket type: name what is wanted in items")
            }
            Refusal::EventNotOnSale { status, sale_ended_at } => {
                Self::new(Code::EventNotOnSale).with("event_status", status).with_time("sale_ended_at", sale_ended_at)
            }
            Refusal::SaleNotStarted { starts_at, now } => Self::new(Code::SaleNotStarted)
                .with_time("starts_at", Some(starts_at))
                .with_time("server_time", Some(now)),
            Refusal::QuantityOutOfRange { ticket_type_id, requested, min, max } => {
                let error =
                    Self::new(Code::QuantityOutOfRange).with("requested", requested).with("min", min).with("max", max);
                match ticket_type_id {
                    Some(ticket_type_id) => error.with("ticket_type_id", ticket_type_id),
                    None => error,
                }
            }
            Refusal::InsufficientSeats { shortages, retry_at, now } => insufficient_seats(&shortages, retry_at, now),
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
            Refusal::EventTooLarge { max } => Self::invalid(
                "/capacity",
                format!("The pools of an event have at most {CAPACITY_PER_EVENT_MAX} places together; this one can have {max}"),
            )
            .with("max", max),
            Refusal::IllegalTransition { from, to } => {
                Self::new(Code::IllegalTransition).with("from", from).with("to", to)
            }
            Refusal::Contradictory(invalid) => invalid.into(),
            Refusal::EventHasHistory => Self::new(Code::EventHasHistory),
        }
    }
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
            CreateError::Answer(_) | CreateError::WrongRowCount(_) => Self::internal(error),
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
