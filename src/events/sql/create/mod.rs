//! Creates events with their pools, seats, ticket types, inventory rows and first journal entries, in one transaction.
//!
//! The event is not visible to other transactions before the commit, so no lock is needed. Guarded by the schema's
//! CHECKs and unique names. [`NewEvent`] is parsed by the same rules.

mod insert;

use std::ops::Range;

use boxoffice_engine::db::constraints::{EVENTS_PKEY, EVENTS_SERIES_FKEY};
use boxoffice_engine::db::failure::violates;
use boxoffice_engine::ids::{AffinityRange, EventId, PoolId, TicketTypeId};
use boxoffice_engine::time::Instant;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::error::ErrorCode;
use crate::events::model::new_event::{LayoutPart, NewEvent, NewPool, NewTicketType};
use crate::events::model::whole_event::{EventPool, EventTicketType, PoolSection, WholeEvent};
use crate::idempotency::creation::{CreateError, Created, Creation, create};
use crate::idempotency::sql::stored_response::ResponseToStore;

/// A new event, and the assignment of its seats to pools.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventWithSeats {
    pub event: WholeEvent,
    /// In the layout's order. Empty if the event has no seats.
    seats: Vec<SeatsOfPool>,
}

/// A range of seats that belong to one pool.
#[derive(Clone, Debug, PartialEq, Eq)]
struct SeatsOfPool {
    pool_id: PoolId,
    /// Seat indexes in the layout.
    seats: Range<u32>,
}

/// Creates one event, once per idempotency key if there is one. Its id has an affinity of the range.
///
/// # Errors
/// See [`CreateError`].
pub async fn create_event(
    pool: &PgPool,
    affinities: AffinityRange,
    new: NewEvent,
    to_store: Option<ResponseToStore<EventWithSeats>>,
) -> Result<Created<EventWithSeats>, CreateError> {
    create(pool, assign_ids(affinities, new), to_store).await
}

impl Creation for EventWithSeats {
    const NAME: &'static str = "create_event";
    const PRIMARY_KEY: &'static str = EVENTS_PKEY;

    fn id(&self) -> Uuid {
        self.event.event_id.as_uuid()
    }

    fn set_created_at(&mut self, now: Instant) {
        (self.event.created_at, self.event.updated_at) = (now, now);
    }

    async fn insert(&self, connection: &mut PgConnection) -> Result<(), CreateError> {
        insert_events(connection, std::slice::from_ref(self)).await
    }

    async fn find_created_at(&self, pool: &PgPool) -> sqlx::Result<Instant> {
        find_created_at(pool, self.event.event_id).await
    }
}

/// Assigns all ids. The times stay at the epoch until [`Creation::set_created_at`].
pub fn assign_ids(affinities: AffinityRange, new: NewEvent) -> EventWithSeats {
    let event_id = EventId::generate(affinities);
    let mut seats = Vec::new();
    let pools: Vec<EventPool> = new.pools.into_iter().map(|pool| with_pool_id(event_id, pool, &mut seats)).collect();
    seats.sort_by_key(|range| range.seats.start);
    let ticket_type = |ticket_type: NewTicketType| EventTicketType {
        ticket_type_id: TicketTypeId::generate(event_id),
        pool_id: pools[ticket_type.pool].pool_id,
        name: ticket_type.name,
        price: ticket_type.price,
        min_quantity: ticket_type.min_quantity,
        max_quantity: ticket_type.max_quantity,
    };
    let event = WholeEvent {
        event_id,
        series_id: new.series_id,
        details: new.details,
        terms: new.terms,
        seating: new.seating,
        ticket_types: new.ticket_types.into_iter().map(ticket_type).collect(),
        pools,
        created_at: Instant::UNIX_EPOCH,
        updated_at: Instant::UNIX_EPOCH,
    };
    EventWithSeats { event, seats }
}

/// A pool with a new id. Appends its seats to those of the event.
fn with_pool_id(event_id: EventId, pool: NewPool, event_seats: &mut Vec<SeatsOfPool>) -> EventPool {
    let pool_id = PoolId::generate(event_id);
    let mut created_pool =
        EventPool { pool_id, name: pool.name, capacity: pool.capacity.get(), section: None, seated: false, blocked: 0 };
    if let Some(LayoutPart { section, section_name, seats: ranges, .. }) = pool.part {
        created_pool.section = Some(PoolSection { section, name: section_name });
        created_pool.seated = !ranges.is_empty();
        event_seats.extend(ranges.into_iter().map(|seats| SeatsOfPool { pool_id, seats }));
    }
    created_pool
}

/// Inserts the rows of new events, table by table, in the caller's transaction.
pub async fn insert_events(connection: &mut PgConnection, events: &[EventWithSeats]) -> Result<(), CreateError> {
    let whole_events: Vec<&WholeEvent> = events.iter().map(|event| &event.event).collect();
    insert::events(connection, &whole_events).await.map_err(refuse_missing_series)?;
    insert::pools(connection, &whole_events).await?;
    insert::seats(connection, events).await?;
    insert::ticket_types(connection, &whole_events).await?;
    insert::inventory(connection, &whole_events).await?;
    insert::journal(connection, &whole_events).await
}

/// Time at which an event was created.
pub async fn find_created_at(pool: &PgPool, event_id: EventId) -> sqlx::Result<Instant> {
    sqlx::query_scalar!(
        r#"
        SELECT created_at
        FROM events
        WHERE event_id = $1
        "#,
        event_id.as_uuid(),
    )
    .fetch_one(pool)
    .await
}

/// The foreign key found no series with this id.
fn refuse_missing_series(error: CreateError) -> CreateError {
    match error {
        CreateError::Database(source) if violates(&source, EVENTS_SERIES_FKEY) => {
            CreateError::Refused(ErrorCode::SeriesNotFound)
        }
        error => error,
    }
}
