//! Rules for new items of a hold: a change by its client, and a booking of only a portion of it.

use std::collections::BTreeSet;

use super::choose::choose;
use super::holds::{check_active, check_possession};
use super::place::check_on_sale;
use crate::ids::{HoldId, TicketTypeId};
use crate::inventory::batch_state::BatchState;
use crate::inventory::command::{Decision, Outcome, Refusal};
use crate::model::hold::Possession;
use crate::model::hold::{Amount, Hold, Item, Portion, RequestedItems};
use crate::seating::SeatIndex;
use crate::settings::HoldRules;

/// Replaces the items of a hold. Its present capacity counts as free, so it can keep some of its seats. The expiry does
/// not change, and ticket types that it already has keep their price.
pub(super) fn change_items(
    rules: &HoldRules,
    state: &mut BatchState,
    (hold_id, possession): (HoldId, Possession),
    wanted: &RequestedItems,
) -> Decision {
    let hold = check_possession(state, hold_id, possession)?.clone();
    check_active(state, &hold)?;
    if already_has(&hold, wanted) {
        return Ok(Outcome::ItemsChanged { hold, at: state.now });
    }
    check_on_sale(state, state.event(hold.event_id).ok_or(Refusal::EventNotFound)?)?;
    let chosen = state.while_replacing(hold_id, |state| choose(rules, state, hold.event_id, wanted))?;
    let items = keep_prices(&hold, chosen);
    if items != hold.items {
        state.change_items(hold_id, items);
    }
    let hold = state.hold(hold_id).ok_or(Refusal::HoldNotFound)?.clone();
    Ok(Outcome::ItemsChanged { hold, at: state.now })
}

/// Whether the hold already has the requested items. Then the request may be the repeat of one whose response was lost,
/// and succeeds even if the event is no longer on sale. Best available seats are always picked again.
fn already_has(hold: &Hold, wanted: &RequestedItems) -> bool {
    match wanted {
        RequestedItems::Places(quantity) => match &hold.items[..] {
            [only] => has_amount(only, &Amount::Places(*quantity)),
            _ => false,
        },
        RequestedItems::Items(wanted) => {
            // Both are sorted by ticket type.
            let mut pairs = hold.items.iter().zip(wanted);
            hold.items.len() == wanted.len()
                && pairs.all(|(item, (ticket_type_id, amount))| {
                    item.ticket_type_id == *ticket_type_id && has_amount(item, amount)
                })
        }
        RequestedItems::Seats(seats) => {
            hold.items.iter().all(|item| !item.seats.is_empty()) && seats_of(hold) == seats.iter().copied().collect()
        }
        RequestedItems::BestAvailable(_) => false,
    }
}

/// Whether the item is exactly this amount.
fn has_amount(item: &Item, amount: &Amount) -> bool {
    match amount {
        Amount::Places(quantity) => item.seats.is_empty() && item.quantity == quantity.get(),
        Amount::Seats(seats) => item.seats == *seats,
    }
}

fn seats_of(hold: &Hold) -> BTreeSet<SeatIndex> {
    hold.items.iter().flat_map(|item| &item.seats).copied().collect()
}

/// Sets the prices of ticket types that the hold already has to its own, for additional quantities too.
fn keep_prices(hold: &Hold, mut items: Vec<Item>) -> Vec<Item> {
    for item in &mut items {
        if let Some(held) = find_item(hold, item.ticket_type_id) {
            item.unit_price = held.unit_price;
        }
    }
    items
}

fn find_item(hold: &Hold, ticket_type_id: TicketTypeId) -> Option<&Item> {
    hold.items.iter().find(|item| item.ticket_type_id == ticket_type_id)
}

/// The items of a hold that belong to the portion to book.
pub(super) fn portion_items(state: &BatchState, hold: &Hold, portion: &Portion) -> Result<Vec<Item>, Refusal> {
    let items = match portion {
        Portion::Seats(seats) => items_with_seats(hold, seats)?,
        Portion::Items(amounts) => items_with_amounts(hold, amounts)?,
    };
    for item in &items {
        check_min_quantity(state, hold, item)?;
    }
    Ok(items)
}

