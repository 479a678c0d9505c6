//! Read set: the rows that a batch must load. Pure, so that tests can compare decisions on these rows with decisions on
//! all rows.
//!
//! `load` reads exactly this. A row that `decide` needs and that is not in the read set would be missing without an
//! error.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::batch_state::BatchState;
use super::command::Command;
use crate::ids::{Affinity, BlockId, EventId, PoolId, TicketTypeId};
use crate::model::block::BlockedPlaces;
use crate::model::event::{EventChanges, EventStatus};
use crate::model::hold::{Amount, RequestedItems};
use crate::model::seat::SeatState;
use crate::quantity::Quantity;
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
    let mut search = Search { state, missing: Missing::default(), requested: BTreeMap::new() };
    for command in commands {
        search.add_command(command);
    }
    search.add_short_pools();
    search.missing
}

/// Steps of [`find_missing`].
struct Search<'a> {
    state: &'a BatchState,
    missing: Missing,
    /// Places that all new holds of the batch together request, by pool without seats.
    requested: BTreeMap<PoolId, u64>,
}

impl Search<'_> {
    fn add_command(&mut self, command: &Command) {
        match command {
            Command::Place(place) => self.add_new_hold(place.event_id, &place.wanted),
            Command::ChangeItems { hold_id, wanted, .. } => self.add_change_of_items(hold_id.affinity(), wanted),
            Command::Block { event_id, wanted, .. } => self.add_block(*event_id, &wanted.places),
            Command::Resize { pool_id, .. } => self.add_resize(*pool_id),
            Command::Amend { event_id, changes } => self.add_amendment(*event_id, changes),
            Command::Extend { .. }
            | Command::Release { .. }
            | Command::Expire { .. }
            | Command::Book { .. }
            | Command::Cancel { .. }
            | Command::Unblock { .. }
            | Command::Delete { .. } => {}
        }
    }

    fn add_new_hold(&mut self, event_id: EventId, wanted: &RequestedItems) {
        if needs_overdue_holds_for_seats(self.state, event_id, wanted) {
            self.missing.overdue_holds.insert(event_id);
        }
        self.count_places(event_id, wanted);
    }

    /// Counts the places that a new hold requests of pools without seats. [`Self::add_short_pools`] compares the sums
    /// with the pools.
    fn count_places(&mut self, event_id: EventId, wanted: &RequestedItems) {
        match wanted {
            RequestedItems::Places(quantity) => {
                let only_type = self.state.event(event_id).and_then(|event| event.ticket_types.first().copied());
                if let Some(ticket_type_id) = only_type {
                    self.count_places_of_type(ticket_type_id, *quantity);
                }
            }
            RequestedItems::Items(items) => {
                for (ticket_type_id, amount) in items {
                    if let Amount::Places(quantity) = amount {
                        self.count_places_of_type(*ticket_type_id, *quantity);
                    }
                }
            }
            RequestedItems::Seats(_) | RequestedItems::BestAvailable(_) => {}
        }
    }

    fn count_places_of_type(&mut self, ticket_type_id: TicketTypeId, quantity: Quantity) {
        if let Some(ticket_type) = self.state.ticket_type(ticket_type_id) {
            *self.requested.entry(ticket_type.pool_id).or_default() += u64::from(quantity.get());
        }
    }

    /// The hold is not loaded yet, so its event is not known, and every event with its affinity is included. The command
    /// is rare enough.
    fn add_change_of_items(&mut self, affinity: Affinity, wanted: &RequestedItems) {
        for event in self.state.events() {
            if event.event_id.affinity() == affinity {
                self.missing.overdue_holds.insert(event.event_id);
                if wants_quantity(wanted) {
                    self.missing.next_expiries.insert(event.event_id);
                }
            }
        }
    }

    fn add_block(&mut self, event_id: EventId, places: &BlockedPlaces) {
        if self.state.event(event_id).is_none() {
            return;
        }
        self.missing.overdue_holds.insert(event_id);
        if matches!(places, BlockedPlaces::Places { .. }) {
            self.missing.next_expiries.insert(event_id);
        }
    }

    /// The new capacity may be less than what is committed, or too little for later commands of the batch.
    fn add_resize(&mut self, pool_id: PoolId) {
        if let Some(pool) = self.state.pool(pool_id) {
            self.add_short_event(pool.event_id);
        }
    }

    /// An amendment can turn on the single-seat rule, so later commands of the batch may be refused by it.
    fn add_amendment(&mut self, event_id: EventId, changes: &EventChanges) {
        if changes.terms.orphans_refused.is_some() && self.state.event(event_id).is_some() {
            self.missing.overdue_holds.insert(event_id);
        }
    }

    /// Adds the events of pools that have fewer places than the batch requests of them.
    fn add_short_pools(&mut self) {
        for (pool_id, requested) in std::mem::take(&mut self.requested) {
            if let Some(pool) = self.state.pool(pool_id)
                && u64::from(pool.available()) < requested
            {
                self.add_short_event(pool.event_id);
            }
        }
    }

    /// Adds an event whose capacity may be too little: overdue holds are expired first, and the refusal says when the
    /// next hold expires.
    fn add_short_event(&mut self, event_id: EventId) {
        self.missing.overdue_holds.insert(event_id);
        self.missing.next_expiries.insert(event_id);
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
    let refuses_orphans = state.event(event_id).is_some_and(|event| event.terms.orphans_refused);
    if refuses_orphans && wants_seats(wanted) {
        return true;
    }
    match wanted {
        RequestedItems::Places(_) => false,
        RequestedItems::Items(items) => items.iter().any(|(_, amount)| match amount {
            Amount::Places(_) => false,
            Amount::Seats(seats) => is_any_held(state, event_id, seats),
        }),
        RequestedItems::Seats(seats) => is_any_held(state, event_id, seats),
        RequestedItems::BestAvailable(_) => true,
    }
}

fn is_any_held(state: &BatchState, event_id: EventId, seats: &[SeatIndex]) -> bool {
    let Some(loaded_seats) = state.loaded_seats(event_id) else { return false };
    seats.iter().any(|seat| loaded_seats.state(*seat) == Some(SeatState::Held))
}
