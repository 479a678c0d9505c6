//! Placing a hold: all or nothing.

use time::Duration;

use super::choose::choose;
use crate::domain::event::EventStatus;
use crate::domain::hold::{Hold, HoldStatus, Idempotency};
use crate::domain::hold_rules::HoldRules;
use crate::inventory::command::{Answer, Outcome, Place, Refusal};
use crate::inventory::shelf::{Shelf, ShelvedEvent};

pub(super) fn place(rules: &HoldRules, shelf: &mut Shelf, place: &Place) -> Answer {
    // A repeat is answered before the present is judged: the first try may have taken the last seat.
    if let Some(idempotency) = &place.idempotency
        && let Some(first) = shelf.hold_with_key(idempotency.key)
    {
        return replay(shelf, first, idempotency);
    }
    let event = shelf.event(place.event_id).ok_or(Refusal::EventNotFound)?;
    on_sale(shelf, event)?;
    let ttl_seconds = place.ttl_seconds.or(event.terms.hold_ttl_seconds).unwrap_or(rules.ttl_seconds_default);
    let currency = event.terms.currency;
    let items = choose(rules, shelf, place.event_id, &place.wanted)?;

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

/// The same answer as the first time, whatever became of the hold and its items since.
fn replay(shelf: &Shelf, first: &Hold, idempotency: &Idempotency) -> Answer {
    if first.idempotency.as_ref() != Some(idempotency) {
        return Err(Refusal::IdempotencyKeyReused);
    }
    let hold = Hold {
        status: HoldStatus::Active,
        items: shelf.placed_items(first).to_vec(),
        extensions: 0,
        expires_at: first.created_at + Duration::seconds(first.ttl_seconds.into()),
        ended_at: None,
        ..first.clone()
    };
    Ok(Outcome::Placed { hold, replayed: true })
}

pub(super) fn on_sale(shelf: &Shelf, event: &ShelvedEvent) -> Result<(), Refusal> {
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
