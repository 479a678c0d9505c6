//! Needs: what a batch must find on its state. Pure, so that tests can prove that it is enough.
//!
//! `load` reads exactly this. Whatever `decide` looks at and is not here would silently be absent.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::batch_state::BatchState;
use super::command::Command;
use crate::domain::block::BlockedPlaces;
use crate::domain::event::EventStatus;
use crate::domain::hold::{Amount, Wanted};
use crate::domain::ids::{Affinity, BlockId, EventId, PoolId};
use crate::domain::seat::SeatState;
use crate::domain::seating::SeatIndex;

/// Everything that the commands of a batch mention.
#[derive(Debug, Default)]
pub struct Named {
    pub events: Vec<Uuid>,
    pub pools: Vec<Uuid>,
    pub holds: Vec<Uuid>,
    pub bookings: Vec<Uuid>,
    pub idempotency_keys: Vec<Uuid>,
    pub amended_events: Vec<Uuid>,
    pub cancelled_events: Vec<Uuid>,
    pub deleted_events: Vec<Uuid>,
    pub blocked_events: Vec<Uuid>,
    pub blocks: Vec<Uuid>,
    /// Those whose seats are to be judged, as far as commands name them.
    pub seated_events: BTreeSet<EventId>,
    /// Those with these affinities, all of them: a hold whose items change is of one of the events with its affinity.
    pub judged_seats: BTreeSet<Affinity>,
}

impl Named {
    pub fn by(commands: &[Command]) -> Self {
        let mut named = Self::default();
        for command in commands {
            named.add(command);
        }
        named.events.sort_unstable();
        named.events.dedup();
        named
    }

