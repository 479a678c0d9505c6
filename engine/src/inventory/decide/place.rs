//! Rules for placing a hold.

use time::Duration;

use super::choose::choose;
use crate::inventory::batch_state::{BatchState, LoadedEvent};
use crate::inventory::command::{Decision, NewHold, Outcome, Refusal};
use crate::model::event::EventStatus;
use crate::model::hold::{Hold, HoldStatus, Idempotency};
use crate::settings::HoldRules;

/// Places a hold with all requested items, or refuses it.
pub(super) fn place(rules: &HoldRules, state: &mut BatchState, place: &NewHold) -> Decision {
    // Before any other check, because the first request may have taken the last place, or the sale may have ended
    // since.
    if let Some(idempotency) = &place.idempotency
        && let Some(first) = state.hold_with_key(idempotency.key)
    {
        return replay(state, first, idempotency);
    }
    let event = state.event(place.event_id).ok_or(Refusal::EventNotFound)?;
    check_on_sale(state, event)?;
    let ttl_seconds = place.ttl_seconds.or(event.terms.hold_ttl_seconds).unwrap_or(rules.ttl_seconds_default);
    let currency = event.terms.currency;
    let items = choose(rules, state, place.event_id, &place.wanted)?;

    let hold = Hold {
        hold_id: place.hold_id,
        event_id: place.event_id,
        status: HoldStatus::Active,
        items,
        currency,
        ttl_seconds,
        extensions: 0,
        created_at: state.now,
        expires_at: state.now + Duration::seconds(ttl_seconds.into()),
        ended_at: None,
        idempotency: place.idempotency.clone(),
    };
    state.place(hold.clone());
    Ok(Outcome::Placed { hold, replayed: false })
}

/// The outcome of the first request with this key, although the hold may have changed or ended since.
fn replay(state: &BatchState, first: &Hold, idempotency: &Idempotency) -> Decision {
    if first.idempotency.as_ref() != Some(idempotency) {
        return Err(Refusal::IdempotencyKeyReused);
    }
    let hold = Hold {
        status: HoldStatus::Active,
        items: state.placed_items(first).to_vec(),
        extensions: 0,
        expires_at: first.created_at + Duration::seconds(first.ttl_seconds.into()),
        ended_at: None,
        ..first.clone()
    };
    Ok(Outcome::Placed { hold, replayed: true })
}

/// Checks the event's status and its sale period.
pub(super) fn check_on_sale(state: &BatchState, event: &LoadedEvent) -> Result<(), Refusal> {
    let terms = &event.terms;
    if terms.status != EventStatus::OnSale {
        return Err(Refusal::EventNotOnSale { status: terms.status, sale_ended_at: None });
    }
    if let Some(starts_at) = terms.sale_starts_at.filter(|starts_at| state.now < *starts_at) {
        return Err(Refusal::SaleNotStarted { starts_at, now: state.now });
    }
    if let Some(ended_at) = terms.sale_ends_at.filter(|ends_at| *ends_at <= state.now) {
        return Err(Refusal::EventNotOnSale { status: terms.status, sale_ended_at: Some(ended_at) });
    }
    Ok(())
}
