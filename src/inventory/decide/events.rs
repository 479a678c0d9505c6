//! What an organiser does to an event's inventory.

use crate::domain::event::{EventChanges, EventStatus};
use crate::domain::hold::HoldStatus;
use crate::domain::ids::{EventId, PoolId};
use crate::domain::invalid::Invalid;
use crate::domain::quantity::{CAPACITY_PER_EVENT_MAX, Capacity};
use crate::inventory::batch_state::BatchState;
use crate::inventory::command::{Answer, Outcome, Pool, Refusal};

pub(super) fn resize(state: &mut BatchState, pool_id: PoolId, capacity: Capacity) -> Answer {
    let pool = state.pool(pool_id).ok_or(Refusal::PoolNotFound)?;
    if pool.seated && capacity.get() != pool.capacity {
        return Err(Refusal::PoolOfSeats { capacity: pool.capacity });
    }
    let event_id = pool.event_id;
    // Live holds count: their owners were promised the places. Overdue ones do not, and the answer shall not show them.
    state.expire_overdue(event_id);
    let pool = state.pool(pool_id).ok_or(Refusal::PoolNotFound)?.clone();
    if capacity.get() < pool.committed() {
        return Err(Refusal::CapacityBelowCommitted { requested: capacity.get(), least: pool.committed() });
    }
    if capacity.get() > pool.capacity {
        event_not_too_large(state, &pool, capacity)?;
    }
    let pool = if capacity.get() == pool.capacity { pool } else { state.resize(pool_id, capacity.get()) };
    Ok(Outcome::Resized(pool))
}

/// Judged here and not at the edge: another pool of the event may be growing at the same time.
fn event_not_too_large(state: &BatchState, pool: &Pool, capacity: Capacity) -> Result<(), Refusal> {
    let others = state.capacity(pool.event_id) - u64::from(pool.capacity);
    let left = u64::from(CAPACITY_PER_EVENT_MAX).saturating_sub(others);
    let left = u32::try_from(left).expect("it is at most CAPACITY_PER_EVENT_MAX, a u32");
    if capacity.get() > left {
        // An event may be too large already, from before this rule: then what the pool has is the most it can have.
        return Err(Refusal::EventTooLarge { max: left.max(pool.capacity) });
    }
    Ok(())
}

pub(super) fn amend(state: &mut BatchState, event_id: EventId, changes: &EventChanges) -> Answer {
    let event = state.event(event_id).ok_or(Refusal::EventNotFound)?;
    let before = (event.details.clone().ok_or(Refusal::EventNotFound)?, event.terms.clone());
    if changes.orphans_refused.is_some() && !event.is_seated {
        return Err(Refusal::Contradictory(Invalid::new("/orphans_refused", "The event has no seats")));
    }
    let (mut details, mut terms) = before.clone();
    changes.apply(&mut details, &mut terms);

    if !before.1.status.can_become(terms.status) {
        return Err(Refusal::IllegalTransition { from: before.1.status, to: terms.status });
    }
    details.in_order().and_then(|()| terms.in_order()).map_err(Refusal::Contradictory)?;
    if before == (details.clone(), terms.clone()) {
        return Ok(Outcome::Amended);
    }
    if terms.status == EventStatus::Cancelled && before.1.status != EventStatus::Cancelled {
        state.expire_overdue(event_id);
        for hold_id in state.active_holds_of(event_id) {
            state.give_back(hold_id, HoldStatus::Released);
        }
    }
    state.amend(event_id, details, terms);
    Ok(Outcome::Amended)
}

pub(super) fn delete(state: &mut BatchState, event_id: EventId) -> Answer {
    let event = state.event(event_id).ok_or(Refusal::EventNotFound)?;
    if event.ever_held {
        return Err(Refusal::EventHasHistory);
    }
    state.delete(event_id);
    Ok(Outcome::Deleted)
}
