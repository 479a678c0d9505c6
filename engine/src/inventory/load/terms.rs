//! Terms, pools and ticket types of the locked events, and the database's time.

use std::collections::BTreeMap;

use sqlx::PgConnection;
use uuid::Uuid;

use crate::db::column::{count, currency, parse_text};
use crate::ids::EventId;
use crate::inventory::batch_state::{BatchState, LoadedEvent, TicketType};
use crate::inventory::changes::EventCounters;
use crate::inventory::command::Pool;
use crate::model::event::{EventStatus, EventTerms};
use crate::time::Instant;

/// Row of the statement: one per ticket type, and one per pool without ticket types.
struct Row {
    now: Instant,
    event_id: Uuid,
    status: String,
    currency: Option<String>,
    hold_ttl_seconds: Option<i32>,
    max_quantity_per_hold: Option<i32>,
    sale_starts_at: Option<Instant>,
    sale_ends_at: Option<Instant>,
    orphans_refused: bool,
    is_seated: bool,
    pool_id: Uuid,
    capacity: i32,
    held: i32,
    booked: i32,
    blocked: i32,
    seated: bool,
    ticket_type_id: Option<Uuid>,
    price: Option<i64>,
    min_quantity: Option<i32>,
    max_quantity: Option<i32>,
}

/// Creates the batch state. Its time is read by this statement, which starts after the row locks were taken.
pub(super) async fn read(
    connection: &mut PgConnection,
    locked: &BTreeMap<EventId, EventCounters>,
) -> sqlx::Result<BatchState> {
    let event_ids: Vec<Uuid> = locked.keys().map(|event_id| event_id.as_uuid()).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"
        SELECT
            (SELECT clock_timestamp()) AS "now!",
            events.event_id, events.status, events.currency, events.hold_ttl_seconds,
            events.max_quantity_per_hold, events.sale_starts_at, events.sale_ends_at, events.orphans_refused,
            events.venue_id IS NOT NULL AS "is_seated!",
            pools.pool_id, pools.capacity, pools.held, pools.booked, pools.blocked, pools.seated,
            ticket_types.ticket_type_id AS "ticket_type_id?", ticket_types.price AS "price?",
            ticket_types.min_quantity, ticket_types.max_quantity
        FROM events
        JOIN pools ON pools.event_id = events.event_id
        LEFT JOIN ticket_types ON ticket_types.pool_id = pools.pool_id
        WHERE events.event_id = ANY ($1::uuid[])
        ORDER BY events.event_id, ticket_types.position
        "#,
        &event_ids,
    )
    .fetch_all(connection)
    .await?;

    // Without an event every command is refused as not found, which needs no time.
    let mut state = BatchState::new(rows.first().map_or(Instant::UNIX_EPOCH, |row| row.now));
    for row in rows {
        add_row(&mut state, locked, &row)?;
    }
    Ok(state)
}

/// Adds the ticket type of a row, and its pool and event if the batch state does not have them yet.
fn add_row(state: &mut BatchState, locked: &BTreeMap<EventId, EventCounters>, row: &Row) -> sqlx::Result<()> {
    let event_id = row.event_id.into();
    if state.event(event_id).is_none() {
        let counters = *locked.get(&event_id).ok_or(sqlx::Error::RowNotFound)?;
        state.add_event(LoadedEvent {
            event_id,
            terms: terms(row)?,
            is_seated: row.is_seated,
            details: None,
            ticket_types: Vec::new(),
            counters,
            ever_held: false,
            next_expiry: BTreeMap::new(),
        });
    }
    let pool_id = row.pool_id.into();
    if state.pool(pool_id).is_none() {
        state.add_pool(Pool {
            pool_id,
            event_id,
            capacity: count("pools.capacity", row.capacity)?,
            held: count("pools.held", row.held)?,
            booked: count("pools.booked", row.booked)?,
            blocked: count("pools.blocked", row.blocked)?,
            seated: row.seated,
        });
    }
    if let (Some(ticket_type_id), Some(price)) = (row.ticket_type_id, row.price) {
        state.add_ticket_type(TicketType {
            ticket_type_id: ticket_type_id.into(),
            event_id,
            pool_id,
            price,
            min_quantity: optional_count("ticket_types.min_quantity", row.min_quantity)?.unwrap_or(1),
            max_quantity: optional_count("ticket_types.max_quantity", row.max_quantity)?,
        });
    }
    Ok(())
}

fn terms(row: &Row) -> sqlx::Result<EventTerms> {
    Ok(EventTerms {
        status: parse_text("events.status", &row.status, EventStatus::parse)?,
        currency: currency(row.currency.as_deref())?,
        hold_ttl_seconds: optional_count("events.hold_ttl_seconds", row.hold_ttl_seconds)?,
        max_quantity_per_hold: optional_count("events.max_quantity_per_hold", row.max_quantity_per_hold)?,
        sale_starts_at: row.sale_starts_at,
        sale_ends_at: row.sale_ends_at,
        orphans_refused: row.orphans_refused,
    })
}

fn optional_count(column: &str, value: Option<i32>) -> sqlx::Result<Option<u32>> {
    value.map(|value| count(column, value)).transpose()
}
