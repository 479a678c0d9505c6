//! Shelves filled from the rows: with everything, or with exactly what `load` would read for a batch.

mod seatings;

use std::collections::{BTreeMap, BTreeSet};

use boxoffice::domain::hold::{Hold, HoldStatus};
use boxoffice::domain::ids::{EventId, PoolId};
use boxoffice::domain::time::Instant;
use boxoffice::inventory::batch_state::{BatchState, LoadedEvent};
use boxoffice::inventory::command::Command;
use boxoffice::inventory::read_set::{Named, missing};
use uuid::Uuid;

pub use seatings::Kept;

use crate::rows::Rows;

/// Every row there is.
pub fn with_everything(rows: &Rows, now: Instant) -> BatchState {
    let events: Vec<EventId> = rows.events.keys().copied().collect();
    let mut state = with_terms(rows, &events, now);
    for event_id in &events {
        seatings::read_whole(rows, &mut state, *event_id);
    }
    rows.blocks.values().for_each(|block| state.add_block(block.clone()));
    for hold in rows.holds.values() {
        add_hold(rows, &mut state, hold);
    }
    rows.placed_items.iter().for_each(|(hold_id, items)| state.add_placed_items(*hold_id, items.clone()));
    for event_id in events {
        read_next_expiries(rows, &mut state, event_id);
        read_details(rows, &mut state, event_id);
        read_history(rows, &mut state, event_id);
    }
    state
}

/// The statements of `load`, one after the other, on what its own rules say that the commands need.
pub fn as_loaded(rows: &Rows, commands: &[Command], now: Instant) -> BatchState {
    as_loaded_and_kept(rows, &mut Kept::default(), commands, now)
}

/// The same with what is known of seats from batches before, which is taken.
pub fn as_loaded_and_kept(rows: &Rows, kept: &mut Kept, commands: &[Command], now: Instant) -> BatchState {
    let named = Named::by(commands);
    let mut state = with_terms(rows, &locked(rows, &named), now);
    seatings::read(rows, &mut state, kept, &named.judged_seats);
    for (event_id, block_id) in rows.blocks.keys() {
        if named.blocked_events.contains(&event_id.as_uuid()) && named.blocks.contains(&block_id.as_uuid()) {
            state.add_block(rows.blocks[&(*event_id, *block_id)].clone());
        }
    }
    let short = missing(&state, commands);
    if named.names_holds() || !short.of_anything.is_empty() || !named.cancelled_events.is_empty() {
        for hold in rows.holds.values().filter(|hold| is_read(rows, hold, &named, &short.of_anything, now)) {
            add_hold(rows, &mut state, hold);
        }
    }
    for hold_id in state.holds_with_keys(&named.idempotency_keys) {
        if let Some(items) = rows.placed_items.get(&hold_id) {
            state.add_placed_items(hold_id, items.clone());
        }
    }
    for event_id in short.of_places {
        read_next_expiries(rows, &mut state, event_id);
    }
    for event_id in named.amended_events.iter().map(|event_id| EventId::from(*event_id)) {
        read_details(rows, &mut state, event_id);
    }
    for event_id in named.deleted_events.iter().map(|event_id| EventId::from(*event_id)) {
        read_history(rows, &mut state, event_id);
    }
    state
}

/// `load/lock.rs`
fn locked(rows: &Rows, named: &Named) -> Vec<EventId> {
    let mut events: BTreeSet<EventId> = named.events.iter().map(|event_id| (*event_id).into()).collect();
    events.extend(named.holds.iter().filter_map(|id| rows.holds.get(&(*id).into())).map(|hold| hold.event_id));
    events.extend(named.bookings.iter().filter_map(|id| rows.bookings.get(&(*id).into())).map(|row| row.event_id));
    events.extend(named.pools.iter().filter_map(|id| rows.pools.get(&(*id).into())).map(|pool| pool.event_id));
    events.into_iter().filter(|event_id| rows.events.contains_key(event_id)).collect()
}

/// `load/terms.rs`
fn with_terms(rows: &Rows, events: &[EventId], now: Instant) -> BatchState {
    // With no event there is nothing to judge, and the statement that reads the time finds no row.
    let mut state = BatchState::new(if events.is_empty() { Instant::UNIX_EPOCH } else { now });
    for event_id in events {
        let row = &rows.events[event_id];
        state.add_event(LoadedEvent {
            event_id: *event_id,
            terms: row.terms.clone(),
            is_seated: row.layout.is_some(),
            details: None,
            ticket_types: Vec::new(),
            counters: row.counters,
            ever_held: false,
            next_expiry: BTreeMap::new(),
        });
    }
    for pool in rows.pools.values().filter(|pool| events.contains(&pool.event_id)) {
        state.add_pool(pool.clone());
    }
    for ticket_type in rows.ticket_types.values().filter(|ticket_type| events.contains(&ticket_type.event_id)) {
        state.add_ticket_type(ticket_type.clone());
    }
    state
}

/// `load/holds.rs`: which holds are read.
fn is_read(rows: &Rows, hold: &Hold, named: &Named, short: &BTreeSet<EventId>, now: Instant) -> bool {
    let booked_as = |id: &Uuid| rows.bookings.get(&(*id).into()).is_some_and(|row| row.hold_id == hold.hold_id);
    let key = hold.idempotency.as_ref().map(|idempotency| idempotency.key);
    let active = hold.status == HoldStatus::Active;
    named.holds.contains(&hold.hold_id.as_uuid())
        || key.is_some_and(|key| named.idempotency_keys.contains(&key))
        || named.bookings.iter().any(booked_as)
        || (active && hold.expires_at <= now && short.contains(&hold.event_id))
        || (active && named.cancelled_events.contains(&hold.event_id.as_uuid()))
}

/// `load/holds.rs`: a hold and the booking that it became.
fn add_hold(rows: &Rows, state: &mut BatchState, hold: &Hold) {
    state.add_hold(hold.clone());
    if let Some(booking) = rows.bookings.values().find(|booking| booking.hold_id == hold.hold_id) {
        state.add_booking(booking.clone());
    }
}

/// `load/expiries.rs`: of the live holds that are not on the state.
fn read_next_expiries(rows: &Rows, state: &mut BatchState, event_id: EventId) {
    let mut next_expiry: BTreeMap<PoolId, Instant> = BTreeMap::new();
    for hold in rows.holds.values().filter(|hold| hold.event_id == event_id) {
        let live = hold.status == HoldStatus::Active && hold.expires_at > state.now;
        if live && state.hold(hold.hold_id).is_none() {
            for item in &hold.items {
                let earliest = next_expiry.entry(item.pool_id).or_insert(hold.expires_at);
                *earliest = hold.expires_at.min(*earliest);
            }
        }
    }
    state.with_event(event_id, |event| event.next_expiry = next_expiry);
}

/// `load/amended.rs`
fn read_details(rows: &Rows, state: &mut BatchState, event_id: EventId) {
    if let Some(row) = rows.events.get(&event_id) {
        state.with_event(event_id, |event| event.details = Some(row.details.clone()));
    }
}

/// `load/amended.rs`
fn read_history(rows: &Rows, state: &mut BatchState, event_id: EventId) {
    let mut entries = rows.journal.values().filter(|entry| entry.event_id == event_id);
    if entries.any(|entry| entry.hold_id.is_some()) {
        state.with_event(event_id, |event| event.ever_held = true);
    }
}
