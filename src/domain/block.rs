//! Blocks: what an organiser keeps back, and why (house seats, kills).

use super::ids::{BlockId, EventId, PoolId};
use super::quantity::Quantity;
use super::seating::SeatIndex;
use super::time::Instant;

/// The longest reason, in characters. The database's CHECK says the same.
pub const BLOCK_REASON_LENGTH_MAX: usize = 200;

/// What a block shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockWanted {
    pub reason: String,
    pub places: BlockedPlaces,
}

/// What shall be kept back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockedPlaces {
    /// So many of a pool without seats.
    Places { pool_id: PoolId, quantity: Quantity },
    /// In their order and each once.
    Seats(Vec<SeatIndex>),
}

/// A block as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub block_id: BlockId,
    pub event_id: EventId,
    pub reason: String,
    /// In the order of the pools.
    pub parts: Vec<BlockPart>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// What a block keeps of one pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockPart {
    pub pool_id: PoolId,
    pub quantity: u32,
    /// In their order, as many as `quantity`; none where the pool has no seats.
    pub seats: Vec<SeatIndex>,
}

impl Block {
    /// Of all pools.
    pub fn quantity(&self) -> u32 {
        self.parts.iter().map(|part| part.quantity).sum()
    }
}
