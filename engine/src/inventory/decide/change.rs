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
        RequestedItems::Places(quantity) => {
            matches!(&hold.items[..], [only] if only.seats.is_empty() && only.quantity == quantity.get())
        }
        RequestedItems::Items(wanted) => {
            let is_same = |(item, (ticket_type_id, amount)): (&Item, &(TicketTypeId, Amount))| {
                let same_amount = match amount {
                    Amount::Places(quantity) => item.seats.is_empty() && item.quantity == quantity.get(),
                    Amount::Seats(seats) => item.seats == *seats,
                };
                item.ticket_type_id == *ticket_type_id && same_amount
            };
            hold.items.len() == wanted.len() && hold.items.iter().zip(wanted).all(is_same)
        }
        RequestedItems::Seats(seats) => {
            let held: BTreeSet<&SeatIndex> = hold.items.iter().flat_map(|item| &item.seats).collect();
            hold.items.iter().all(|item| !item.seats.is_empty()) && held == seats.iter().collect()
        }
        RequestedItems::BestAvailable(_) => false,
    }
}

/// Sets the prices of ticket types that the hold already has to its own, for additional quantities too.
fn keep_prices(hold: &Hold, mut items: Vec<Item>) -> Vec<Item> {
    for item in &mut items {
        let held = hold.items.iter().find(|held| held.ticket_type_id == item.ticket_type_id);
        item.unit_price = held.map_or(item.unit_price, |held| held.unit_price);
    }
    items
}

/// The items of a hold that belong to the portion to book.
pub(super) fn portion_items(state: &BatchState, hold: &Hold, portion: &Portion) -> Result<Vec<Item>, Refusal> {
    let items = match portion {
        Portion::Seats(seats) => items_with_seats(hold, seats)?,
        Portion::Items(items) => {
            let part = |(ticket_type_id, amount): &(TicketTypeId, Amount)| item_part(hold, *ticket_type_id, amount);
            items.iter().map(part).collect::<Result<_, _>>()?
        }
    };
    items.iter().try_for_each(|item| check_min_quantity(state, hold, item))?;
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
    let held = hold.items.iter().find(|held| held.ticket_type_id == ticket_type_id);
    let max = held.map_or(requested, |held| held.quantity);
    Err(Refusal::QuantityOutOfRange { ticket_type_id: Some(ticket_type_id), requested, min, max })
}

/// The items of a hold, each reduced to those of its seats that are in `seats`. Items without such seats are left out.
fn items_with_seats(hold: &Hold, seats: &[SeatIndex]) -> Result<Vec<Item>, Refusal> {
    let held: BTreeSet<SeatIndex> = hold.items.iter().flat_map(|item| &item.seats).copied().collect();
    let not_in_hold: Vec<SeatIndex> = seats.iter().copied().filter(|seat| !held.contains(seat)).collect();
    if !not_in_hold.is_empty() {
        return Err(Refusal::NotInHold { ticket_type_id: None, seats: not_in_hold });
    }
    let reduce =
        |item: &Item| reduce_to_seats(item, item.seats.iter().copied().filter(|seat| seats.contains(seat)).collect());
    Ok(hold.items.iter().map(reduce).filter(|item| item.quantity > 0).collect())
}

/// The requested part of the hold's item of a ticket type.
fn item_part(hold: &Hold, ticket_type_id: TicketTypeId, amount: &Amount) -> Result<Item, Refusal> {
    let refusal = |seats| Refusal::NotInHold { ticket_type_id: Some(ticket_type_id), seats };
    let held = hold.items.iter().find(|item| item.ticket_type_id == ticket_type_id);
    let held = held.ok_or_else(|| refusal(Vec::new()))?;
    match amount {
        // The quantity of a whole item is enough: then the seats need not be named.
        Amount::Places(quantity) if !held.seats.is_empty() && quantity.get() != held.quantity => {
            Err(Refusal::SeatsExpected { ticket_type_id, expected: true })
        }
        Amount::Places(quantity) if quantity.get() > held.quantity => Err(refusal(Vec::new())),
        Amount::Places(quantity) => Ok(Item { quantity: quantity.get(), ..held.clone() }),
        Amount::Seats(_) if held.seats.is_empty() => Err(Refusal::SeatsExpected { ticket_type_id, expected: false }),
        Amount::Seats(seats) => {
            let not_in_hold: Vec<SeatIndex> = seats.iter().copied().filter(|seat| !held.seats.contains(seat)).collect();
            if not_in_hold.is_empty() { Ok(reduce_to_seats(held, seats.clone())) } else { Err(refusal(not_in_hold)) }
        }
    }
}

/// The item with only these of its seats.
fn reduce_to_seats(item: &Item, seats: Vec<SeatIndex>) -> Item {
    let quantity = u32::try_from(seats.len()).expect("an item has fewer seats than u32::MAX");
    Item { quantity, seats, ..item.clone() }
}
