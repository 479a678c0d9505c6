//! What the organiser keeps back.

use std::collections::{BTreeMap, BTreeSet};

use super::signed;
use crate::domain::block::{Block, BlockPart};
use crate::domain::ids::{BlockId, EventId, PoolId};
use crate::domain::seat::{SeatOwner, SeatState};
use crate::domain::seating::SeatIndex;
use crate::inventory::batch_state::BatchState;
use crate::inventory::changes::{EntryKind, PoolDelta};

impl BatchState {
    /// Judges what a block could be instead, while what it keeps counts as free. Nothing of it is changed.
    pub fn while_unblocked<T>(
        &mut self,
        (event_id, block_id): (EventId, BlockId),
        judge: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.lift(event_id, block_id, SeatState::Available, -1);
        let judged = judge(self);
        self.lift(event_id, block_id, SeatState::Blocked, 1);
        judged
    }

    /// Makes a block what is given, new or not. There must be room for it, beside what it keeps.
    pub fn block_places(&mut self, block: Block) {
        assert!(block.quantity() > 0, "a block that keeps nothing is none");
        let ids = (block.event_id, block.block_id);
        let before = self.blocks.insert(ids, block.clone());
        self.move_block(ids, before.as_ref(), Some(&block));
    }

    /// Ends a block.
    pub fn unblock(&mut self, event_id: EventId, block_id: BlockId) {
        let before = self.blocks.remove(&(event_id, block_id)).expect("a block to end is on the state");
        self.move_block((event_id, block_id), Some(&before), None);
    }

    /// First gives back, then keeps: a seat goes from one block to another only through nobody.
    fn move_block(&mut self, ids: (EventId, BlockId), before: Option<&Block>, after: Option<&Block>) {
        let (had, has) = (parts(before), parts(after));
        for (pool_id, part) in &had {
            self.move_part(ids, EntryKind::PlacesUnblocked, *pool_id, &beyond(part, has.get(pool_id).copied()));
        }
        for (pool_id, part) in &has {
            self.move_part(ids, EntryKind::PlacesBlocked, *pool_id, &beyond(part, had.get(pool_id).copied()));
        }
        if before.map(|block| &block.parts) == after.map(|block| &block.parts) {
            // Another reason for the same places.
            self.record(ids.0, EntryKind::PlacesBlocked, (None, None), None, Vec::new());
        }
        self.written.blocks.insert(ids);
    }

    fn move_part(
        &mut self,
        (event_id, block_id): (EventId, BlockId),
        kind: EntryKind,
        pool_id: PoolId,
        part: &BlockPart,
    ) {
        if part.quantity == 0 {
            return;
        }
        let blocked = SeatOwner::Blocked(block_id);
        let (quantity, from, to) = match kind {
            EntryKind::PlacesBlocked => (signed(part.quantity), SeatOwner::Nobody, blocked),
            _ => (-signed(part.quantity), blocked, SeatOwner::Nobody),
        };
        let pool = self.pool_mut(pool_id);
        pool.blocked = pool.blocked.checked_add_signed(quantity).expect("a block gives back what it has kept");
        assert!(pool.committed() <= pool.capacity, "room is judged before it is blocked");
        self.move_seats(event_id, &part.seats, from, to);
        let delta = PoolDelta { blocked: quantity, ..PoolDelta::none(pool_id) };
        self.record(event_id, kind, (None, None), Some(delta), part.seats.clone());
    }

    fn lift(&mut self, event_id: EventId, block_id: BlockId, state: SeatState, sign: i32) {
        let Some(block) = self.blocks.get(&(event_id, block_id)) else { return };
        for part in block.parts.clone() {
            let pool = self.pool_mut(part.pool_id);
            let blocked = pool.blocked.checked_add_signed(sign * signed(part.quantity));
            pool.blocked = blocked.expect("a pool has blocked what its blocks keep");
            if let Some(seating) = self.seatings.get_mut(&event_id) {
                part.seats.iter().for_each(|seat| seating.set(*seat, state));
            }
        }
    }
}

fn parts(block: Option<&Block>) -> BTreeMap<PoolId, &BlockPart> {
    block.iter().flat_map(|block| &block.parts).map(|part| (part.pool_id, part)).collect()
}

/// What a part has that another has not.
fn beyond(part: &BlockPart, other: Option<&BlockPart>) -> BlockPart {
    let Some(other) = other else { return part.clone() };
    if part.seats.is_empty() && other.seats.is_empty() {
        return BlockPart { quantity: part.quantity.saturating_sub(other.quantity), ..part.clone() };
    }
    let others: BTreeSet<SeatIndex> = other.seats.iter().copied().collect();
    let seats: Vec<SeatIndex> = part.seats.iter().copied().filter(|seat| !others.contains(seat)).collect();
    BlockPart {
        pool_id: part.pool_id,
        quantity: u32::try_from(seats.len()).expect("no layout has so many seats"),
        seats,
    }
}
