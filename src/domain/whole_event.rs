//! An event with its pools and ticket types, as it is created and shown. What holds and bookings count is not part of it: it
//! changes with every hold, and `queries::status` has it.

use super::event::{EventDetails, EventTerms};
use super::ids::{EventId, PoolId, SeriesId, TicketTypeId};
use super::seated_event::Seating;
use super::seating::SectionIndex;
use super::time::Instant;

/// See the module's documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WholeEvent {
    pub event_id: EventId,
    /// The production that it is one date of.
    pub series_id: Option<SeriesId>,
    pub details: EventDetails,
    pub terms: EventTerms,
    /// Absent: the event is not at a venue.
    pub seating: Option<Seating>,
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
    /// Of the event's layout. Absent: the event is not at a venue.
    pub section: Option<SectionOffered>,
    /// Whether its places are numbered seats.
    pub seated: bool,
    /// Places that the organiser keeps back.
    pub blocked: u32,
}

/// The section that a pool is, or is a price zone of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionOffered {
    pub section: SectionIndex,
    pub name: String,
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