    fn add(&mut self, command: &Command) {
        match command {
            Command::Place(place) => {
                self.events.push(place.event_id.as_uuid());
                if wants_seats(&place.wanted) {
                    self.judge_seats_of(place.event_id);
                }
                self.idempotency_keys.extend(place.idempotency.as_ref().map(|idempotency| idempotency.key));
            }
            Command::ChangeItems { hold_id, wanted, .. } => {
                self.holds.push(hold_id.as_uuid());
                if wants_seats(wanted) {
                    self.judged_seats.insert(hold_id.affinity());
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
                    self.judge_seats_of(*event_id);
                }
            }
            Command::Unblock { event_id, block_id } => self.add_block(*event_id, *block_id),
            Command::Amend { event_id, changes } => {
                self.events.push(event_id.as_uuid());
                self.amended_events.push(event_id.as_uuid());
                if changes.status == Some(EventStatus::Cancelled) {
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

    fn judge_seats_of(&mut self, event_id: EventId) {
        self.seated_events.insert(event_id);
        self.judged_seats.insert(event_id.affinity());
    }

    /// Whether some hold is wanted on the state for its own sake.
    pub fn names_holds(&self) -> bool {
        !(self.holds.is_empty() && self.bookings.is_empty() && self.idempotency_keys.is_empty())
    }
}

/// The events where some command of the batch may be refused for want of something.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// They need their overdue holds on the state, so that nobody is told "sold out" because the sweeper has not come by.
    pub of_anything: BTreeSet<EventId>,
    /// A refusal may have to say when places come back: they need the next expiry of each pool. Of seats none does.
    pub of_places: BTreeSet<EventId>,
}

/// See [`Missing`].
pub fn missing(state: &BatchState, commands: &[Command]) -> Missing {
    let mut wanted: BTreeMap<PoolId, u64> = BTreeMap::new();
    let mut short = Missing::default();
    for command in commands {
        match command {
            Command::Place(place) => {
                if may_lack_seats(state, place.event_id, &place.wanted) {
                    short.of_anything.insert(place.event_id);
                }
                for (pool_id, quantity) in wanted_by_pool(state, place.event_id, &place.wanted) {
                    *wanted.entry(pool_id).or_default() += u64::from(quantity);
                }
            }
            // Rare enough not to look closer. Which event the hold is of is not known yet.
            Command::ChangeItems { hold_id, wanted, .. } => {
                let near = state.events().map(|event| event.event_id).filter(|id| id.affinity() == hold_id.affinity());
                for event_id in near {
                    short.of_anything.insert(event_id);
                    short.of_places.extend(wants_places(wanted).then_some(event_id));
                }
            }
            Command::Block { event_id, wanted, .. } if state.event(*event_id).is_some() => {
                short.of_anything.insert(*event_id);
                let places = matches!(wanted.places, BlockedPlaces::Places { .. });
                short.of_places.extend(places.then_some(*event_id));
            }
            // A smaller pool may be too small for what is committed, and makes others of the batch short.
            Command::Resize { pool_id, .. } => short.of_places.extend(state.pool(*pool_id).map(|pool| pool.event_id)),
            // From then on who leaves a seat alone may be refused.
            Command::Amend { event_id, changes } if changes.orphans_refused.is_some() => {
                short.of_anything.extend(state.event(*event_id).map(|event| event.event_id));
            }
            _ => {}
        }
    }
    for (pool_id, quantity) in wanted {
        let pool = state.pool(pool_id).filter(|pool| u64::from(pool.available()) < quantity);
        short.of_places.extend(pool.map(|pool| pool.event_id));
    }
    short.of_anything.extend(&short.of_places);
    short
}

fn wanted_by_pool(state: &BatchState, event_id: EventId, wanted: &Wanted) -> Vec<(PoolId, u32)> {
    let pool_of = |id| state.ticket_type(id).map(|ticket_type| ticket_type.pool_id);
    match wanted {
        Wanted::Places(quantity) => {
            let types = state.event(event_id).map_or(&[][..], |event| &event.ticket_types);
            types.first().and_then(|id| pool_of(*id)).map(|pool_id| (pool_id, quantity.get())).into_iter().collect()
        }
        Wanted::Items(items) => {
            let places = items.iter().filter_map(|(id, amount)| match amount {
                Amount::Places(quantity) => Some((pool_of(*id)?, quantity.get())),
                Amount::Seats(_) => None,
            });
            places.collect()
        }
        Wanted::Seats(_) | Wanted::BestAvailable(_) => Vec::new(),
    }
}

fn wants_places(wanted: &Wanted) -> bool {
    match wanted {
        Wanted::Places(_) => true,
        Wanted::Items(items) => items.iter().any(|(_, amount)| matches!(amount, Amount::Places(_))),
        Wanted::Seats(_) | Wanted::BestAvailable(_) => false,
    }
}

fn wants_seats(wanted: &Wanted) -> bool {
    match wanted {
        Wanted::Places(_) => false,
        Wanted::Items(items) => items.iter().any(|(_, amount)| matches!(amount, Amount::Seats(_))),
        Wanted::Seats(_) | Wanted::BestAvailable(_) => true,
    }
}

/// Whether what is overdue could be what is missing. A named seat is missing only if somebody has it now: one that an earlier
/// command of the batch takes was nobody's. Which seats are the best, and which would be left alone, depends on everybody's, so
/// what is overdue is always needed there; as long as the sweeper comes by it is little.
fn may_lack_seats(state: &BatchState, event_id: EventId, wanted: &Wanted) -> bool {
    let held =
        |seat: &SeatIndex| state.seating(event_id).is_some_and(|seating| seating.state(*seat) == Some(SeatState::Held));
    let refuses_orphans = state.event(event_id).is_some_and(|event| event.terms.orphans_refused);
    match wanted {
        Wanted::Places(_) => false,
        _ if refuses_orphans && wants_seats(wanted) => true,
        Wanted::Items(items) => items.iter().any(|(_, amount)| match amount {
            Amount::Places(_) => false,
            Amount::Seats(seats) => seats.iter().any(held),
        }),
        Wanted::Seats(seats) => seats.iter().any(held),
        Wanted::BestAvailable(_) => true,
    }
}
