//! Moves of blocks.

use std::collections::{BTreeMap, BTreeSet};

use super::signed;
use crate::ids::{BlockId, EventId, PoolId};
use crate::inventory::batch_state::BatchState;
use crate::inventory::changes::{EntryKind, PoolDelta};
use crate::model::block::{Block, BlockPart};
use crate::model::seat::{SeatOwner, SeatState};
use crate::seating::SeatIndex;

impl BatchState {
    /// Validates the replacement of a block while the block's capacity counts as free. A block that does not exist yet
    /// has none. The block itself is not changed.
    pub fn while_replacing_block<T>(
        &mut self,
        (event_id, block_id): (EventId, BlockId),
        validate: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.count_block(event_id, block_id, SeatState::Available, -1);
        let result = validate(self);
        self.count_block(event_id, block_id, SeatState::Blocked, 1);
        result
    }

    /// Creates a block, or replaces an existing one. Panics if its capacity is not available; that of the replaced
    /// block counts as available.
    pub fn block_places(&mut self, block: Block) {
        assert!(block.quantity() > 0, "a block has at least one place");
        let ids = (block.event_id, block.block_id);
        let before = self.blocks.insert(ids, block.clone());
        self.move_block(ids, before.as_ref(), Some(&block));
    }

    /// Removes a block and frees its capacity.
    pub fn unblock(&mut self, event_id: EventId, block_id: BlockId) {
        let before = self.blocks.remove(&(event_id, block_id)).expect("a block to remove is loaded");
        self.move_block((event_id, block_id), Some(&before), None);
    }

    /// Frees before it blocks, so that a pool is never committed beyond its capacity on the way.
    fn move_block(&mut self, ids: (EventId, BlockId), before: Option<&Block>, after: Option<&Block>) {
        let (parts_before, parts_after) = (parts_by_pool(before), parts_by_pool(after));
        for (pool_id, part) in &parts_before {
            let freed = subtract(part, parts_after.get(pool_id).copied());
            self.move_part(ids, EntryKind::PlacesUnblocked, *pool_id, &freed);
        }
        for (pool_id, part) in &parts_after {
            let taken = subtract(part, parts_before.get(pool_id).copied());
            self.move_part(ids, EntryKind::PlacesBlocked, *pool_id, &taken);
        }
        if before.map(|block| &block.parts) == after.map(|block| &block.parts) {
            // Only the reason changed. Every change has a journal entry.
            self.record(ids.0, EntryKind::PlacesBlocked, (None, None), None, Vec::new());
        }
        self.pending.blocks.insert(ids);
    }

    /// Blocks or frees a part, as `kind` says. Does nothing if the part is empty.
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
        pool.blocked = pool.blocked.checked_add_signed(quantity).expect("a block frees at most its own capacity");
        assert!(pool.committed() <= pool.capacity, "available capacity is checked before it is blocked");
        self.move_seats(event_id, &part.seats, from, to);
        let delta = PoolDelta { blocked: quantity, ..PoolDelta::zero(pool_id) };
        self.record(event_id, kind, (None, None), Some(delta), part.seats.clone());
    }

    /// Adds `sign` (1 or -1) times the block's quantities to the pools in the batch state, and sets its seats to
    /// `seat_state`. Writes nothing.
    fn count_block(&mut self, event_id: EventId, block_id: BlockId, seat_state: SeatState, sign: i32) {
        let Some(block) = self.blocks.get(&(event_id, block_id)) else { return };
        for part in block.parts.clone() {
            let pool = self.pool_mut(part.pool_id);
            let blocked = pool.blocked.checked_add_signed(sign * signed(part.quantity));
            pool.blocked = blocked.expect("a pool counts the places of all its blocks");
            if let Some(loaded_seats) = self.loaded_seats.get_mut(&event_id) {
                part.seats.iter().for_each(|seat| loaded_seats.set_state(*seat, seat_state));
            }
        }
    }
}

fn parts_by_pool(block: Option<&Block>) -> BTreeMap<PoolId, &BlockPart> {
    block.iter().flat_map(|block| &block.parts).map(|part| (part.pool_id, part)).collect()
}

/// The places of a part that are not in `other`, a part of the same pool.
fn subtract(part: &BlockPart, other: Option<&BlockPart>) -> BlockPart {
    let Some(other) = other else { return part.clone() };
    if part.seats.is_empty() && other.seats.is_empty() {
        return BlockPart { quantity: part.quantity.saturating_sub(other.quantity), ..part.clone() };
    }
    let other_seats: BTreeSet<SeatIndex> = other.seats.iter().copied().collect();
    let seats: Vec<SeatIndex> = part.seats.iter().copied().filter(|seat| !other_seats.contains(seat)).collect();
    BlockPart {
        pool_id: part.pool_id,
        quantity: u32::try_from(seats.len()).expect("no layout has so many seats"),
        seats,
    }
}
