//! What somebody gets for what they want: all of it or nothing.

use super::seats;
use crate::domain::hold::{Amount, Item, Wanted};
use crate::domain::hold_rules::HoldRules;
use crate::domain::ids::{EventId, TicketTypeId};
use crate::domain::time::Instant;
use crate::inventory::batch_state::{BatchState, LoadedEvent, quantity_by_pool};
use crate::inventory::command::{Refusal, Shortage};

/// The items of a hold that can be placed as it is, at today's prices.
pub(super) fn choose(
    rules: &HoldRules,
    state: &mut BatchState,
    event_id: EventId,
    wanted: &Wanted,
) -> Result<Vec<Item>, Refusal> {
    let event = state.event(event_id).ok_or(Refusal::EventNotFound)?;
    let picked = matches!(wanted, Wanted::BestAvailable(_));
    let items = match wanted {
        Wanted::BestAvailable(wanted) => {
            within_hold(rules, event, wanted.size.get())?;
            let (ticket_type_id, seats) = seats::best(state, event_id, wanted)?;
            vec![item(state, event_id, ticket_type_id, Amount::Seats(seats))?]
        }
        by_hand => items(state, event, by_hand)?,
    };
    quantities_in_range(rules, state, event_id, &items)?;
    // First the seats, so that who named some is told which are gone.
    seats::available(state, event_id, &items)?;
    make_room(state, event_id, &items)?;
    if !picked {
        seats::leave_no_orphans(state, event_id, &items)?;
    }
    Ok(items)
}

fn items(state: &BatchState, event: &LoadedEvent, wanted: &Wanted) -> Result<Vec<Item>, Refusal> {
    let named: Vec<(TicketTypeId, Amount)> = match wanted {
        Wanted::Places(quantity) => match event.ticket_types[..] {
            [only] => vec![(only, Amount::Places(*quantity))],
            _ => return Err(Refusal::TicketTypeRequired),
        },
        Wanted::Items(items) => items.clone(),
        Wanted::Seats(seats) => {
            let by_type = seats::by_ticket_type(state, event, seats)?;
            by_type.into_iter().map(|(id, seats)| (id, Amount::Seats(seats))).collect()
        }
        Wanted::BestAvailable(_) => unreachable!("the seats of a group are picked"),
    };
    named.into_iter().map(|(ticket_type_id, amount)| item(state, event.event_id, ticket_type_id, amount)).collect()
}

fn item(state: &BatchState, event_id: EventId, ticket_type_id: TicketTypeId, amount: Amount) -> Result<Item, Refusal> {
    let ticket_type = (state.ticket_type(ticket_type_id))
        .filter(|ticket_type| ticket_type.event_id == event_id)
        .ok_or(Refusal::TicketTypeNotFound { ticket_type_id })?;
    let pool_id = ticket_type.pool_id;
    let (quantity, seats) = match amount {
        Amount::Places(_) if seats::has_seats(state, event_id, pool_id) => {
            return Err(Refusal::SeatsExpected { ticket_type_id, expected: true });
        }
        Amount::Places(quantity) => (quantity.get(), Vec::new()),
        Amount::Seats(seats) => {
            seats::of_pool(state, event_id, (ticket_type_id, pool_id), &seats)?;
            (u32::try_from(seats.len()).expect("no layout has so many seats"), seats)
        }
    };
    Ok(Item { ticket_type_id, pool_id, quantity, unit_price: ticket_type.price, seats })
}

fn quantities_in_range(
    rules: &HoldRules,
    state: &BatchState,
    event_id: EventId,
    items: &[Item],
) -> Result<(), Refusal> {
    let event = state.event(event_id).ok_or(Refusal::EventNotFound)?;
    let max = within_hold(rules, event, items.iter().map(|item| item.quantity).sum())?;
    for item in items {
        let ticket_type_id = item.ticket_type_id;
        let ticket_type = state.ticket_type(ticket_type_id).ok_or(Refusal::TicketTypeNotFound { ticket_type_id })?;
        let (min, max) = (ticket_type.min_quantity, ticket_type.max_quantity.map_or(max, |own| own.min(max)));
        if item.quantity < min || item.quantity > max {
            let ticket_type_id = Some(item.ticket_type_id);
            return Err(Refusal::QuantityOutOfRange { ticket_type_id, requested: item.quantity, min, max });
        }
    }
    Ok(())
}

/// Returns the most that one hold may have, if it is enough.
fn within_hold(rules: &HoldRules, event: &LoadedEvent, requested: u32) -> Result<u32, Refusal> {
    let max = event.terms.max_quantity_per_hold.map_or(rules.quantity_max, |max| max.min(rules.quantity_max));
    if requested > max {
        return Err(Refusal::QuantityOutOfRange { ticket_type_id: None, requested, min: 1, max });
    }
    Ok(max)
}

/// Before anybody is told "sold out", what is overdue is expired.
fn make_room(state: &mut BatchState, event_id: EventId, items: &[Item]) -> Result<(), Refusal> {
    if shortages(state, items).is_empty() {
        return Ok(());
    }
    state.expire_overdue(event_id);
    let shortages = shortages(state, items);
    if shortages.is_empty() {
        return Ok(());
    }
    let retry_at = retry_at(state, &shortages);
    Err(Refusal::InsufficientSeats { shortages, retry_at, now: state.now })
}

fn shortages(state: &BatchState, items: &[Item]) -> Vec<Shortage> {
    let drawing_from = |pool_id| items.iter().filter(move |item| item.pool_id == pool_id);
    let short = quantity_by_pool(items).into_iter().filter_map(|(pool_id, requested)| {
        let pool = state.pool(pool_id)?;
        (pool.available() < requested).then(|| Shortage {
            pool_id,
            ticket_type_ids: drawing_from(pool_id).map(|item| item.ticket_type_id).collect(),
            requested,
            available: pool.available(),
            held: pool.held,
        })
    });
    short.collect()
}

/// The earliest expiry that could help. None could if some pool would stay short with every hold gone.
pub(super) fn retry_at(state: &BatchState, shortages: &[Shortage]) -> Option<Instant> {
    if shortages.iter().any(|short| short.available + short.held < short.requested) {
        return None;
    }
    // Every short pool must get something back, so the latest of their earliest expiries is the first moment that could do.
    shortages.iter().map(|short| state.next_expiry(short.pool_id)).collect::<Option<Vec<_>>>()?.into_iter().max()
}
