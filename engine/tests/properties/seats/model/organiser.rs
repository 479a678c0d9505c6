//! Organiser commands on blocks, pools and events.

use std::collections::BTreeMap;

use boxoffice_engine::ids::{BlockId, EventId, PoolId};
use boxoffice_engine::inventory::command::{Decision, Outcome, Pool, Refusal};
use boxoffice_engine::model::block::{Block, BlockPart, BlockRequest, BlockedPlaces};
use boxoffice_engine::model::event::{EventChanges, EventStatus};
use boxoffice_engine::model::seat::SeatOwner;
use boxoffice_engine::seating::SeatIndex;
use boxoffice_engine::time::Instant;
use test_support::model::Status;
use test_support::model::limits::check_shortages;
use test_support::translate::{number, seconds};

use super::shared::{apply_rule, places, refusal};
use super::{Event, Model};

impl Model {
    /// Creates or replaces a block. The seats and places it already has count as free.
    pub(super) fn block(
        &mut self,
        event_id: EventId,
        block_id: BlockId,
        wanted: &BlockRequest,
        now: Instant,
    ) -> Decision {
        let event = self.event(event_id)?;
        let parts = match &wanted.places {
            BlockedPlaces::Seats(seats) => self.seat_parts(event, block_id, seats, now)?,
            BlockedPlaces::Places { pool_id, quantity } => {
                vec![self.places_part(event, block_id, (*pool_id, quantity.get()), now)?]
            }
        };
        let before = self.block_index(event_id, block_id).map(|at| self.blocks.remove(at));
        let created = before.is_none();
        let same = before.as_ref().is_some_and(|block| (&block.parts, &block.reason) == (&parts, &wanted.reason));
        let block = Block {
            block_id,
            event_id,
            reason: wanted.reason.clone(),
            parts,
            created_at: before.as_ref().map_or(now, |block| block.created_at),
            updated_at: before.filter(|_| same).map_or(now, |block| block.updated_at),
        };
        self.blocks.push(block.clone());
        Ok(Outcome::Blocked { block, created })
    }

    pub(super) fn unblock(&mut self, event_id: EventId, block_id: BlockId) -> Decision {
        self.event(event_id)?;
        let at = self.block_index(event_id, block_id).ok_or(Refusal::BlockNotFound)?;
        Ok(Outcome::Unblocked { block: self.blocks.remove(at) })
    }

    /// Changes a capacity, which only the standing pool allows.
    pub(super) fn resize(&mut self, pool_id: PoolId, requested: u32) -> Decision {
        let at = self.events.iter().position(|event| event.pools.contains(&pool_id)).ok_or(Refusal::PoolNotFound)?;
        let pool = self.pool(&self.events[at], pool_id);
        if pool.seated && requested != pool.capacity {
            return Err(Refusal::PoolOfSeats { capacity: pool.capacity });
        }
        places(&pool).check_resize(requested).map_err(refusal)?;
        if !pool.seated {
            self.events[at].standing = requested;
        }
        Ok(Outcome::Resized(Pool { capacity: requested, ..pool }))
    }

    /// Applies the two changes that the scripts make: the single-seat rule, and cancelling.
    pub(super) fn amend(&mut self, event_id: EventId, changes: &EventChanges, now: Instant) -> Decision {
        let at = self.events.iter().position(|event| event.event_id == event_id).ok_or(Refusal::EventNotFound)?;
        let event = &mut self.events[at];
        event.orphans_refused = changes.terms.orphans_refused.unwrap_or(event.orphans_refused);
        if changes.terms.status == Some(EventStatus::Cancelled) {
            event.status = Status::Cancelled;
            let of_event = self.holds.iter_mut().map(|(hold, _)| hold).filter(|hold| hold.event_id == event_id);
            for hold in of_event {
                apply_rule(hold, now, |life, now| {
                    life.event_cancelled(now);
                    Ok(())
                })?;
            }
        }
        Ok(Outcome::Amended)
    }

    /// Pool with its counters.
    pub fn pool(&self, event: &Event, pool_id: PoolId) -> Pool {
        let [held, booked, blocked] = self.counters(pool_id);
        let seated = pool_id != event.standing_pool();
        let seats = (0..self.geometry.seats.len() as u32).map(SeatIndex);
        let seats = seats.filter(|seat| self.pool_of(event, *seat) == Some(pool_id)).count() as u32;
        let capacity = if seated { seats } else { event.standing };
        Pool { pool_id, event_id: event.event_id, capacity, held, booked, blocked, seated }
    }

    fn block_index(&self, event_id: EventId, block_id: BlockId) -> Option<usize> {
        self.blocks.iter().position(|block| (block.event_id, block.block_id) == (event_id, block_id))
    }

    fn seat_parts(
        &self,
        event: &Event,
        block_id: BlockId,
        seats: &[SeatIndex],
        now: Instant,
    ) -> Result<Vec<BlockPart>, Refusal> {
        let pools = self.pools_of(event, seats)?;
        let free = [SeatOwner::Nobody, SeatOwner::Blocked(block_id)];
        let unavailable = seats.iter().copied().filter(|seat| !free.contains(&self.seat_owner(event.event_id, *seat)));
        let unavailable: Vec<SeatIndex> = unavailable.collect();
        if !unavailable.is_empty() {
            return Err(Refusal::SeatsUnavailable { seats: unavailable, now });
        }
        let mut by_pool: BTreeMap<PoolId, Vec<SeatIndex>> = BTreeMap::new();
        for (seat, pool_id) in seats.iter().zip(pools) {
            by_pool.entry(pool_id).or_default().push(*seat);
        }
        let parts = by_pool.into_iter().map(|(pool_id, seats)| (pool_id, seats.len() as u32, seats));
        Ok(parts.map(|(pool_id, quantity, seats)| BlockPart { pool_id, quantity, seats }).collect())
    }

    fn places_part(
        &self,
        event: &Event,
        block_id: BlockId,
        (pool_id, requested): (PoolId, u32),
        now: Instant,
    ) -> Result<BlockPart, Refusal> {
        if !event.pools.contains(&pool_id) {
            return Err(Refusal::PoolNotFound);
        }
        let pool = self.pool(event, pool_id);
        if pool.seated {
            return Err(Refusal::PoolOfSeats { capacity: pool.capacity });
        }
        let own = self.block_index(event.event_id, block_id).map(|at| &self.blocks[at].parts);
        let own = own.into_iter().flatten().filter(|part| part.pool_id == pool_id).map(|part| part.quantity);
        let mut places = places(&pool);
        places.blocked -= own.sum::<u32>();
        let shortages = places.shortage(number(pool_id.as_uuid()), vec![], requested).into_iter().collect();
        check_shortages(shortages, &self.returns(pool_id, None), seconds(now)).map_err(refusal)?;
        Ok(BlockPart { pool_id, quantity: requested, seats: vec![] })
    }
}
