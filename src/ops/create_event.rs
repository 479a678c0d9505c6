//! Creates events with their pools, ticket types, inventory rows and first journal entries, in one transaction.
//!
//! Nobody else can know an event before the commit, so nothing needs a lock. Guarded by the schema's CHECKs and unique
//! names; [`NewEvent`] has been parsed so that none of them objects.

mod insert;

use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::creation::{CreateError, Created, Creation, create};
use super::kept_answer::Keep;
use crate::db::constraints::EVENTS_PKEY;
use crate::domain::ids::{EventId, PoolId, TicketTypeId};
use crate::domain::new_event::{NewEvent, NewPool, NewTicketType};
use crate::domain::time::Instant;
use crate::domain::whole_event::{PoolOffered, TicketTypeOffered, WholeEvent};

/// Creates one event, once per idempotency key if there is one.
///
/// # Errors
///
/// See [`CreateError`].
pub async fn create_event(
    pool: &PgPool,
    new: NewEvent,
    keep: Option<Keep<WholeEvent>>,
) -> Result<Created<WholeEvent>, CreateError> {
    create(pool, identified(new), keep).await
}

impl Creation for WholeEvent {
    const NAME: &'static str = "create_event";
    const PRIMARY_KEY: &'static str = EVENTS_PKEY;

    fn id(&self) -> Uuid {
        self.event_id.as_uuid()
    }

    fn stamp(&mut self, now: Instant) {
        (self.created_at, self.updated_at) = (now, now);
    }

    async fn insert(&self, connection: &mut PgConnection) -> Result<(), CreateError> {
        insert_events(connection, std::slice::from_ref(self)).await
    }

    async fn written_at(&self, pool: &PgPool) -> sqlx::Result<Instant> {
        written_at(pool, self.event_id).await
    }
}

/// All ids are made before the transaction; the times come with it.
pub(super) fn identified(new: NewEvent) -> WholeEvent {
    let event_id = EventId::generate();
    let pool = |pool: NewPool| PoolOffered {
        pool_id: PoolId::generate(event_id),
        name: pool.name,
        capacity: pool.capacity.get(),
    };
    let pools: Vec<PoolOffered> = new.pools.into_iter().map(pool).collect();
    let ticket_type = |ticket_type: NewTicketType| TicketTypeOffered {
        ticket_type_id: TicketTypeId::generate(event_id),
        pool_id: pools[ticket_type.pool].pool_id,
        name: ticket_type.name,
        price: ticket_type.price,
        min_quantity: ticket_type.min_quantity,
        max_quantity: ticket_type.max_quantity,
    };
    WholeEvent {
        event_id,
        series_id: new.series_id,
        details: new.details,
        terms: new.terms,
        ticket_types: new.ticket_types.into_iter().map(ticket_type).collect(),
        pools,
        created_at: Instant::UNIX_EPOCH,
        updated_at: Instant::UNIX_EPOCH,
    }
}

/// The rows of new events, table by table; the caller has the transaction.
pub(super) async fn insert_events(connection: &mut PgConnection, events: &[WholeEvent]) -> Result<(), CreateError> {
    insert::events(connection, events).await?;
    insert::pools(connection, events).await?;
    insert::ticket_types(connection, events).await?;
    insert::inventory(connection, events).await?;
    insert::journal(connection, events).await
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