/// A portion obeys the smallest quantity of the ticket type. The largest quantity is not checked: the held quantity
/// obeyed it, and a client that may book all of it may book less, even if the limit has been lowered since.
fn check_min_quantity(state: &BatchState, hold: &Hold, item: &Item) -> Result<(), Refusal> {
    let Item { ticket_type_id, quantity: requested, .. } = *item;
    let min = state.ticket_type(ticket_type_id).ok_or(Refusal::TicketTypeNotFound { ticket_type_id })?.min_quantity;
    if requested >= min {
        return Ok(());
    }
    let max = find_item(hold, ticket_type_id).map_or(requested, |held| held.quantity);
    Err(Refusal::QuantityOutOfRange { ticket_type_id: Some(ticket_type_id), requested, min, max })
}

/// The items of a hold, each reduced to those of its seats that are in `seats`. Items without such seats are left out.
fn items_with_seats(hold: &Hold, seats: &[SeatIndex]) -> Result<Vec<Item>, Refusal> {
    let held = seats_of(hold);
    let not_in_hold: Vec<SeatIndex> = seats.iter().copied().filter(|seat| !held.contains(seat)).collect();
    if !not_in_hold.is_empty() {
        return Err(Refusal::NotInHold { ticket_type_id: None, seats: not_in_hold });
    }
    let mut items = Vec::new();
    for item in &hold.items {
        let kept: Vec<SeatIndex> = item.seats.iter().copied().filter(|seat| seats.contains(seat)).collect();
        if !kept.is_empty() {
            items.push(reduce_to_seats(item, kept));
        }
    }
    Ok(items)
}

/// The items of a hold that have the requested ticket types, each reduced to the requested amount.
fn items_with_amounts(hold: &Hold, amounts: &[(TicketTypeId, Amount)]) -> Result<Vec<Item>, Refusal> {
    let mut items = Vec::new();
    for (ticket_type_id, amount) in amounts {
        let ticket_type_id = *ticket_type_id;
        let not_in_hold = Refusal::NotInHold { ticket_type_id: Some(ticket_type_id), seats: Vec::new() };
        let item = find_item(hold, ticket_type_id).ok_or(not_in_hold)?;
        items.push(match amount {
            Amount::Places(quantity) => reduce_to_quantity(item, quantity.get())?,
            Amount::Seats(seats) => reduce_to_named_seats(item, seats)?,
        });
    }
    Ok(items)
}

/// The item with this quantity. An item with seats has only its whole quantity: for less, the seats must be named.
fn reduce_to_quantity(item: &Item, quantity: u32) -> Result<Item, Refusal> {
    let ticket_type_id = item.ticket_type_id;
    if !item.seats.is_empty() && quantity != item.quantity {
        return Err(Refusal::SeatsExpected { ticket_type_id, expected: true });
    }
    if quantity > item.quantity {
        return Err(Refusal::NotInHold { ticket_type_id: Some(ticket_type_id), seats: Vec::new() });
    }
    Ok(Item { quantity, ..item.clone() })
}

/// The item with only these seats, if it has them all.
fn reduce_to_named_seats(item: &Item, seats: &[SeatIndex]) -> Result<Item, Refusal> {
    let ticket_type_id = item.ticket_type_id;
    if item.seats.is_empty() {
        return Err(Refusal::SeatsExpected { ticket_type_id, expected: false });
    }
    let not_in_item: Vec<SeatIndex> = seats.iter().copied().filter(|seat| !item.seats.contains(seat)).collect();
    if !not_in_item.is_empty() {
        return Err(Refusal::NotInHold { ticket_type_id: Some(ticket_type_id), seats: not_in_item });
    }
    Ok(reduce_to_seats(item, seats.to_vec()))
}

/// The item with only these of its seats.
fn reduce_to_seats(item: &Item, seats: Vec<SeatIndex>) -> Item {
    let quantity = u32::try_from(seats.len()).expect("an item has fewer seats than u32::MAX");
    Item { quantity, seats, ..item.clone() }
}
