//! `load/seatings.rs` and what is kept between batches, on the rows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use boxoffice::domain::ids::{Affinity, EventId, PoolId};
use boxoffice::domain::seating::{EventSeats, PoolNumber, SeatIndex};
use boxoffice::inventory::batch_state::BatchState;
use boxoffice::inventory::changes::Changes;
use boxoffice::inventory::loaded_seats::LoadedSeats;

use crate::rows::{Rows, SeatRow};

/// Seatings, each with the event's last journal entry that it knows of.
#[derive(Debug, Default)]
pub struct Kept(BTreeMap<EventId, (i64, LoadedSeats)>);

impl Kept {
    /// What is known once the batch is committed.
    pub fn give_back(&mut self, changes: Changes) {
        self.0.extend(changes.seatings.into_iter().map(|(event_id, seq, seating)| (event_id, (seq, seating))));
    }
}

pub fn read(rows: &Rows, state: &mut BatchState, kept: &mut Kept, judged: &BTreeSet<Affinity>) {
    let seated = state.events().filter(|event| event.is_seated).map(|event| (event.event_id, event.counters.seq));
    for (event_id, seq) in seated.collect::<Vec<_>>() {
        if judged.contains(&event_id.affinity()) {
            let known = kept.0.remove(&event_id).map(|(at, seating)| caught_up(rows, event_id, at, seating));
            if let Some(seating) = known.or_else(|| whole(rows, event_id)) {
                state.add_seating(event_id, seating);
            }
        } else if kept.0.get(&event_id).is_some_and(|(at, _)| *at == seq)
            && let Some((_, seating)) = kept.0.remove(&event_id)
        {
            state.add_seating(event_id, seating);
        }
    }
}

pub fn read_whole(rows: &Rows, state: &mut BatchState, event_id: EventId) {
    if let Some(seating) = whole(rows, event_id) {
        state.add_seating(event_id, seating);
    }
}

/// The seats of later journal entries, as they are now.
fn caught_up(rows: &Rows, event_id: EventId, seq: i64, mut seating: LoadedSeats) -> LoadedSeats {
    for (_, entry) in rows.journal.range((event_id, seq + 1)..=(event_id, i64::MAX)) {
        for seat in &entry.seats {
            seating.set(*seat, rows.seats[&(event_id, *seat)].owner.state());
        }
    }
    seating
}

fn whole(rows: &Rows, event_id: EventId) -> Option<LoadedSeats> {
    let layout = rows.layouts.get(&rows.events[&event_id].layout?)?;
    let every = (event_id, SeatIndex(0))..=(event_id, SeatIndex(u32::MAX));
    let seats: Vec<&SeatRow> = rows.seats.range(every).map(|(_, row)| row).collect();
    let mut pools: Vec<PoolId> = Vec::new();
    let mut numbers = Vec::new();
    for row in &seats {
        let number = pools.iter().position(|pool_id| *pool_id == row.pool_id).unwrap_or(pools.len());
        if number == pools.len() {
            pools.push(row.pool_id);
        }
        numbers.push(PoolNumber(number as u16));
    }
    let house = EventSeats::new(Arc::clone(layout), |seat| numbers[seat.at()]);
    Some(LoadedSeats::new(Arc::new(house), pools, seats.iter().map(|row| row.owner.state()).collect()))
}
