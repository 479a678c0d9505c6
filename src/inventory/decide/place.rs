//! Placing a hold: all or nothing.

use time::Duration;

use crate::domain::event::EventStatus;
use crate::domain::hold::{Hold, HoldStatus, Idempotency, Item, Wanted};
use crate::domain::hold_rules::HoldRules;
use crate::domain::quantity::Quantity;
use crate::domain::time::Instant;
use crate::inventory::command::{Answer, Outcome, Place, Refusal, Shortage};
use crate::inventory::shelf::{Shelf, ShelvedEvent, quantity_by_pool};

pub(super) fn place(rules: &HoldRules, shelf: &mut Shelf, place: &Place) -> Answer {
    // A repeat is answered before the present is judged: the first try may have taken the last seat.
    if let Some(idempotency) = &place.idempotency
        && let Some(first) = shelf.hold_with_key(idempotency.key)
    {
        return replay(first, idempotency);
    }
    let event = shelf.event(place.event_id).ok_or(Refusal::EventNotFound)?;
    on_sale(shelf, event)?;
    let items = items(shelf, event, &place.wanted)?;
    quantities_in_range(rules, shelf, event, &items)?;
    let ttl_seconds = place.ttl_seconds.or(event.terms.hold_ttl_seconds).unwrap_or(rules.ttl_seconds_default);
    let currency = event.terms.currency;
    make_room(shelf, place, &items)?;

    let hold = Hold {
        hold_id: place.hold_id,
        event_id: place.event_id,
        status: HoldStatus::Active,
        items,
        currency,
        ttl_seconds,
        extensions: 0,
        created_at: shelf.now,
        expires_at: shelf.now + Duration::seconds(ttl_seconds.into()),
        ended_at: None,
        idempotency: place.idempotency.clone(),
    };
    shelf.place(hold.clone());
    Ok(Outcome::Placed { hold, replayed: false })
}

/// The same answer as the first time, whatever became of the hold since.
fn replay(first: &Hold, idempotency: &Idempotency) -> Answer {
    if first.idempotency.as_ref() != Some(idempotency) {
        return Err(Refusal::IdempotencyKeyReused);
    }
    let hold = Hold {
        status: HoldStatus::Active,
        extensions: 0,
        expires_at: first.created_at + Duration::seconds(first.ttl_seconds.into()),
        ended_at: None,
        ..first.clone()
    };
    Ok(Outcome::Placed { hold, replayed: true })
}

fn on_sale(shelf: &Shelf, event: &ShelvedEvent) -> Result<(), Refusal> {
    let terms = &event.terms;
    if terms.status != EventStatus::OnSale {
        return Err(Refusal::EventNotOnSale { status: terms.status, sale_ended_at: None });
    }
    if let Some(starts_at) = terms.sale_starts_at.filter(|starts_at| shelf.now < *starts_at) {
        return Err(Refusal::SaleNotStarted { starts_at, now: shelf.now });
    }
    if let Some(ended_at) = terms.sale_ends_at.filter(|ends_at| *ends_at <= shelf.now) {
        return Err(Refusal::EventNotOnSale { status: terms.status, sale_ended_at: Some(ended_at) });
    }
    Ok(())
}

fn items(shelf: &Shelf, event: &ShelvedEvent, wanted: &Wanted) -> Result<Vec<Item>, Refusal> {
    let named = match wanted {
        Wanted::Places(quantity) => match event.ticket_types[..] {
            [only] => vec![(only, *quantity)],
            _ => return Err(Refusal::TicketTypeRequired),
        },
        Wanted::Items(items) => items.clone(),
    };
    let item = |(ticket_type_id, quantity): (_, Quantity)| {
        let ticket_type = (shelf.ticket_type(ticket_type_id))
            .filter(|ticket_type| ticket_type.event_id == event.event_id)
            .ok_or(Refusal::TicketTypeNotFound { ticket_type_id })?;
        Ok(Item {
            ticket_type_id,
            pool_id: ticket_type.pool_id,
            quantity: quantity.get(),
            unit_price: ticket_type.price,
        })
    };
    named.into_iter().map(item).collect()
}

fn quantities_in_range(rules: &HoldRules, shelf: &Shelf, event: &ShelvedEvent, items: &[Item]) -> Result<(), Refusal> {
    let max = event.terms.max_quantity_per_hold.map_or(rules.quantity_max, |max| max.min(rules.quantity_max));
    let requested = items.iter().map(|item| item.quantity).sum();
    if requested > max {
        return Err(Refusal::QuantityOutOfRange { ticket_type_id: None, requested, min: 1, max });
    }
    for item in items {
        let ticket_type = shelf.ticket_type(item.ticket_type_id).ok_or(Refusal::EventNotFound)?;
        let (min, max) = (ticket_type.min_quantity, ticket_type.max_quantity.map_or(max, |own| own.min(max)));
        if item.quantity < min || item.quantity > max {
            let ticket_type_id = Some(item.ticket_type_id);
            return Err(Refusal::QuantityOutOfRange { ticket_type_id, requested: item.quantity, min, max });
        }
    }
    Ok(())
}

/// Before anybody is told "sold out", what is overdue is expired.
fn make_room(shelf: &mut Shelf, place: &Place, items: &[Item]) -> Result<(), Refusal> {
    if shortages(shelf, items).is_empty() {
        return Ok(());
    }
    shelf.expire_overdue(place.event_id);
    let shortages = shortages(shelf, items);
    if shortages.is_empty() {
        return Ok(());
    }
    let retry_at = retry_at(shelf, &shortages);
    Err(Refusal::InsufficientSeats { shortages, retry_at, now: shelf.now })
}

fn shortages(shelf: &Shelf, items: &[Item]) -> Vec<Shortage> {
    let drawing_from = |pool_id| items.iter().filter(move |item| item.pool_id == pool_id);
    let short = quantity_by_pool(items).into_iter().filter_map(|(pool_id, requested)| {
        let pool = shelf.pool(pool_id)?;
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
fn retry_at(shelf: &Shelf, shortages: &[Shortage]) -> Option<Instant> {
    if shortages.iter().any(|short| short.available + short.held < short.requested) {
        return None;
    }
    // Every short pool must get something back, so the latest of their earliest expiries is the first moment that could do.
    shortages.iter().map(|short| shelf.next_expiry(short.pool_id)).collect::<Option<Vec<_>>>()?.into_iter().max()
}
