//! A hold's items become others.

use std::collections::{BTreeMap, BTreeSet};

use super::{Share, shares, signed};
use crate::domain::hold::{HoldStatus, Item};
use crate::domain::ids::{HoldId, PoolId};
use crate::domain::seat::{SeatOwner, SeatState};
use crate::domain::seating::SeatIndex;
use crate::inventory::batch_state::BatchState;
use crate::inventory::changes::{EntryKind, PoolDelta};

impl BatchState {
    /// Judges what an active hold could have instead, while what it has counts as free. Nothing of the hold is changed.
    pub fn while_lent<T>(&mut self, hold_id: HoldId, judge: impl FnOnce(&mut Self) -> T) -> T {
        self.lend(hold_id, SeatState::Available, -1);
        self.lent = Some(hold_id);
        let judged = judge(self);
        self.lent = None;
        self.lend(hold_id, SeatState::Held, 1);
        judged
    }

    /// Gives an active hold other items. There must be room for those, beside what it has.
    pub fn change_items(&mut self, hold_id: HoldId, items: Vec<Item>) {
        let hold = self.hold_mut(hold_id);
        assert_eq!(hold.status, HoldStatus::Active, "only the items of an active hold change");
        assert!(!items.is_empty(), "a hold without items would be none");
        let event_id = hold.event_id;
        let before = std::mem::replace(&mut hold.items, items.clone());
        let moved = moved(&shares(&before), &shares(&items));
        // First what it lets go: a pool may be full with it.
        for change in &moved {
            self.move_seats(event_id, &change.freed, SeatOwner::Held(hold_id), SeatOwner::Nobody);
        }
        for change in &moved {
            let pool = self.pool_mut(change.pool_id);
            pool.held = pool.held.checked_add_signed(change.held).expect("a hold gives back no more than it has");
            assert!(pool.committed() <= pool.capacity, "room is judged before items change");
            self.move_seats(event_id, &change.taken, SeatOwner::Nobody, SeatOwner::Held(hold_id));
        }
        let ids = (Some(hold_id), None);
        if moved.is_empty() {
            // Another ticket type of the same places.
            self.record(event_id, EntryKind::HoldChanged, ids, None, Vec::new());
        }
        for change in moved {
            let delta = PoolDelta { held: change.held, ..PoolDelta::none(change.pool_id) };
            let seats = change.freed.into_iter().chain(change.taken).collect();
            self.record(event_id, EntryKind::HoldChanged, ids, Some(delta), seats);
        }
        self.placed_items.entry(hold_id).or_insert(before);
        self.written.changed_holds.insert(hold_id);
        self.written.changed_items.insert(hold_id);
    }

    fn lend(&mut self, hold_id: HoldId, state: SeatState, sign: i32) {
        let hold = self.hold_mut(hold_id);
        assert_eq!(hold.status, HoldStatus::Active, "only an active hold has something to lend");
        let (event_id, shares) = (hold.event_id, shares(&hold.items));
        for (pool_id, share) in shares {
            let pool = self.pool_mut(pool_id);
            pool.held =
                pool.held.checked_add_signed(sign * signed(share.quantity)).expect("a pool holds what its holds have");
            if let Some(seating) = self.seatings.get_mut(&event_id) {
                share.seats.iter().for_each(|seat| seating.set(*seat, state));
            }
        }
    }
}

/// What a change moves of one pool.
struct Moved {
    pool_id: PoolId,
    held: i32,
    freed: Vec<SeatIndex>,
    taken: Vec<SeatIndex>,
}

/// Pools of which nothing moves are left out.
fn moved(before: &BTreeMap<PoolId, Share>, after: &BTreeMap<PoolId, Share>) -> Vec<Moved> {
    let pool_ids: BTreeSet<PoolId> = before.keys().chain(after.keys()).copied().collect();
    let nothing = Share::default();
    let of = |pool_id: PoolId| {
        let (had, has) = (before.get(&pool_id).unwrap_or(&nothing), after.get(&pool_id).unwrap_or(&nothing));
        let without = |some: &Share, others: &Share| {
            let others: BTreeSet<SeatIndex> = others.seats.iter().copied().collect();
            some.seats.iter().copied().filter(|seat| !others.contains(seat)).collect::<Vec<_>>()
        };
        Moved {
            pool_id,
            held: signed(has.quantity) - signed(had.quantity),
            freed: without(had, has),
            taken: without(has, had),
        }
    };
    let moved = pool_ids.into_iter().map(of);
    moved.filter(|moved| moved.held != 0 || !moved.freed.is_empty() || !moved.taken.is_empty()).collect()
}
