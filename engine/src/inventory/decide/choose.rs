//! Choice of the items for a request: all of it or nothing.

use super::seats;
use crate::ids::{EventId, TicketTypeId};
use crate::inventory::batch_state::{BatchState, LoadedEvent, quantity_by_pool};
use crate::inventory::command::{Refusal, Shortage};
use crate::model::hold::{Amount, Item, RequestedItems};
use crate::settings::HoldRules;
use crate::time::Instant;

/// Chooses the items for a request, at the present prices. Expires overdue holds before it refuses for lack of
/// capacity. On success the items can be placed without further checks.
pub(super) fn choose(
    rules: &HoldRules,
    state: &mut BatchState,
    event_id: EventId,
    wanted: &RequestedItems,
) -> Result<Vec<Item>, Refusal> {
    let amounts = requested_amounts(rules, state, event_id, wanted)?;
    let mut items = Vec::with_capacity(amounts.len());
    for (ticket_type_id, amount) in amounts {
        items.push(new_item(state, event_id, ticket_type_id, amount)?);
    }
    check_quantities(rules, state, event_id, &items)?;
    // Seats before quantities, because the refusal of seats lists the seats that are unavailable.
    seats::check_available(state, event_id, &items)?;
    check_capacity(state, event_id, &items)?;
    // The picker already avoids orphans, and its best group is accepted even if it leaves some.
    if !matches!(wanted, RequestedItems::BestAvailable(_)) {
        seats::check_orphans(state, event_id, &items)?;
    }
    Ok(items)
}

/// The amount of each ticket type that a request is for. The best available seats are picked here.
fn requested_amounts(
    rules: &HoldRules,
    state: &mut BatchState,
    event_id: EventId,
    wanted: &RequestedItems,
) -> Result<Vec<(TicketTypeId, Amount)>, Refusal> {
    let event = state.event(event_id).ok_or(Refusal::EventNotFound)?;
    match wanted {
        RequestedItems::Places(quantity) => match event.ticket_types[..] {
            [only] => Ok(vec![(only, Amount::Places(*quantity))]),
            _ => Err(Refusal::TicketTypeRequired),
        },
        RequestedItems::Items(items) => Ok(items.clone()),
        RequestedItems::Seats(seats) => {
            let by_type = seats::group_by_ticket_type(state, event, seats)?;
            Ok(by_type.into_iter().map(|(ticket_type_id, seats)| (ticket_type_id, Amount::Seats(seats))).collect())
        }
        RequestedItems::BestAvailable(group) => {
            // Before the picker searches for a group that no hold may have.
            check_hold_quantity(rules, event, group.size.get())?;
            let (ticket_type_id, seats) = seats::pick_best(state, event_id, group)?;
            Ok(vec![(ticket_type_id, Amount::Seats(seats))])
        }
    }
}

/// An item of one ticket type. Checks that the ticket type is of the event, and that the amount fits the pool: seats of
/// the pool if it has seats, a quantity if not.
fn new_item(
    state: &BatchState,
    event_id: EventId,
    ticket_type_id: TicketTypeId,
    amount: Amount,
) -> Result<Item, Refusal> {
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
            seats::check_pool(state, event_id, (ticket_type_id, pool_id), &seats)?;
            (u32::try_from(seats.len()).expect("a layout has fewer seats than u32::MAX"), seats)
        }
    };
    Ok(Item { ticket_type_id, pool_id, quantity, unit_price: ticket_type.price, seats })
}

/// Checks the quantity of the hold, and the quantity of each ticket type.
fn check_quantities(rules: &HoldRules, state: &BatchState, event_id: EventId, items: &[Item]) -> Result<(), Refusal> {
    let event = state.event(event_id).ok_or(Refusal::EventNotFound)?;
    let hold_max = check_hold_quantity(rules, event, items.iter().map(|item| item.quantity).sum())?;
    for item in items {
        let ticket_type_id = item.ticket_type_id;
        let ticket_type = state.ticket_type(ticket_type_id).ok_or(Refusal::TicketTypeNotFound { ticket_type_id })?;
        let (min, max) = (ticket_type.min_quantity, ticket_type.max_quantity.map_or(hold_max, |max| max.min(hold_max)));
        if item.quantity < min || item.quantity > max {
            let ticket_type_id = Some(item.ticket_type_id);
            return Err(Refusal::QuantityOutOfRange { ticket_type_id, requested: item.quantity, min, max });
        }
    }
    Ok(())
}

/// Checks the quantity of the whole hold. Returns the maximum, in places.
fn check_hold_quantity(rules: &HoldRules, event: &LoadedEvent, requested: u32) -> Result<u32, Refusal> {
    let max = event.terms.max_quantity_per_hold.map_or(rules.quantity_max, |max| max.min(rules.quantity_max));
    if requested > max {
        return Err(Refusal::QuantityOutOfRange { ticket_type_id: None, requested, min: 1, max });
    }
    Ok(max)
}

/// Checks that the pools have the capacity. If not, expires overdue holds and checks again.
fn check_capacity(state: &mut BatchState, event_id: EventId, items: &[Item]) -> Result<(), Refusal> {
    if find_shortages(state, items).is_empty() {
        return Ok(());
    }
    state.expire_overdue(event_id);
    let shortages = find_shortages(state, items);
    if shortages.is_empty() {
        return Ok(());
    }
    let retry_at = find_retry_at(state, &shortages);
    Err(Refusal::InsufficientSeats { shortages, retry_at, now: state.now })
}

/// Pools with less available capacity than the items need.
fn find_shortages(state: &BatchState, items: &[Item]) -> Vec<Shortage> {
    let mut shortages = Vec::new();
    for (pool_id, requested) in quantity_by_pool(items) {
        let Some(pool) = state.pool(pool_id) else { continue };
        if pool.available() < requested {
            let of_pool = items.iter().filter(|item| item.pool_id == pool_id);
            shortages.push(Shortage {
                pool_id,
                ticket_type_ids: of_pool.map(|item| item.ticket_type_id).collect(),
                requested,
                available: pool.available(),
                held: pool.held,
            });
        }
    }
    shortages
}

/// Earliest time at which expiring holds could give every short pool some capacity back. `None` if some pool would be
/// short even without any hold.
pub(super) fn find_retry_at(state: &BatchState, shortages: &[Shortage]) -> Option<Instant> {
    if shortages.iter().any(|short| short.available + short.held < short.requested) {
        return None;
    }
    // Every short pool must get some capacity back, hence the latest of the pools' next expiries.
    shortages.iter().map(|short| state.next_expiry(short.pool_id)).collect::<Option<Vec<_>>>()?.into_iter().max()
}
