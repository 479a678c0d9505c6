//! Conversions for the rules that this model shares with the model of general admission.

use boxoffice_engine::inventory::batch_state::TicketType;
use boxoffice_engine::inventory::command::{Pool, Refusal, Shortage};
use boxoffice_engine::model::hold::{Hold, HoldStatus};
use boxoffice_engine::time::Instant;
use test_support::model::life::{Ended, Life};
use test_support::model::limits::{Places, TypeLimits};
use test_support::model::{Refused, Seconds};
use test_support::translate::{event_status, id, instant, number, seconds};

/// Applies a rule to the life of a hold.
pub fn apply_rule<T>(
    hold: &mut Hold,
    now: Instant,
    rule: impl FnOnce(&mut Life, Seconds) -> Result<T, Refused>,
) -> Result<T, Refusal> {
    let mut life = life(hold);
    let answer = rule(&mut life, seconds(now)).map_err(refusal)?;
    let by_time = life.is_due(seconds(now)).then_some(HoldStatus::Expired);
    let (status, ended_at) = match life.ended {
        None => (by_time.unwrap_or(HoldStatus::Active), by_time.map(|_| life.expires)),
        Some(Ended::Booked(at)) => (HoldStatus::Booked, Some(at)),
        Some(Ended::Released(at)) => (HoldStatus::Released, Some(at)),
        Some(Ended::ByOperator(at)) => (HoldStatus::Expired, Some(at)),
    };
    (hold.status, hold.ended_at) = (status, ended_at.map(instant));
    (hold.expires_at, hold.extensions) = (instant(life.expires), life.extensions);
    Ok(answer)
}

fn life(hold: &Hold) -> Life {
    let by_time = hold.ended_at == Some(hold.expires_at);
    let ended = hold.ended_at.map(seconds).and_then(|at| match hold.status {
        HoldStatus::Active => None,
        HoldStatus::Booked => Some(Ended::Booked(at)),
        HoldStatus::Released => Some(Ended::Released(at)),
        HoldStatus::Expired => (!by_time).then_some(Ended::ByOperator(at)),
    });
    Life {
        created: seconds(hold.created_at),
        ttl: hold.ttl_seconds.into(),
        expires: seconds(hold.expires_at),
        extensions: hold.extensions,
        ended,
    }
}

pub fn type_limits(ticket_type: &TicketType) -> TypeLimits {
    TypeLimits {
        type_no: number(ticket_type.ticket_type_id.as_uuid()),
        min: ticket_type.min_quantity,
        max: ticket_type.max_quantity,
    }
}

pub fn places(pool: &Pool) -> Places {
    Places { capacity: pool.capacity, held: pool.held, booked: pool.booked, blocked: pool.blocked }
}

/// Converts a refusal of the shared rules.
pub fn refusal(refused: Refused) -> Refusal {
    match refused {
        Refused::KeyReused => Refusal::IdempotencyKeyReused,
        Refused::InvalidToken => Refusal::InvalidPaymentToken,
        Refused::HoldExpired { at, now } => Refusal::HoldExpired { expired_at: instant(at), now: instant(now) },
        Refused::HoldNotActive { booked: true } => Refusal::HoldNotActive { status: HoldStatus::Booked },
        Refused::HoldNotActive { booked: false } => Refusal::HoldNotActive { status: HoldStatus::Released },
        Refused::ExtensionLimit { expires } => Refusal::ExtensionLimitReached { expires_at: instant(expires) },
        Refused::QuantityOutOfRange { type_no, requested, min, max } => {
            Refusal::QuantityOutOfRange { ticket_type_id: type_no.map(id), requested, min, max }
        }
        Refused::NotOnSale { status, ended } => {
            Refusal::EventNotOnSale { status: event_status(status), sale_ended_at: ended.map(instant) }
        }
        Refused::BelowCommitted { requested, least } => Refusal::CapacityBelowCommitted { requested, least },
        Refused::Insufficient { shortages, retry_at, now } => {
            let shortages = shortages.into_iter().map(|short| Shortage {
                pool_id: id(short.pool),
                ticket_type_ids: short.types.into_iter().map(id).collect(),
                requested: short.requested,
                available: short.available,
                held: short.held,
            });
            let retry_at = retry_at.map(instant);
            Refusal::InsufficientSeats { shortages: shortages.collect(), retry_at, now: instant(now) }
        }
        other => unreachable!("no shared rule refuses with {other:?}"),
    }
}
