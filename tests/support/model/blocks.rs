//! What organisers keep back, in the model.

use super::{Block, BlockNo, BlockView, EventNo, Expected, Model, Refused, Seconds, Short};

impl Model {
    /// The block becomes what is asked, new or not; what it has counts as free.
    pub(super) fn block(&mut self, asked: &Block, now: Seconds) -> Result<Expected, Refused> {
        self.existing(asked.event)?;
        let pool = self.pools.get(asked.pool).filter(|pool| pool.event == asked.event).ok_or(Refused::PoolNotFound)?;
        let at = self.find(asked.event, asked.block);
        let own =
            at.map(|at| &self.blocks[at].block).filter(|own| own.pool == asked.pool).map_or(0, |own| own.quantity);
        let held = self.held(asked.pool, now);
        let available = pool.capacity - held - self.booked(asked.pool) - (self.blocked(asked.pool) - own);
        if asked.quantity > available {
            let short = Short { pool: asked.pool, types: vec![], requested: asked.quantity, available, held };
            let retry_at = self.retry_at(std::slice::from_ref(&short), None, now);
            return Err(Refused::Insufficient { shortages: vec![short], retry_at, now });
        }
        let Some(at) = at else {
            let block = BlockView { block: asked.clone(), created: now, updated: now };
            self.blocks.push(block.clone());
            return Ok(Expected::Blocked { block, created: true });
        };
        let kept = &mut self.blocks[at];
        if kept.block != *asked {
            (kept.block, kept.updated) = (asked.clone(), now);
        }
        Ok(Expected::Blocked { block: kept.clone(), created: false })
    }

    pub(super) fn unblock(&mut self, event: EventNo, block: BlockNo) -> Result<Expected, Refused> {
        self.existing(event)?;
        let at = self.find(event, block).ok_or(Refused::BlockNotFound)?;
        Ok(Expected::Unblocked { block: self.blocks.remove(at) })
    }

    fn find(&self, event: EventNo, block: BlockNo) -> Option<usize> {
        self.blocks.iter().position(|kept| (kept.block.event, kept.block.block) == (event, block))
    }
}
