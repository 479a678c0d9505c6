//! Creates events with their pools, seats, ticket types, inventory rows and first journal entries, in one transaction.
//!
//! Nobody else can know an event before the commit, so nothing needs a lock. Guarded by the schema's CHECKs and unique
//! names; [`NewEvent`] has been parsed so that none of them objects.

mod insert;

use std::ops::Range;

use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::creation::{CreateError, Created, Creation, create};
use super::stored_response::ResponseToStore;
use crate::db::constraints::EVENTS_PKEY;
use crate::domain::ids::{EventId, PoolId, TicketTypeId};
use crate::domain::new_event::{LayoutPart, NewEvent, NewPool, NewTicketType};
use crate::domain::time::Instant;
use crate::domain::whole_event::{PoolOffered, SectionOffered, TicketTypeOffered, WholeEvent};

/// A new event, and what of it nobody is shown with it: which seats are in which pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventWithSeats {
    pub event: WholeEvent,
    /// In the layout's order. None where the event has no numbered seats.
    seats: Vec<SeatsOfPool>,
}

/// Seats that follow each other in the layout.
#[derive(Clone, Debug, PartialEq, Eq)]
struct SeatsOfPool {
    pool_id: PoolId,
    seats: Range<u32>,
}

/// Creates one event, once per idempotency key if there is one.
///
/// # Errors
///
/// See [`CreateError`].
pub async fn create_event(
    pool: &PgPool,
    new: NewEvent,
    keep: Option<ResponseToStore<EventWithSeats>>,
) -> Result<Created<EventWithSeats>, CreateError> {
    create(pool, identified(new), keep).await
}

impl Creation for EventWithSeats {
    const NAME: &'static str = "create_event";
    const PRIMARY_KEY: &'static str = EVENTS_PKEY;

    fn id(&self) -> Uuid {
        self.event.event_id.as_uuid()
    }

    fn stamp(&mut self, now: Instant) {
        (self.event.created_at, self.event.updated_at) = (now, now);
    }

    async fn insert(&self, connection: &mut PgConnection) -> Result<(), CreateError> {
        insert_events(connection, std::slice::from_ref(self)).await
    }

    async fn written_at(&self, pool: &PgPool) -> sqlx::Result<Instant> {
        written_at(pool, self.event.event_id).await
    }
}

/// All ids are made before the transaction; the times come with it.
pub(super) fn identified(new: NewEvent) -> EventWithSeats {
    let event_id = EventId::generate();
    let mut seats = Vec::new();
    let pools: Vec<PoolOffered> = new.pools.into_iter().map(|pool| opened(event_id, pool, &mut seats)).collect();
    seats.sort_by_key(|stretch| stretch.seats.start);
    let ticket_type = |ticket_type: NewTicketType| TicketTypeOffered {
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

/// A pool with its id. Its seats go to those of the event.
fn opened(event_id: EventId, pool: NewPool, seats: &mut Vec<SeatsOfPool>) -> PoolOffered {
    let pool_id = PoolId::generate(event_id);
    let mut offered = PoolOffered {
        pool_id,
        name: pool.name,
        capacity: pool.capacity.get(),
        section: None,
        seated: false,
        blocked: 0,
    };
    if let Some(LayoutPart { section, section_name, seats: of_pool, .. }) = pool.part {
        offered.section = Some(SectionOffered { section, name: section_name });
        offered.seated = !of_pool.is_empty();
        seats.extend(of_pool.into_iter().map(|seats| SeatsOfPool { pool_id, seats }));
    }
    offered
}

/// The rows of new events, table by table; the caller has the transaction.
pub(super) async fn insert_events(connection: &mut PgConnection, events: &[EventWithSeats]) -> Result<(), CreateError> {
    let wholes: Vec<&WholeEvent> = events.iter().map(|event| &event.event).collect();
    insert::events(connection, &wholes).await?;
    insert::pools(connection, &wholes).await?;
    insert::seats(connection, events).await?;
    insert::ticket_types(connection, &wholes).await?;
    insert::inventory(connection, &wholes).await?;
    insert::journal(connection, &wholes).await
}

/// When an event was created.
pub(super) async fn written_at(pool: &PgPool, event_id: EventId) -> sqlx::Result<Instant> {
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
