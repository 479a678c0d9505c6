//! Needs: what a batch must find on its shelf. Pure, so that tests can prove that it is enough.
//!
//! `load` reads exactly this. Whatever `decide` looks at and is not here would silently be absent.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::command::Command;
use super::shelf::Shelf;
use crate::domain::event::EventStatus;
use crate::domain::hold::Wanted;
use crate::domain::ids::{EventId, PoolId};

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
                self.idempotency_keys.extend(place.idempotency.as_ref().map(|idempotency| idempotency.key));
            }
            Command::Extend { hold_id, .. }
            | Command::Release { hold_id, .. }
            | Command::Expire { hold_id, .. }
            | Command::Book { hold_id, .. } => self.holds.push(hold_id.as_uuid()),
            Command::Cancel { booking_id } => self.bookings.push(booking_id.as_uuid()),
            Command::Resize { pool_id, .. } => self.pools.push(pool_id.as_uuid()),
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

    /// Whether some hold is wanted on the shelf for its own sake.
    pub fn names_holds(&self) -> bool {
        !(self.holds.is_empty() && self.bookings.is_empty() && self.idempotency_keys.is_empty())
    }
}

/// The events where some command of the batch may be refused for lack of room. They need their overdue holds on the shelf,
/// so that nobody is told "sold out" because the sweeper has not come by.
pub fn events_short_of_room(shelf: &Shelf, commands: &[Command]) -> Vec<EventId> {
    let mut wanted: BTreeMap<PoolId, u64> = BTreeMap::new();
    let mut short = BTreeSet::new();
    for command in commands {
        match command {
            Command::Place(place) => {
                for (pool_id, quantity) in wanted_by_pool(shelf, place.event_id, &place.wanted) {
                    *wanted.entry(pool_id).or_default() += u64::from(quantity);
                }
            }
            // A smaller pool may be too small for what is committed, and makes others of the batch short.
            Command::Resize { pool_id, .. } => short.extend(shelf.pool(*pool_id).map(|pool| pool.event_id)),
            _ => {}
        }
    }
    for (pool_id, quantity) in wanted {
        short.extend(
            shelf.pool(pool_id).filter(|pool| u64::from(pool.available()) < quantity).map(|pool| pool.event_id),
        );
    }
    short.into_iter().collect()
}

fn wanted_by_pool(shelf: &Shelf, event_id: EventId, wanted: &Wanted) -> Vec<(PoolId, u32)> {
    let pool_of = |id| shelf.ticket_type(id).map(|ticket_type| ticket_type.pool_id);
    match wanted {
        Wanted::Places(quantity) => {
            let types = shelf.event(event_id).map_or(&[][..], |event| &event.ticket_types);
            types.first().and_then(|id| pool_of(*id)).map(|pool_id| (pool_id, quantity.get())).into_iter().collect()
        }
        Wanted::Items(items) => {
            items.iter().filter_map(|(id, quantity)| Some((pool_of(*id)?, quantity.get()))).collect()
        }
    }
}
