//! Rules for blocks. Places that are held or booked cannot be blocked.

use super::choose::find_retry_at;
use super::seats;
use crate::ids::{BlockId, EventId, PoolId};
use crate::inventory::batch_state::BatchState;
use crate::inventory::command::{Decision, Outcome, Refusal, Shortage};
use crate::model::block::{Block, BlockPart, BlockRequest, BlockedPlaces};
use crate::quantity::Quantity;
use crate::seating::SeatIndex;

/// Creates the block, or replaces its whole content. The present capacity of a replaced block counts as free.
pub(super) fn block(state: &mut BatchState, event_id: EventId, block_id: BlockId, wanted: &BlockRequest) -> Decision {
    state.event(event_id).ok_or(Refusal::EventNotFound)?;
    // The capacity of overdue holds can be blocked.
    state.expire_overdue(event_id);
    let parts =
        state.while_replacing_block((event_id, block_id), |state| requested_parts(state, event_id, &wanted.places))?;
    let before = state.block(event_id, block_id).cloned();
    let created = before.is_none();
    let block = Block {
        block_id,
        event_id,
        reason: wanted.reason.clone(),
        parts,
        created_at: before.as_ref().map_or(state.now, |block| block.created_at),
        updated_at: state.now,
    };
    match before {
        Some(before) if before.parts == block.parts && before.reason == block.reason => {
            Ok(Outcome::Blocked { block: before, created })
        }
        _ => {
            state.block_places(block.clone());
            Ok(Outcome::Blocked { block, created })
        }
    }
}

/// Removes the block.
pub(super) fn unblock(state: &mut BatchState, event_id: EventId, block_id: BlockId) -> Decision {
    state.event(event_id).ok_or(Refusal::EventNotFound)?;
    let block = state.block(event_id, block_id).ok_or(Refusal::BlockNotFound)?.clone();
    state.unblock(event_id, block_id);
    Ok(Outcome::Unblocked { block })
}

fn requested_parts(state: &BatchState, event_id: EventId, places: &BlockedPlaces) -> Result<Vec<BlockPart>, Refusal> {
    match places {
        BlockedPlaces::Places { pool_id, quantity } => Ok(vec![quantity_part(state, event_id, *pool_id, *quantity)?]),
        BlockedPlaces::Seats(wanted) => seat_parts(state, event_id, wanted),
    }
}

/// The part for a quantity of a pool without seats.
fn quantity_part(
    state: &BatchState,
    event_id: EventId,
    pool_id: PoolId,
    quantity: Quantity,
) -> Result<BlockPart, Refusal> {
    let pool = state.pool(pool_id).filter(|pool| pool.event_id == event_id).ok_or(Refusal::PoolNotFound)?;
    if pool.seated {
        return Err(Refusal::PoolOfSeats { capacity: pool.capacity });
    }
    if pool.available() < quantity.get() {
        let shortage = Shortage {
            pool_id,
            ticket_type_ids: Vec::new(),
            requested: quantity.get(),
            available: pool.available(),
            held: pool.held,
        };
        let shortages = vec![shortage];
        let retry_at = find_retry_at(state, &shortages);
        return Err(Refusal::InsufficientSeats { shortages, retry_at, now: state.now });
    }
    Ok(BlockPart { pool_id, quantity: quantity.get(), seats: Vec::new() })
}

/// The parts for seats, one per pool.
fn seat_parts(state: &BatchState, event_id: EventId, wanted: &[SeatIndex]) -> Result<Vec<BlockPart>, Refusal> {
    let by_pool = seats::group_by_pool(state, event_id, wanted)?;
    let unavailable = seats::find_unavailable(state, event_id, wanted.iter().copied());
    if !unavailable.is_empty() {
        return Err(Refusal::SeatsUnavailable { seats: unavailable, now: state.now });
    }
    let part = |(pool_id, seats): (PoolId, Vec<SeatIndex>)| BlockPart {
        pool_id,
        quantity: u32::try_from(seats.len()).expect("a layout has fewer seats than u32::MAX"),
        seats,
    };
    Ok(by_pool.into_iter().map(part).collect())
}
