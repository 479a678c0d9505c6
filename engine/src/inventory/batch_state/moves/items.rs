//! Move that replaces the items of a hold.

use std::collections::{BTreeMap, BTreeSet};

use super::{PoolShare, shares_by_pool, signed};
use crate::ids::{HoldId, PoolId};
use crate::inventory::batch_state::BatchState;
use crate::inventory::changes::{EntryKind, PoolDelta};
use crate::model::hold::{HoldStatus, Item};
use crate::model::seat::{SeatOwner, SeatState};
use crate::seating::SeatIndex;

impl BatchState {
    /// Validates new items of an active hold while its present capacity counts as free. The hold itself is not changed.
    pub fn while_replacing<T>(&mut self, hold_id: HoldId, validate: impl FnOnce(&mut Self) -> T) -> T {
        self.count_hold(hold_id, SeatState::Available, -1);
        self.replaced_hold = Some(hold_id);
        let result = validate(self);
        self.replaced_hold = None;
        self.count_hold(hold_id, SeatState::Held, 1);
        result
    }

    /// Replaces the items of an active hold. Panics if their capacity is not available; the hold's present capacity
    /// counts as available.
    pub fn change_items(&mut self, hold_id: HoldId, items: Vec<Item>) {
        let hold = self.hold_mut(hold_id);
        assert_eq!(hold.status, HoldStatus::Active, "only the items of an active hold change");
        assert!(!items.is_empty(), "a hold has at least one item");
        let event_id = hold.event_id;
        let before = std::mem::replace(&mut hold.items, items.clone());
        let changes = pool_changes(&shares_by_pool(&before), &shares_by_pool(&items));
        for change in &changes {
            self.move_seats(event_id, &change.freed, SeatOwner::Held(hold_id), SeatOwner::Nobody);
        }
        for change in &changes {
            // The net quantity, because the pool may be full with the present items.
            let pool = self.pool_mut(change.pool_id);
            pool.held = pool.held.checked_add_signed(change.held).expect("a hold frees at most its own capacity");
            assert!(pool.committed() <= pool.capacity, "available capacity is checked before items change");
            self.move_seats(event_id, &change.taken, SeatOwner::Nobody, SeatOwner::Held(hold_id));
        }
        let ids = (Some(hold_id), None);
        if changes.is_empty() {
            // Only ticket types or prices changed. Every change has a journal entry.
            self.record(event_id, EntryKind::HoldChanged, ids, None, Vec::new());
        }
        for change in changes {
            let delta = PoolDelta { held: change.held, ..PoolDelta::zero(change.pool_id) };
            let seats = change.freed.into_iter().chain(change.taken).collect();
            self.record(event_id, EntryKind::HoldChanged, ids, Some(delta), seats);
        }
        self.pending.changed_holds.insert(hold_id);
        // Only the first change of the batch sees the items as they are in the database.
        self.pending.changed_items.entry(hold_id).or_insert(before.len());
        self.placed_items.entry(hold_id).or_insert(before);
    }

    /// Adds `sign` (1 or -1) times the hold's quantities to the pools in the batch state, and sets its seats to
    /// `seat_state`. Writes nothing.
    fn count_hold(&mut self, hold_id: HoldId, seat_state: SeatState, sign: i32) {
        let hold = self.hold_mut(hold_id);
        assert_eq!(hold.status, HoldStatus::Active, "only the items of an active hold are replaced");
        let (event_id, shares) = (hold.event_id, shares_by_pool(&hold.items));
        for (pool_id, share) in shares {
            let pool = self.pool_mut(pool_id);
            pool.held = pool
                .held
                .checked_add_signed(sign * signed(share.quantity))
                .expect("a pool counts the places of all its holds");
            if let Some(loaded_seats) = self.loaded_seats.get_mut(&event_id) {
                share.seats.iter().for_each(|seat| loaded_seats.set_state(*seat, seat_state));
            }
        }
    }
}

/// Difference that new items make in one pool.
struct PoolChange {
    pool_id: PoolId,
    /// Delta of the held places.
    held: i32,
    freed: Vec<SeatIndex>,
    taken: Vec<SeatIndex>,
}

/// The changes of all pools that change.
fn pool_changes(before: &BTreeMap<PoolId, PoolShare>, after: &BTreeMap<PoolId, PoolShare>) -> Vec<PoolChange> {
    let pool_ids: BTreeSet<PoolId> = before.keys().chain(after.keys()).copied().collect();
    let empty = PoolShare::default();
    let mut changes = Vec::new();
    for pool_id in pool_ids {
        let (old, new) = (before.get(&pool_id).unwrap_or(&empty), after.get(&pool_id).unwrap_or(&empty));
        let held = signed(new.quantity) - signed(old.quantity);
        let (freed, taken) = (seats_only_in(old, new), seats_only_in(new, old));
        if held != 0 || !freed.is_empty() || !taken.is_empty() {
            changes.push(PoolChange { pool_id, held, freed, taken });
        }
    }
    changes
}

/// Seats of `share` that are not in `other`, in order.
fn seats_only_in(share: &PoolShare, other: &PoolShare) -> Vec<SeatIndex> {
    let other_seats: BTreeSet<SeatIndex> = other.seats.iter().copied().collect();
    share.seats.iter().copied().filter(|seat| !other_seats.contains(seat)).collect()
}
