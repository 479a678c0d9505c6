//! Read set: the rows that a batch must load. Pure, so that tests can compare decisions on these rows with decisions on
//! all rows.
//!
//! `load` reads exactly this. A row that `decide` needs and that is not in the read set would be missing without an
//! error.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::batch_state::BatchState;
use super::command::Command;
use crate::ids::{Affinity, BlockId, EventId, PoolId};
use crate::model::block::BlockedPlaces;
use crate::model::event::EventStatus;
use crate::model::hold::{Amount, RequestedItems};
use crate::model::seat::SeatState;
use crate::seating::SeatIndex;

/// Rows that the commands of a batch name, known before anything is loaded.
#[derive(Debug, Default)]
pub struct ReadSet {
    /// Sorted, without duplicates.
    pub events: Vec<Uuid>,
    pub pools: Vec<Uuid>,
    pub holds: Vec<Uuid>,
    pub bookings: Vec<Uuid>,
    pub idempotency_keys: Vec<Uuid>,
    /// Events whose details are needed.
    pub amended_events: Vec<Uuid>,
    /// Events whose active holds are needed.
    pub cancelled_events: Vec<Uuid>,
    /// Events of which it must be known whether they ever had a hold.
    pub deleted_events: Vec<Uuid>,
    /// Events of the blocks in `blocks`.
    pub blocked_events: Vec<Uuid>,
    pub blocks: Vec<Uuid>,
    /// Events whose seats are needed, if a command names the event itself.
    pub events_needing_seats: BTreeSet<EventId>,
    /// Affinities of all events whose seats are needed. A command that names only a hold tells no more than the
    /// affinity, which several events can share.
    pub affinities_needing_seats: BTreeSet<Affinity>,
}

impl ReadSet {
    /// The read set of these commands.
    pub fn from_commands(commands: &[Command]) -> Self {
        let mut read_set = Self::default();
        for command in commands {
            read_set.add(command);
        }
        read_set.events.sort_unstable();
        read_set.events.dedup();
        read_set
    }

    fn add(&mut self, command: &Command) {
        match command {
            Command::Place(place) => {
                self.events.push(place.event_id.as_uuid());
                if wants_seats(&place.wanted) {
                    self.add_seats(place.event_id);
                }
                self.idempotency_keys.extend(place.idempotency.as_ref().map(|idempotency| idempotency.key));
            }
            Command::ChangeItems { hold_id, wanted, .. } => {
                self.holds.push(hold_id.as_uuid());
                if wants_seats(wanted) {
                    self.affinities_needing_seats.insert(hold_id.affinity());
                }
            }
            Command::Extend { hold_id, .. }
            | Command::Release { hold_id, .. }
            | Command::Expire { hold_id, .. }
            | Command::Book { hold_id, .. } => self.holds.push(hold_id.as_uuid()),
            Command::Cancel { booking_id } => self.bookings.push(booking_id.as_uuid()),
            Command::Resize { pool_id, .. } => self.pools.push(pool_id.as_uuid()),
            Command::Block { event_id, block_id, wanted } => {
                self.add_block(*event_id, *block_id);
                if matches!(wanted.places, BlockedPlaces::Seats(_)) {
                    self.add_seats(*event_id);
                }
            }
            Command::Unblock { event_id, block_id } => self.add_block(*event_id, *block_id),
            Command::Amend { event_id, changes } => {
                self.events.push(event_id.as_uuid());
                self.amended_events.push(event_id.as_uuid());
                if changes.terms.status == Some(EventStatus::Cancelled) {
                    self.cancelled_events.push(event_id.as_uuid());
                }
            }
            Command::Delete { event_id } => {
                self.events.push(event_id.as_uuid());
                self.deleted_events.push(event_id.as_uuid());
            }
        }
    }

    fn add_block(&mut self, event_id: EventId, block_id: BlockId) {
        self.events.push(event_id.as_uuid());
        self.blocked_events.push(event_id.as_uuid());
        self.blocks.push(block_id.as_uuid());
    }

    fn add_seats(&mut self, event_id: EventId) {
        self.events_needing_seats.insert(event_id);
        self.affinities_needing_seats.insert(event_id.affinity());
    }

    /// Whether a command names a hold: by its id, its booking or its idempotency key.
    pub fn names_holds(&self) -> bool {
        !(self.holds.is_empty() && self.bookings.is_empty() && self.idempotency_keys.is_empty())
    }
}

/// Rows that are still missing after the terms and seats are loaded, because a command may be refused for lack of
/// capacity.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// Events whose overdue holds are needed: `decide` expires them before it refuses a command for lack of capacity.
    pub overdue_holds: BTreeSet<EventId>,
    /// Events whose next expiry per pool is needed, for the `retry_at` of a refusal. Refusals about seats have none.
    pub next_expiries: BTreeSet<EventId>,
}

