//! Converts inventory's answers to the model's types, so that the two can be compared.

use boxoffice_engine::inventory::command::{Decision, Outcome, Refusal};
use boxoffice_engine::model::block::Block;
use boxoffice_engine::model::booking::Booking;
use boxoffice_engine::model::event::EventStatus;
use boxoffice_engine::model::hold::{Hold, HoldStatus};
use test_support::model::{self, BlockView, BookingView, Expected, HoldView, Refused, Shortage, Status};
use test_support::translate::{number, seconds};

/// Converts an answer to the model's form.
pub fn to_model(answer: &Decision) -> Expected {
    match answer {
        Ok(outcome) => outcome_to_model(outcome),
        Err(refusal) => Expected::Refused(refusal_to_model(refusal)),
    }
}

fn outcome_to_model(outcome: &Outcome) -> Expected {
    match outcome {
        Outcome::Placed { hold, replayed } => Expected::Placed { hold: hold_view(hold), replayed: *replayed },
        Outcome::Extended { hold, extensions_left, replayed, .. } => {
            Expected::Extended { hold: hold_view(hold), extensions_left: *extensions_left, replayed: *replayed }
        }
        Outcome::ItemsChanged { hold, .. } => Expected::ItemsChanged { hold: hold_view(hold) },
        Outcome::Released { hold_id } => Expected::Released { hold: number(hold_id.as_uuid()) },
        Outcome::Expired { hold_id } => Expected::Expired { hold: number(hold_id.as_uuid()) },
        Outcome::NotDue => Expected::NotDue,
        Outcome::Booked { booking, hold, replayed } => {
            Expected::Booked { booking: booking_view(booking, hold), replayed: *replayed }
        }
        Outcome::Cancelled { booking, hold } => Expected::Cancelled { booking: booking_view(booking, hold) },
        Outcome::Resized(pool) => Expected::Resized {
            pool: number(pool.pool_id.as_uuid()),
            capacity: pool.capacity,
            held: pool.held,
            booked: pool.booked,
            blocked: pool.blocked,
        },
        Outcome::Blocked { block, created } => Expected::Blocked { block: block_view(block), created: *created },
        Outcome::Unblocked { block } => Expected::Unblocked { block: block_view(block) },
        Outcome::Amended => Expected::Amended,
        Outcome::Deleted => Expected::Deleted,
    }
}

fn items(hold: &Hold) -> Vec<(usize, u32, i64)> {
    hold.items.iter().map(|item| (number(item.ticket_type_id.as_uuid()), item.quantity, item.unit_price)).collect()
}

fn hold_view(hold: &Hold) -> HoldView {
    HoldView {
        hold: number(hold.hold_id.as_uuid()),
        event: number(hold.event_id.as_uuid()),
        items: items(hold),
        quantity: hold.quantity(),
        total: hold.total(),
        created: seconds(hold.created_at),
        expires: seconds(hold.expires_at),
    }
}

fn booking_view(booking: &Booking, hold: &Hold) -> BookingView {
    BookingView {
        booking: number(booking.booking_id.as_uuid()),
        hold: number(booking.hold_id.as_uuid()),
        event: number(booking.event_id.as_uuid()),
        items: items(hold),
        created: seconds(booking.created_at),
        cancelled: booking.cancelled_at.map(seconds),
    }
}

/// Converts a block of places. A block of seats gets a pool number that the model never uses, so it equals none.
fn block_view(block: &Block) -> BlockView {
    let part = block.parts.first().filter(|part| block.parts.len() == 1 && part.seats.is_empty());
    BlockView {
        block: model::Block {
            event: number(block.event_id.as_uuid()),
            block: number(block.block_id.as_uuid()),
            pool: part.map_or(usize::MAX, |part| number(part.pool_id.as_uuid())),
            quantity: part.map_or(0, |part| part.quantity),
            reason: block.reason.clone(),
        },
        created: seconds(block.created_at),
        updated: seconds(block.updated_at),
    }
}

