//! Organiser requests in the model: resize a pool, amend or delete an event.

use super::limits::Places;
use super::{Change, Event, EventNo, Expected, Model, PoolNo, Refused, Seconds, Status};

/// Largest capacity of an event, over all its pools.
const EVENT_CAPACITY_MAX: u32 = 10_000_000;

impl Model {
    pub(super) fn resize(&mut self, pool: PoolNo, capacity: u32, now: Seconds) -> Result<Expected, Refused> {
        let event = self.pools.get(pool).ok_or(Refused::PoolNotFound)?.event;
        self.existing_event(event).map_err(|_| Refused::PoolNotFound)?;
        let places = self.places(pool, now);
        places.check_resize(capacity)?;
        let of_event = self.pools.iter().filter(|pool| pool.event == event).map(|pool| pool.capacity).sum::<u32>();
        let others = of_event - self.pools[pool].capacity;
        if others + capacity > EVENT_CAPACITY_MAX {
            return Err(Refused::EventTooLarge { max: EVENT_CAPACITY_MAX - others });
        }
        self.pools[pool].capacity = capacity;
        let Places { held, booked, blocked, .. } = places;
        Ok(Expected::Resized { pool, capacity, held, booked, blocked })
    }

    pub(super) fn amend(&mut self, event: EventNo, change: &Change, now: Seconds) -> Result<Expected, Refused> {
        let before = self.existing_event(event)?;
        let after = apply_change(before, change);
        if !is_legal_move(before.status, after.status) {
            return Err(Refused::IllegalMove { from: before.status, to: after.status });
        }
        if ends_too_early(after.starts, after.ends) {
            return Err(Refused::EndNotAfterStart { sale_times: false });
        }
        if ends_too_early(after.sale_starts, after.sale_ends) {
            return Err(Refused::EndNotAfterStart { sale_times: true });
        }
        if after.status == Status::Cancelled {
            for hold in self.holds.iter_mut().filter(|hold| hold.request.event == event) {
                hold.life.event_cancelled(now);
            }
        }
        self.events[event] = after;
        Ok(Expected::Amended)
    }

    pub(super) fn delete(&mut self, event: EventNo) -> Result<Expected, Refused> {
        self.existing_event(event)?;
        if self.holds.iter().any(|hold| hold.request.event == event) {
            return Err(Refused::HasHistory);
        }
        self.events[event].deleted = true;
        self.blocks.retain(|view| view.block.event != event);
        Ok(Expected::Deleted)
    }
}

fn apply_change(event: &Event, change: &Change) -> Event {
    Event {
        status: change.status.unwrap_or(event.status),
        ttl: change.ttl.unwrap_or(event.ttl),
        max_quantity: change.max_quantity.unwrap_or(event.max_quantity),
        starts: change.starts.unwrap_or(event.starts),
        ends: change.ends.unwrap_or(event.ends),
        sale_starts: change.sale_starts.unwrap_or(event.sale_starts),
        sale_ends: change.sale_ends.unwrap_or(event.sale_ends),
        deleted: event.deleted,
    }
}

/// Legal moves: draft → on sale → closed, any status → cancelled, and each status to itself.
fn is_legal_move(from: Status, to: Status) -> bool {
    use Status::{Cancelled, Closed, Draft, OnSale};
    from == to || to == Cancelled || (from, to) == (Draft, OnSale) || (from, to) == (OnSale, Closed)
}

fn ends_too_early(start: Option<Seconds>, end: Option<Seconds>) -> bool {
    matches!((start, end), (Some(start), Some(end)) if end <= start)
}
