//! Counters of events in one snapshot, per pool and per ticket type: `GET /api/v1/events/{id}/status`.

use boxoffice_engine::db::column::{currency, parse_text};
use boxoffice_engine::ids::{EventId, PoolId, TicketTypeId};
use boxoffice_engine::model::event::EventStatus;
use boxoffice_engine::money::Currency;
use boxoffice_engine::time::Instant;
use sqlx::PgConnection;
use uuid::Uuid;

/// Counters of one event. Overdue holds count as held until they are swept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventCounts {
    pub event_id: EventId,
    pub status: EventStatus,
    pub currency: Option<Currency>,
    /// In display order.
    pub pools: Vec<PoolCounts>,
    /// In display order.
    pub ticket_types: Vec<TicketTypeCounts>,
    /// Number of the event's last journal entry: a higher number is a later state.
    pub sequence: i64,
    /// Time of the database. The counters include everything that was committed before it.
    pub as_of: Instant,
}

/// Counters of one pool, in places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolCounts {
    pub pool_id: PoolId,
    pub name: String,
    pub capacity: i32,
    pub held: i32,
    pub booked: i32,
    /// In the organiser's blocks.
    pub blocked: i32,
}

impl PoolCounts {
    /// Places that are not held, booked or blocked.
    pub fn available(&self) -> i32 {
        self.capacity - self.held - self.booked - self.blocked
    }
}

/// Available places of one ticket type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketTypeCounts {
    pub ticket_type_id: TicketTypeId,
    pub pool_id: PoolId,
    pub name: String,
    /// Minor units of the event's currency.
    pub price: i64,
    /// Available places of its pool, which it shares with the pool's other ticket types.
    pub available: i32,
}

/// Row of the statement: one per ticket type, and one per pool without ticket types.
struct Row {
    event_id: Uuid,
    status: String,
    currency: Option<String>,
    sequence: i64,
    as_of: Instant,
    pool_id: Uuid,
    pool_name: String,
    capacity: i32,
    held: i32,
    booked: i32,
    blocked: i32,
    ticket_type_id: Option<Uuid>,
    ticket_type_name: Option<String>,
    ticket_type_position: Option<i16>,
    price: Option<i64>,
}

/// Counters of those of the events that exist. One statement, so counters and sequence are of one snapshot.
///
/// # Errors
///
/// Database errors, and a decode error for a value that this version cannot read.
pub async fn statuses(connection: &mut PgConnection, event_ids: &[Uuid]) -> sqlx::Result<Vec<EventCounts>> {
    // statement_timestamp() is read before the snapshot is taken, so the snapshot includes everything committed by
    // then.
    let rows = sqlx::query_as!(
        Row,
        r#"
        SELECT
            events.event_id, events.status, events.currency, inventory.seq AS sequence,
            statement_timestamp() AS "as_of!",
            pools.pool_id, pools.name AS pool_name, pools.capacity, pools.held, pools.booked,
            pools.blocked, ticket_types.ticket_type_id AS "ticket_type_id?", ticket_types.name AS "ticket_type_name?",
            ticket_types.position AS "ticket_type_position?", ticket_types.price AS "price?"
        FROM events
        JOIN inventory ON inventory.event_id = events.event_id
        JOIN pools ON pools.event_id = events.event_id
        LEFT JOIN ticket_types ON ticket_types.pool_id = pools.pool_id
        WHERE events.event_id = ANY ($1::uuid[])
        ORDER BY events.event_id, pools.position, pools.pool_id
        "#,
        event_ids,
    )
    .fetch_all(connection)
    .await?;
    rows.chunk_by(|a, b| a.event_id == b.event_id).map(event_counts).collect()
}

fn event_counts(rows: &[Row]) -> sqlx::Result<EventCounts> {
    let first = &rows[0]; // chunk_by yields no empty chunk
    Ok(EventCounts {
        event_id: first.event_id.into(),
        status: parse_text("events.status", &first.status, EventStatus::parse)?,
        currency: currency(first.currency.as_deref())?,
        sequence: first.sequence,
        as_of: first.as_of,
        pools: pools(rows),
        ticket_types: ticket_types(rows),
    })
}

fn pools(rows: &[Row]) -> Vec<PoolCounts> {
    let same_pool = |a: &Row, b: &Row| a.pool_id == b.pool_id;
    let counts = |row: &Row| PoolCounts {
        pool_id: row.pool_id.into(),
        name: row.pool_name.clone(),
        capacity: row.capacity,
        held: row.held,
        booked: row.booked,
        blocked: row.blocked,
    };
    rows.chunk_by(same_pool).map(|pool| counts(&pool[0])).collect()
}

fn ticket_types(rows: &[Row]) -> Vec<TicketTypeCounts> {
    let mut in_order: Vec<&Row> = rows.iter().collect();
    in_order.sort_by_key(|row| row.ticket_type_position);
    let counts = |row: &Row| {
        Some(TicketTypeCounts {
            ticket_type_id: row.ticket_type_id?.into(),
            pool_id: row.pool_id.into(),
            name: row.ticket_type_name.clone()?,
            price: row.price?,
            available: row.capacity - row.held - row.booked - row.blocked,
        })
    };
    in_order.into_iter().filter_map(counts).collect()
}