fn refusal_to_model(refusal: &Refusal) -> Refused {
    match refusal {
        Refusal::EventNotFound => Refused::EventNotFound,
        Refusal::PoolNotFound => Refused::PoolNotFound,
        Refusal::HoldNotFound => Refused::HoldNotFound,
        Refusal::BookingNotFound => Refused::BookingNotFound,
        Refusal::BlockNotFound => Refused::BlockNotFound,
        Refusal::TicketTypeNotFound { ticket_type_id } => Refused::TypeNotFound(number(ticket_type_id.as_uuid())),
        Refusal::TicketTypeRequired => Refused::TypeRequired,
        Refusal::EventNotOnSale { status: now, sale_ended_at } => {
            Refused::NotOnSale { status: status(*now), ended: sale_ended_at.map(seconds) }
        }
        Refusal::SaleNotStarted { starts_at, now } => {
            Refused::SaleNotStarted { starts: seconds(*starts_at), now: seconds(*now) }
        }
        Refusal::QuantityOutOfRange { ticket_type_id, requested, min, max } => Refused::QuantityOutOfRange {
            type_no: ticket_type_id.map(|id| number(id.as_uuid())),
            requested: *requested,
            min: *min,
            max: *max,
        },
        Refusal::InsufficientSeats { shortages, retry_at, now } => {
            let short = shortages.iter().map(|shortage| Shortage {
                pool: number(shortage.pool_id.as_uuid()),
                types: shortage.ticket_type_ids.iter().map(|id| number(id.as_uuid())).collect(),
                requested: shortage.requested,
                available: shortage.available,
                held: shortage.held,
            });
            Refused::Insufficient { shortages: short.collect(), retry_at: retry_at.map(seconds), now: seconds(*now) }
        }
        Refusal::NotInHold { ticket_type_id: Some(id), seats } if seats.is_empty() => {
            Refused::NotInHold(number(id.as_uuid()))
        }
        Refusal::IdempotencyKeyReused => Refused::KeyReused,
        Refusal::InvalidPaymentToken => Refused::InvalidToken,
        Refusal::HoldExpired { expired_at, now } => {
            Refused::HoldExpired { at: seconds(*expired_at), now: seconds(*now) }
        }
        Refusal::HoldNotActive { status } => Refused::HoldNotActive { booked: *status == HoldStatus::Booked },
        Refusal::ExtensionLimitReached { expires_at } => Refused::ExtensionLimit { expires: seconds(*expires_at) },
        Refusal::EventTooLarge { max } => Refused::EventTooLarge { max: *max },
        Refusal::CapacityBelowCommitted { requested, least } => {
            Refused::BelowCommitted { requested: *requested, least: *least }
        }
        Refusal::IllegalTransition { from, to } => Refused::IllegalMove { from: status(*from), to: status(*to) },
        Refusal::Contradictory(invalid) => Refused::EndNotAfterStart { sale_times: invalid.pointer == "/sale_ends_at" },
        Refusal::EventHasHistory => Refused::HasHistory,
        Refusal::SeatsNotFound { .. }
        | Refusal::SeatsUnavailable { .. }
        | Refusal::EventNotSeated
        | Refusal::GroupWithoutTicketType
        | Refusal::GroupOfTicketTypeWithoutSeats { .. }
        | Refusal::SeatsExpected { .. }
        | Refusal::SeatsOfAnotherPool { .. }
        | Refusal::SectionNotFound
        | Refusal::NotTogether { .. }
        | Refusal::LeavesOrphans { .. }
        | Refusal::PoolOfSeats { .. }
        | Refusal::NotInHold { .. } => Refused::AboutSeats,
    }
}

fn status(status: EventStatus) -> Status {
    match status {
        EventStatus::Draft => Status::Draft,
        EventStatus::OnSale => Status::OnSale,
        EventStatus::Closed => Status::Closed,
        EventStatus::Cancelled => Status::Cancelled,
    }
}
