//! An event with its pools and ticket types, as it is created and shown. Counters are not part of it: they change with
//! every hold, and `queries::status` has them.

use super::event::{EventDetails, EventTerms};
use super::ids::{EventId, PoolId, SeriesId, TicketTypeId};
use super::time::Instant;

/// See the module's documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WholeEvent {
    pub event_id: EventId,
    /// The production that it is one date of.
    pub series_id: Option<SeriesId>,
    pub details: EventDetails,
    pub terms: EventTerms,
    /// In the order in which they are offered; the ticket types too.
    pub pools: Vec<PoolOffered>,
    pub ticket_types: Vec<TicketTypeOffered>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A counted amount of an event's capacity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolOffered {
    pub pool_id: PoolId,
    pub name: String,
    pub capacity: u32,
}

/// What is sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketTypeOffered {
    pub ticket_type_id: TicketTypeId,
    pub pool_id: PoolId,
    pub name: String,
    /// Minor units of the event's currency.
    pub price: i64,
    /// Per hold; absent: 1.
    pub min_quantity: Option<u32>,
    /// Per hold; absent: the event's maximum.
    pub max_quantity: Option<u32>,
}

impl WholeEvent {
    /// The places of all pools together.
    pub fn total_seats(&self) -> u64 {
        self.pools.iter().map(|pool| u64::from(pool.capacity)).sum()
    }
}
