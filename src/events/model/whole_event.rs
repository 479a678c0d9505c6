//! An event with its pools and ticket types, as it is created and shown. The held and booked quantities are not part of
//! it, because they change with every hold: see `queries::status`.

use boxoffice_engine::ids::{EventId, PoolId, SeriesId, TicketTypeId};
use boxoffice_engine::model::event::EventTerms;
use boxoffice_engine::seating::SectionIndex;
use boxoffice_engine::time::Instant;

use super::seated_event::EventLayout;
use crate::events::details::EventDetails;

/// An event with its pools and ticket types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WholeEvent {
    pub event_id: EventId,
    /// The series that the event is a date of.
    pub series_id: Option<SeriesId>,
    pub details: EventDetails,
    pub terms: EventTerms,
    /// `None`: the event is not at a venue.
    pub seating: Option<EventLayout>,
    /// In display order.
    pub pools: Vec<EventPool>,
    /// In display order.
    pub ticket_types: Vec<EventTicketType>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A pool: a counted part of an event's capacity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventPool {
    pub pool_id: PoolId,
    pub name: String,
    /// In places.
    pub capacity: u32,
    /// Section of the event's layout; `None`: the event is not at a venue.
    pub section: Option<PoolSection>,
    /// Whether the pool consists of numbered seats.
    pub seated: bool,
    /// Places in the organiser's blocks.
    pub blocked: u32,
}

/// Section of the layout that a pool covers, whole or in part (a price zone).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolSection {
    pub section: SectionIndex,
    pub name: String,
}

/// A ticket type as it is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventTicketType {
    pub ticket_type_id: TicketTypeId,
    pub pool_id: PoolId,
    pub name: String,
    /// Minor units of the event's currency.
    pub price: i64,
    /// Smallest quantity per hold; `None`: 1.
    pub min_quantity: Option<u32>,
    /// Largest quantity per hold; `None`: the event's maximum.
    pub max_quantity: Option<u32>,
}

impl WholeEvent {
    /// Capacity of all pools together, in places.
    pub fn total_capacity(&self) -> u64 {
        self.pools.iter().map(|pool| u64::from(pool.capacity)).sum()
    }
}
