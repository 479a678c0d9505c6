//! Blocks of organisers, in the model.

use super::limits::check_shortages;
use super::{Block, BlockNo, BlockView, EventNo, Expected, Model, Refused, Seconds};

impl Model {
    /// Creates or replaces a block. The places it already has count as free.
    pub(super) fn block(&mut self, request: &Block, now: Seconds) -> Result<Expected, Refused> {
        self.existing_event(request.event)?;
        self.pools.get(request.pool).filter(|pool| pool.event == request.event).ok_or(Refused::PoolNotFound)?;
        let index = self.block_index(request.event, request.block);
        let replaced = index
            .map(|index| &self.blocks[index].block)
            .filter(|replaced| replaced.pool == request.pool)
            .map_or(0, |replaced| replaced.quantity);
        let mut places = self.places(request.pool, now);
        places.blocked -= replaced;
        let shortages = places.shortage(request.pool, vec![], request.quantity).into_iter().collect();
        check_shortages(shortages, &self.returns(None, now), now)?;
        let Some(index) = index else {
            let block = BlockView { block: request.clone(), created: now, updated: now };
            self.blocks.push(block.clone());
            return Ok(Expected::Blocked { block, created: true });
        };
        let view = &mut self.blocks[index];
        if view.block != *request {
            (view.block, view.updated) = (request.clone(), now);
        }
        Ok(Expected::Blocked { block: view.clone(), created: false })
    }

    pub(super) fn unblock(&mut self, event: EventNo, block: BlockNo) -> Result<Expected, Refused> {
        self.existing_event(event)?;
        let index = self.block_index(event, block).ok_or(Refused::BlockNotFound)?;
        Ok(Expected::Unblocked { block: self.blocks.remove(index) })
    }

    fn block_index(&self, event: EventNo, block: BlockNo) -> Option<usize> {
        self.blocks.iter().position(|view| (view.block.event, view.block.block) == (event, block))
    }
}
