//! Blocks: capacity that the organiser withholds from sale, with a reason (seats for guests, seats behind equipment).

use crate::ids::{BlockId, EventId, PoolId};
use crate::quantity::Quantity;
use crate::seating::SeatIndex;
use crate::time::Instant;

/// Longest reason, in characters. The database's CHECK has the same limit.
pub const BLOCK_REASON_LENGTH_MAX: usize = 200;

/// Requested content of a block, for its creation or its replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockRequest {
    pub reason: String,
    pub places: BlockedPlaces,
}

/// Capacity that a block shall withhold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockedPlaces {
    /// A quantity of one pool without seats.
    Places { pool_id: PoolId, quantity: Quantity },
    /// Seats, sorted by index, without duplicates.
    Seats(Vec<SeatIndex>),
}

/// A block as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub block_id: BlockId,
    pub event_id: EventId,
    pub reason: String,
    /// One part per pool, in the order of the pools.
    pub parts: Vec<BlockPart>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// The part of a block that belongs to one pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockPart {
    pub pool_id: PoolId,
    /// In places.
    pub quantity: u32,
    /// Sorted by index, as many as `quantity`; empty if the pool has no seats.
    pub seats: Vec<SeatIndex>,
}

impl Block {
    /// Places of all pools together.
    pub fn quantity(&self) -> u32 {
        self.parts.iter().map(|part| part.quantity).sum()
    }
}
