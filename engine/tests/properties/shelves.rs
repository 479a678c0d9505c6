//! Builds batch states from the rows: with all rows, or with exactly the rows that `load` reads for a batch.

mod seatings;

use std::collections::{BTreeMap, BTreeSet};

use boxoffice_engine::ids::{EventId, PoolId};
use boxoffice_engine::inventory::batch_state::{BatchState, LoadedEvent};
use boxoffice_engine::inventory::command::Command;
use boxoffice_engine::inventory::read_set::{ReadSet, find_missing};
use boxoffice_engine::model::hold::{Hold, HoldStatus};
use boxoffice_engine::time::Instant;
use uuid::Uuid;

pub use seatings::SeatCacheModel;

use crate::rows::Rows;

/// Batch state with all rows.
pub fn load_all_rows(rows: &Rows, now: Instant) -> BatchState {
    let events: Vec<EventId> = rows.events.keys().copied().collect();
    let mut state = load_terms(rows, &events, now);
    for event_id in &events {
        seatings::load_all_seats(rows, &mut state, *event_id);
    }
    rows.blocks.values().for_each(|block| state.add_block(block.clone()));
    for hold in rows.holds.values() {
        add_hold(rows, &mut state, hold);
    }
    rows.placed_items.iter().for_each(|(hold_id, items)| state.add_placed_items(*hold_id, items.clone()));
    for event_id in events {
        load_next_expiries(rows, &mut state, event_id);
        load_details(rows, &mut state, event_id);
        load_history(rows, &mut state, event_id);
    }
    state
}

/// Batch state with the rows that `load` reads for these commands.
pub fn load(rows: &Rows, commands: &[Command], now: Instant) -> BatchState {
    load_with_cache(rows, &mut SeatCacheModel::default(), commands, now)
}

/// Batch state as `load` builds it with a seat cache. Takes the seats that it uses out of the cache.
pub fn load_with_cache(rows: &Rows, cache: &mut SeatCacheModel, commands: &[Command], now: Instant) -> BatchState {
    let named = ReadSet::from_commands(commands);
    let mut state = load_terms(rows, &locked_events(rows, &named), now);
    seatings::load_seats(rows, &mut state, cache, &named.affinities_needing_seats);
    for (event_id, block_id) in rows.blocks.keys() {
        if named.blocked_events.contains(&event_id.as_uuid()) && named.blocks.contains(&block_id.as_uuid()) {
            state.add_block(rows.blocks[&(*event_id, *block_id)].clone());
        }
    }
    let missing_rows = find_missing(&state, commands);
    if named.names_holds() || !missing_rows.overdue_holds.is_empty() || !named.cancelled_events.is_empty() {
        for hold in rows.holds.values().filter(|hold| is_loaded(rows, hold, &named, &missing_rows.overdue_holds, now)) {
            add_hold(rows, &mut state, hold);
        }
    }
    for hold_id in state.holds_with_keys(&named.idempotency_keys) {
        if let Some(items) = rows.placed_items.get(&hold_id) {
            state.add_placed_items(hold_id, items.clone());
        }
    }
    for event_id in missing_rows.next_expiries {
        load_next_expiries(rows, &mut state, event_id);
    }
    for event_id in named.amended_events.iter().map(|event_id| EventId::from(*event_id)) {
        load_details(rows, &mut state, event_id);
    }
    for event_id in named.deleted_events.iter().map(|event_id| EventId::from(*event_id)) {
        load_history(rows, &mut state, event_id);
    }
    state
}

/// Events that `load/lock.rs` locks.
fn locked_events(rows: &Rows, named: &ReadSet) -> Vec<EventId> {
    let mut events: BTreeSet<EventId> = named.events.iter().map(|event_id| (*event_id).into()).collect();
    events.extend(named.holds.iter().filter_map(|id| rows.holds.get(&(*id).into())).map(|hold| hold.event_id));
    events.extend(named.bookings.iter().filter_map(|id| rows.bookings.get(&(*id).into())).map(|row| row.event_id));
    events.extend(named.pools.iter().filter_map(|id| rows.pools.get(&(*id).into())).map(|pool| pool.event_id));
    events.into_iter().filter(|event_id| rows.events.contains_key(event_id)).collect()
}

/// Batch state with the rows that `load/terms.rs` reads.
fn load_terms(rows: &Rows, events: &[EventId], now: Instant) -> BatchState {
    // Without an event, the statement that reads the clock finds no row.
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

/// Whether `load/holds.rs` reads this hold.
fn is_loaded(rows: &Rows, hold: &Hold, named: &ReadSet, missing_rows: &BTreeSet<EventId>, now: Instant) -> bool {
    let is_booked_by = |id: &Uuid| rows.bookings.get(&(*id).into()).is_some_and(|row| row.hold_id == hold.hold_id);
    let key = hold.idempotency.as_ref().map(|idempotency| idempotency.key);
    let active = hold.status == HoldStatus::Active;
    named.holds.contains(&hold.hold_id.as_uuid())
        || key.is_some_and(|key| named.idempotency_keys.contains(&key))
        || named.bookings.iter().any(is_booked_by)
        || (active && hold.expires_at <= now && missing_rows.contains(&hold.event_id))
        || (active && named.cancelled_events.contains(&hold.event_id.as_uuid()))
}

/// Adds a hold and its booking, as `load/holds.rs` does.
fn add_hold(rows: &Rows, state: &mut BatchState, hold: &Hold) {
    state.add_hold(hold.clone());
    if let Some(booking) = rows.bookings.values().find(|booking| booking.hold_id == hold.hold_id) {
        state.add_booking(booking.clone());
    }
}

/// Adds the next expiry per pool, as `load/expiries.rs` does: of the active holds that are not in the batch state.
fn load_next_expiries(rows: &Rows, state: &mut BatchState, event_id: EventId) {
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
    state.update_event(event_id, |event| event.next_expiry = next_expiry);
}

/// Adds the details of an event, as `load/amended.rs` does.
fn load_details(rows: &Rows, state: &mut BatchState, event_id: EventId) {
    if let Some(row) = rows.events.get(&event_id) {
        state.update_event(event_id, |event| event.details = Some(row.details.clone()));
    }
}

/// Adds whether an event ever had a hold, as `load/amended.rs` does.
fn load_history(rows: &Rows, state: &mut BatchState, event_id: EventId) {
    let mut entries = rows.journal.values().filter(|entry| entry.event_id == event_id);
    if entries.any(|entry| entry.hold_id.is_some()) {
        state.update_event(event_id, |event| event.ever_held = true);
    }
}
