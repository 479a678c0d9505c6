//! Other items for a hold: more, fewer, other seats, or only some of them booked.

use std::collections::BTreeSet;

use super::choose::choose;
use super::holds::{possessed, still_active};
use super::place::on_sale;
use crate::domain::hold::{Amount, Hold, Item, Portion, Wanted};
use crate::domain::hold_rules::HoldRules;
use crate::domain::ids::{HoldId, TicketTypeId};
use crate::domain::payment_token::Possession;
use crate::domain::seating::SeatIndex;
use crate::inventory::batch_state::BatchState;
use crate::inventory::command::{Answer, Outcome, Refusal};

/// What the hold has counts as free, so seats that it keeps are no obstacle. Its expiry stays, and so do the prices of the
/// ticket types that it has already.
pub(super) fn change_items(
    rules: &HoldRules,
    state: &mut BatchState,
    (hold_id, possession): (HoldId, Possession),
    wanted: &Wanted,
) -> Answer {
    let hold = possessed(state, hold_id, possession)?.clone();
    still_active(state, &hold)?;
    if has_already(&hold, wanted) {
        return Ok(Outcome::ItemsChanged { hold, at: state.now });
    }
    on_sale(state, state.event(hold.event_id).ok_or(Refusal::EventNotFound)?)?;
    let chosen = state.while_lent(hold_id, |state| choose(rules, state, hold.event_id, wanted))?;
    let items = at_prices_of(&hold, chosen);
    if items != hold.items {
        state.change_items(hold_id, items);
    }
    let hold = state.hold(hold_id).ok_or(Refusal::HoldNotFound)?.clone();
    Ok(Outcome::ItemsChanged { hold, at: state.now })
}

/// A repeat whose first answer was lost is no new wish, whatever became of the event since. The best seats are looked for anew.
fn has_already(hold: &Hold, wanted: &Wanted) -> bool {
    match wanted {
        Wanted::Places(quantity) => {
            matches!(&hold.items[..], [only] if only.seats.is_empty() && only.quantity == quantity.get())
        }
        Wanted::Items(wanted) => {
            let is_held = |(item, (ticket_type_id, amount)): (&Item, &(TicketTypeId, Amount))| {
                let same = match amount {
                    Amount::Places(quantity) => item.seats.is_empty() && item.quantity == quantity.get(),
                    Amount::Seats(seats) => item.seats == *seats,
                };
                item.ticket_type_id == *ticket_type_id && same
            };
            hold.items.len() == wanted.len() && hold.items.iter().zip(wanted).all(is_held)
        }
        Wanted::Seats(seats) => {
            let held: BTreeSet<&SeatIndex> = hold.items.iter().flat_map(|item| &item.seats).collect();
            hold.items.iter().all(|item| !item.seats.is_empty()) && held == seats.iter().collect()
        }
        Wanted::BestAvailable(_) => false,
    }
}

/// A ticket type that is held already costs what it cost when it was held, also if there is more of it now.
fn at_prices_of(hold: &Hold, mut items: Vec<Item>) -> Vec<Item> {
    for item in &mut items {
        let held = hold.items.iter().find(|held| held.ticket_type_id == item.ticket_type_id);
        item.unit_price = held.map_or(item.unit_price, |held| held.unit_price);
    }
    items
}

/// The items of a hold when only a portion of it is booked.
pub(super) fn portion_of(state: &BatchState, hold: &Hold, portion: &Portion) -> Result<Vec<Item>, Refusal> {
    let items = match portion {
        Portion::Seats(seats) => of_seats(hold, seats)?,
        Portion::Items(items) => {
            let of_item = |(ticket_type_id, amount): &(TicketTypeId, Amount)| of_item(hold, *ticket_type_id, amount);
            items.iter().map(of_item).collect::<Result<_, _>>()?
        }
    };
    items.iter().try_for_each(|item| not_too_few(state, hold, item))?;
    Ok(items)
}

/// A ticket type that is sold in pairs is booked in pairs. No upper limit matters: what is held was within it when it was held,
/// and who may book all of that may book less, though the limit is lower now.
fn not_too_few(state: &BatchState, hold: &Hold, item: &Item) -> Result<(), Refusal> {
    let Item { ticket_type_id, quantity: requested, .. } = *item;
    let min = state.ticket_type(ticket_type_id).ok_or(Refusal::TicketTypeNotFound { ticket_type_id })?.min_quantity;
    if requested >= min {
        return Ok(());
    }
    let held = hold.items.iter().find(|held| held.ticket_type_id == ticket_type_id);
    let max = held.map_or(requested, |held| held.quantity);
    Err(Refusal::QuantityOutOfRange { ticket_type_id: Some(ticket_type_id), requested, min, max })
}

fn of_seats(hold: &Hold, seats: &[SeatIndex]) -> Result<Vec<Item>, Refusal> {
    let held: BTreeSet<SeatIndex> = hold.items.iter().flat_map(|item| &item.seats).copied().collect();
    let strange: Vec<SeatIndex> = seats.iter().copied().filter(|seat| !held.contains(seat)).collect();
    if !strange.is_empty() {
        return Err(Refusal::NotInHold { ticket_type_id: None, seats: strange });
    }
    let of_item =
        |item: &Item| with_seats(item, item.seats.iter().copied().filter(|seat| seats.contains(seat)).collect());
    Ok(hold.items.iter().map(of_item).filter(|item| item.quantity > 0).collect())
}

fn of_item(hold: &Hold, ticket_type_id: TicketTypeId, amount: &Amount) -> Result<Item, Refusal> {
    let not_in_hold = |seats| Refusal::NotInHold { ticket_type_id: Some(ticket_type_id), seats };
    let held = hold.items.iter().find(|item| item.ticket_type_id == ticket_type_id);
    let held = held.ok_or_else(|| not_in_hold(Vec::new()))?;
    match amount {
        // All of the seats need not be named one by one.
        Amount::Places(quantity) if !held.seats.is_empty() && quantity.get() != held.quantity => {
            Err(Refusal::SeatsExpected { ticket_type_id, expected: true })
        }
        Amount::Places(quantity) if quantity.get() > held.quantity => Err(not_in_hold(Vec::new())),
        Amount::Places(quantity) => Ok(Item { quantity: quantity.get(), ..held.clone() }),
        Amount::Seats(_) if held.seats.is_empty() => Err(Refusal::SeatsExpected { ticket_type_id, expected: false }),
        Amount::Seats(seats) => {
            let strange: Vec<SeatIndex> = seats.iter().copied().filter(|seat| !held.seats.contains(seat)).collect();
            if strange.is_empty() { Ok(with_seats(held, seats.clone())) } else { Err(not_in_hold(strange)) }
        }
    }
}

fn with_seats(item: &Item, seats: Vec<SeatIndex>) -> Item {
    let quantity = u32::try_from(seats.len()).expect("no more than the item has");
    Item { quantity, seats, ..item.clone() }
}