/// Finds the rows that are still missing; see [`Missing`].
pub fn find_missing(state: &BatchState, commands: &[Command]) -> Missing {
    let mut requested: BTreeMap<PoolId, u64> = BTreeMap::new();
    let mut missing = Missing::default();
    for command in commands {
        match command {
            Command::Place(place) => {
                if needs_overdue_holds_for_seats(state, place.event_id, &place.wanted) {
                    missing.overdue_holds.insert(place.event_id);
                }
                for (pool_id, quantity) in requested_by_pool(state, place.event_id, &place.wanted) {
                    *requested.entry(pool_id).or_default() += u64::from(quantity);
                }
            }
            // The event of the hold is not known yet, so every event with its affinity is included. The command is rare
            // enough.
            Command::ChangeItems { hold_id, wanted, .. } => {
                let event_ids = state.events().map(|event| event.event_id);
                for event_id in event_ids.filter(|event_id| event_id.affinity() == hold_id.affinity()) {
                    missing.overdue_holds.insert(event_id);
                    missing.next_expiries.extend(wants_quantity(wanted).then_some(event_id));
                }
            }
            Command::Block { event_id, wanted, .. } if state.event(*event_id).is_some() => {
                missing.overdue_holds.insert(*event_id);
                let is_quantity = matches!(wanted.places, BlockedPlaces::Places { .. });
                missing.next_expiries.extend(is_quantity.then_some(*event_id));
            }
            // The new capacity may be less than what is committed, or too little for later commands of the batch.
            Command::Resize { pool_id, .. } => {
                missing.next_expiries.extend(state.pool(*pool_id).map(|pool| pool.event_id));
            }
            // This amendment can turn on the single-seat rule, so later commands of the batch may be refused by it.
            Command::Amend { event_id, changes } if changes.terms.orphans_refused.is_some() => {
                missing.overdue_holds.extend(state.event(*event_id).map(|event| event.event_id));
            }
            _ => {}
        }
    }
    for (pool_id, quantity) in requested {
        let short_pool = state.pool(pool_id).filter(|pool| u64::from(pool.available()) < quantity);
        missing.next_expiries.extend(short_pool.map(|pool| pool.event_id));
    }
    missing.overdue_holds.extend(&missing.next_expiries);
    missing
}

/// Requested quantities of pools without seats, in places.
fn requested_by_pool(state: &BatchState, event_id: EventId, wanted: &RequestedItems) -> Vec<(PoolId, u32)> {
    let pool_of = |id| state.ticket_type(id).map(|ticket_type| ticket_type.pool_id);
    match wanted {
        RequestedItems::Places(quantity) => {
            let types = state.event(event_id).map_or(&[][..], |event| &event.ticket_types);
            types.first().and_then(|id| pool_of(*id)).map(|pool_id| (pool_id, quantity.get())).into_iter().collect()
        }
        RequestedItems::Items(items) => {
            let quantities = items.iter().filter_map(|(id, amount)| match amount {
                Amount::Places(quantity) => Some((pool_of(*id)?, quantity.get())),
                Amount::Seats(_) => None,
            });
            quantities.collect()
        }
        RequestedItems::Seats(_) | RequestedItems::BestAvailable(_) => Vec::new(),
    }
}

fn wants_quantity(wanted: &RequestedItems) -> bool {
    match wanted {
        RequestedItems::Places(_) => true,
        RequestedItems::Items(items) => items.iter().any(|(_, amount)| matches!(amount, Amount::Places(_))),
        RequestedItems::Seats(_) | RequestedItems::BestAvailable(_) => false,
    }
}

fn wants_seats(wanted: &RequestedItems) -> bool {
    match wanted {
        RequestedItems::Places(_) => false,
        RequestedItems::Items(items) => items.iter().any(|(_, amount)| matches!(amount, Amount::Seats(_))),
        RequestedItems::Seats(_) | RequestedItems::BestAvailable(_) => true,
    }
}

/// Whether expiring overdue holds could change the decision about seats. Named seats: only if one of them is held now,
/// because a seat that an earlier command of the batch takes was available before. Best seats and the single-seat rule:
/// always, because they depend on the state of other seats; the sweeper keeps the number of overdue holds small.
fn needs_overdue_holds_for_seats(state: &BatchState, event_id: EventId, wanted: &RequestedItems) -> bool {
    let is_held = |seat: &SeatIndex| {
        state.loaded_seats(event_id).is_some_and(|loaded_seats| loaded_seats.state(*seat) == Some(SeatState::Held))
    };
    let refuses_orphans = state.event(event_id).is_some_and(|event| event.terms.orphans_refused);
    match wanted {
        RequestedItems::Places(_) => false,
        _ if refuses_orphans && wants_seats(wanted) => true,
        RequestedItems::Items(items) => items.iter().any(|(_, amount)| match amount {
            Amount::Places(_) => false,
            Amount::Seats(seats) => seats.iter().any(is_held),
        }),
        RequestedItems::Seats(seats) => seats.iter().any(is_held),
        RequestedItems::BestAvailable(_) => true,
    }
}
