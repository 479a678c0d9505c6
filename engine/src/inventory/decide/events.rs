//! Rules for an organiser's changes of an event: its capacity, its fields, its deletion.

use crate::ids::{EventId, PoolId};
use crate::invalid::Invalid;
use crate::inventory::batch_state::BatchState;
use crate::inventory::command::{Decision, Outcome, Pool, Refusal};
use crate::model::event::{EventChanges, EventStatus};
use crate::model::hold::HoldStatus;
use crate::quantity::{CAPACITY_PER_EVENT_MAX, Capacity};

/// Sets the capacity of a pool.
pub(super) fn resize(state: &mut BatchState, pool_id: PoolId, capacity: Capacity) -> Decision {
    let pool = state.pool(pool_id).ok_or(Refusal::PoolNotFound)?;
    if pool.seated && capacity.get() != pool.capacity {
        return Err(Refusal::PoolOfSeats { capacity: pool.capacity });
    }
    let event_id = pool.event_id;
    // Active holds keep their capacity until they end. Overdue ones do not, so they must not count as committed.
    state.expire_overdue(event_id);
    let pool = state.pool(pool_id).ok_or(Refusal::PoolNotFound)?.clone();
    if capacity.get() < pool.committed() {
        return Err(Refusal::CapacityBelowCommitted { requested: capacity.get(), least: pool.committed() });
    }
    if capacity.get() > pool.capacity {
        check_event_capacity(state, &pool, capacity)?;
    }
    let pool = if capacity.get() == pool.capacity { pool } else { state.resize(pool_id, capacity.get()) };
    Ok(Outcome::Resized(pool))
}

/// Checks the capacity of the whole event. Done here and not when the request is parsed, because it depends on the
/// event's other pools, which can change at the same time.
fn check_event_capacity(state: &BatchState, pool: &Pool, capacity: Capacity) -> Result<(), Refusal> {
    let others = state.capacity(pool.event_id) - u64::from(pool.capacity);
    let left = u64::from(CAPACITY_PER_EVENT_MAX).saturating_sub(others);
    let left = u32::try_from(left).expect("it is at most CAPACITY_PER_EVENT_MAX, a u32");
    if capacity.get() > left {
        // An event that was created before this rule may already exceed it. Its pools can keep their capacity.
        return Err(Refusal::EventTooLarge { max: left.max(pool.capacity) });
    }
    Ok(())
}

/// Changes fields of an event. Cancellation releases the event's active holds; bookings stay.
pub(super) fn amend(state: &mut BatchState, event_id: EventId, changes: &EventChanges) -> Decision {
    let event = state.event(event_id).ok_or(Refusal::EventNotFound)?;
    let details_before = event.details.clone().ok_or(Refusal::EventNotFound)?;
    let terms_before = event.terms.clone();
    if changes.terms.orphans_refused.is_some() && !event.is_seated {
        return Err(Refusal::Contradictory(Invalid::new("/orphans_refused", "The event has no seats")));
    }
    let status = changes.terms.status.unwrap_or(terms_before.status);
    if !terms_before.status.can_become(status) {
        return Err(Refusal::IllegalTransition { from: terms_before.status, to: status });
    }
    let details = match &changes.details {
        Some(changes) => changes.apply(&details_before).map_err(Refusal::Contradictory)?,
        None => details_before.clone(),
    };
    let terms = changes.terms.apply(&terms_before).map_err(Refusal::Contradictory)?;
    if (&details, &terms) == (&details_before, &terms_before) {
        return Ok(Outcome::Amended);
    }
    if status == EventStatus::Cancelled && terms_before.status != EventStatus::Cancelled {
        state.expire_overdue(event_id);
        for hold_id in state.active_hold_ids(event_id) {
            state.free_hold(hold_id, HoldStatus::Released);
        }
    }
    state.amend(event_id, details, terms);
    Ok(Outcome::Amended)
}

/// Deletes an event that never had a hold.
pub(super) fn delete(state: &mut BatchState, event_id: EventId) -> Decision {
    let event = state.event(event_id).ok_or(Refusal::EventNotFound)?;
    if event.ever_held {
        return Err(Refusal::EventHasHistory);
    }
    state.delete(event_id);
    Ok(Outcome::Deleted)
}
