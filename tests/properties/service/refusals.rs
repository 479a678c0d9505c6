//! Compares refusals: status, code, and the members that tell a client what to do.

use serde_json::{Value, json};
use test_support::model::{Refused, Shortage};
use test_support::violation::Violation;
use test_support::violation::check_equal;

use super::asking::status;
use super::calendar::Calendar;
use super::names::Names;
use super::replies::includes;
use crate::support::Reply;

pub fn check(refused: &Refused, reply: &Reply, names: &Names, calendar: &Calendar) -> Result<(), Violation> {
    let (status, code) = row(refused);
    check_equal("status", &reply.status.as_u16(), &status)?;
    check_equal("status in the body", &reply.body["status"], &json!(status))?;
    check_equal("code", &reply.body["code"], &json!(code))?;
    check_equal("content-type", &reply.header("content-type"), &"application/problem+json")?;
    check_equal("request_id", &reply.body["request_id"], &json!(reply.header("x-request-id")))?;
    includes(&reply.body, &members(refused, names))?;
    times(refused, &reply.body, calendar)
}

fn row(refused: &Refused) -> (u16, &'static str) {
    match refused {
        Refused::EventNotFound => (404, "EVENT_NOT_FOUND"),
        Refused::PoolNotFound => (404, "POOL_NOT_FOUND"),
        Refused::HoldNotFound => (404, "HOLD_NOT_FOUND"),
        Refused::BookingNotFound => (404, "BOOKING_NOT_FOUND"),
        Refused::BlockNotFound => (404, "BLOCK_NOT_FOUND"),
        Refused::TypeNotFound(_) => (404, "TICKET_TYPE_NOT_FOUND"),
        Refused::TypeRequired | Refused::EndNotAfterStart { .. } | Refused::EventTooLarge { .. } => {
            (422, "VALIDATION_FAILED")
        }
        Refused::NotOnSale { .. } => (409, "EVENT_NOT_ON_SALE"),
        Refused::SaleNotStarted { .. } => (403, "SALE_NOT_STARTED"),
        Refused::QuantityOutOfRange { .. } => (422, "QUANTITY_OUT_OF_RANGE"),
        Refused::Insufficient { .. } => (409, "INSUFFICIENT_SEATS"),
        Refused::NotInHold(_) => (409, "NOT_IN_HOLD"),
        Refused::KeyReused => (422, "IDEMPOTENCY_KEY_REUSED"),
        Refused::InvalidToken => (403, "INVALID_PAYMENT_TOKEN"),
        Refused::HoldExpired { .. } => (410, "HOLD_EXPIRED"),
        Refused::HoldNotActive { .. } => (409, "HOLD_NOT_ACTIVE"),
        Refused::ExtensionLimit { .. } => (409, "EXTENSION_LIMIT_REACHED"),
        Refused::BelowCommitted { .. } => (409, "CAPACITY_BELOW_COMMITTED"),
        Refused::IllegalMove { .. } => (409, "ILLEGAL_TRANSITION"),
        Refused::HasHistory => (409, "EVENT_HAS_HISTORY"),
        Refused::AboutSeats => unreachable!("no event of the model has seats"),
    }
}

fn members(refused: &Refused, names: &Names) -> Value {
    match refused {
        Refused::TypeNotFound(type_no) => json!({"ticket_type_id": names.ticket_type(*type_no)}),
        Refused::NotInHold(type_no) => json!({"ticket_type_id": names.ticket_type(*type_no)}),
        Refused::TypeRequired => json!({"pointer": "/items"}),
        Refused::EndNotAfterStart { sale_times } => {
            json!({"pointer": if *sale_times { "/sale_ends_at" } else { "/ends_at" }})
        }
        Refused::EventTooLarge { max } => json!({"pointer": "/capacity", "max": max}),
        Refused::NotOnSale { status: now, .. } => json!({"event_status": status(*now)}),
        Refused::QuantityOutOfRange { type_no, requested, min, max } => {
            let type_no = type_no.map(|type_no| names.ticket_type(type_no));
            json!({"ticket_type_id": type_no, "requested": requested, "min": min, "max": max})
        }
        Refused::Insufficient { shortages, .. } => {
            let sum = |count: fn(&Shortage) -> u32| shortages.iter().map(count).sum::<u32>();
            json!({
                "requested": sum(|short| short.requested),
                "available": sum(|short| short.available),
                "held": sum(|short| short.held),
                "shortages": shortages.iter().map(|short| shortage(short, names)).collect::<Vec<_>>(),
            })
        }
        Refused::HoldNotActive { booked } => json!({"hold_status": if *booked { "booked" } else { "released" }}),
        Refused::BelowCommitted { requested, least } => json!({"requested": requested, "least": least}),
        Refused::IllegalMove { from, to } => json!({"from": status(*from), "to": status(*to)}),
        _ => json!({}),
    }
}

fn shortage(short: &Shortage, names: &Names) -> Value {
    let Shortage { pool, types, requested, available, held } = short;
    let types: Vec<_> = types.iter().map(|type_no| names.ticket_type(*type_no)).collect();
    json!({
        "pool_id": names.pool(*pool), "ticket_type_ids": types,
        "requested": requested, "available": available, "held": held,
    })
}

fn times(refused: &Refused, body: &Value, calendar: &Calendar) -> Result<(), Violation> {
    match refused {
        Refused::NotOnSale { ended, .. } => calendar.same_instant("sale_ended_at", &body["sale_ended_at"], *ended),
        Refused::SaleNotStarted { starts, now } => {
            calendar.same_instant("starts_at", &body["starts_at"], Some(*starts))?;
            calendar.same_tick("server_time", &body["server_time"], Some(*now))
        }
        Refused::Insufficient { retry_at, now, .. } => {
            calendar.same_tick("retry_at", &body["retry_at"], *retry_at)?;
            calendar.same_tick("server_time", &body["server_time"], Some(*now))
        }
        Refused::HoldExpired { at, now } => {
            calendar.same_tick("expired_at", &body["expired_at"], Some(*at))?;
            calendar.same_tick("server_time", &body["server_time"], Some(*now))
        }
        Refused::ExtensionLimit { expires } => calendar.same_tick("expires_at", &body["expires_at"], Some(*expires)),
        _ => Ok(()),
    }
}
