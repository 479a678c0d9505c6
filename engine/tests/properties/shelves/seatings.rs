//! `load/seats.rs` and the seat cache, on the rows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use boxoffice_engine::ids::{Affinity, EventId, PoolId};
use boxoffice_engine::inventory::batch_state::BatchState;
use boxoffice_engine::inventory::changes::Changes;
use boxoffice_engine::inventory::loaded_seats::LoadedSeats;
use boxoffice_engine::seating::{EventSeats, PoolNumber, SeatIndex};

use crate::rows::{Rows, SeatRow};

/// Seat cache of one instance: per event its seats, and the number of the last journal entry that they include.
#[derive(Debug, Default)]
pub struct SeatCacheModel(BTreeMap<EventId, (i64, LoadedSeats)>);

impl SeatCacheModel {
    /// Puts back the seats after the batch is committed.
    pub fn put_back(&mut self, changes: Changes) {
        self.0.extend(changes.seats_after.into_iter().map(|(event_id, seq, seats)| (event_id, (seq, seats))));
    }
}

pub fn load_seats(rows: &Rows, state: &mut BatchState, cache: &mut SeatCacheModel, judged: &BTreeSet<Affinity>) {
    let seated = state.events().filter(|event| event.is_seated).map(|event| (event.event_id, event.counters.seq));
    for (event_id, seq) in seated.collect::<Vec<_>>() {
        if judged.contains(&event_id.affinity()) {
            let cached = cache.0.remove(&event_id).map(|(at, seats)| catch_up(rows, event_id, at, seats));
            if let Some(seats) = cached.or_else(|| all_seats(rows, event_id)) {
                state.add_loaded_seats(event_id, seats);
            }
        } else if cache.0.get(&event_id).is_some_and(|(at, _)| *at == seq)
            && let Some((_, seats)) = cache.0.remove(&event_id)
        {
            state.add_loaded_seats(event_id, seats);
        }
    }
}

pub fn load_all_seats(rows: &Rows, state: &mut BatchState, event_id: EventId) {
    if let Some(seats) = all_seats(rows, event_id) {
        state.add_loaded_seats(event_id, seats);
    }
}

/// Updates cached seats: reads the seats that later journal entries name.
fn catch_up(rows: &Rows, event_id: EventId, seq: i64, mut seats: LoadedSeats) -> LoadedSeats {
    for (_, entry) in rows.journal.range((event_id, seq + 1)..=(event_id, i64::MAX)) {
        for seat in &entry.seats {
            seats.set_state(*seat, rows.seats[&(event_id, *seat)].owner.state());
        }
    }
    seats
}

fn all_seats(rows: &Rows, event_id: EventId) -> Option<LoadedSeats> {
    let layout = rows.layouts.get(&rows.events[&event_id].layout?)?;
    let all = (event_id, SeatIndex(0))..=(event_id, SeatIndex(u32::MAX));
    let seats: Vec<&SeatRow> = rows.seats.range(all).map(|(_, row)| row).collect();
    let mut pools: Vec<PoolId> = Vec::new();
    let mut numbers = Vec::new();
    for row in &seats {
        let number = pools.iter().position(|pool_id| *pool_id == row.pool_id).unwrap_or(pools.len());
        if number == pools.len() {
            pools.push(row.pool_id);
        }
        numbers.push(PoolNumber(number as u16));
    }
    let event_seats = EventSeats::new(Arc::clone(layout), |seat| numbers[seat.as_usize()]);
    Some(LoadedSeats::new(Arc::new(event_seats), pools, seats.iter().map(|row| row.owner.state()).collect()))
}
