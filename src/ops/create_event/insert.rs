//! The rows of a new event, table by table; the caller has the transaction.

use sqlx::PgConnection;

use super::CreateEventError;
use crate::db::row_count::expect_rows;
use crate::domain::whole_event::WholeEvent;
use crate::inventory::changes::EntryKind;

pub(super) async fn event(connection: &mut PgConnection, event: &WholeEvent) -> Result<(), CreateEventError> {
    let (details, terms) = (&event.details, &event.terms);
    let inserted = sqlx::query!(
        r#"
        INSERT INTO events (
            event_id, name, description, venue_name, status, starts_at, ends_at, time_zone, currency,
            hold_ttl_seconds, max_quantity_per_hold, sale_starts_at, sale_ends_at, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)
        "#,
        event.event_id.as_uuid(),
        details.name,
        details.description,
        details.venue_name,
        terms.status.as_str(),
        details.starts_at,
        details.ends_at,
        details.time_zone,
        terms.currency.map(String::from),
        terms.hold_ttl_seconds.map(u32::cast_signed),
        terms.max_quantity_per_hold.map(u32::cast_signed),
        terms.sale_starts_at,
        terms.sale_ends_at,
        event.created_at,
    )
    .execute(connection)
    .await?;
    Ok(expect_rows("INSERT INTO events", 1, inserted.rows_affected())?)
}

pub(super) async fn pools(connection: &mut PgConnection, event: &WholeEvent) -> Result<(), CreateEventError> {
    let inserted = sqlx::query!(
        r#"
        INSERT INTO pools (pool_id, event_id, position, name, capacity)
        SELECT pool_id, $1, (position - 1)::smallint, name, capacity
        FROM unnest($2::uuid[], $3::text[], $4::integer[]) WITH ORDINALITY AS new (pool_id, name, capacity, position)
        "#,
        event.event_id.as_uuid(),
        &column(&event.pools, |pool| pool.pool_id.as_uuid()),
        &column(&event.pools, |pool| pool.name.clone()),
        &column(&event.pools, |pool| pool.capacity.cast_signed()),
    )
    .execute(connection)
    .await?;
    Ok(expect_rows("INSERT INTO pools", event.pools.len(), inserted.rows_affected())?)
}

pub(super) async fn ticket_types(connection: &mut PgConnection, event: &WholeEvent) -> Result<(), CreateEventError> {
    let types = &event.ticket_types;
    let inserted = sqlx::query!(
        r#"
        INSERT INTO ticket_types (
            ticket_type_id, event_id, pool_id, position, name, price, min_quantity, max_quantity)
        SELECT ticket_type_id, $1, pool_id, (position - 1)::smallint, name, price, min_quantity, max_quantity
        FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::bigint[], $6::integer[], $7::integer[])
            WITH ORDINALITY AS new (ticket_type_id, pool_id, name, price, min_quantity, max_quantity, position)
        "#,
        event.event_id.as_uuid(),
        &column(types, |one| one.ticket_type_id.as_uuid()),
        &column(types, |one| one.pool_id.as_uuid()),
        &column(types, |one| one.name.clone()),
        &column(types, |one| one.price),
        &column(types, |one| one.min_quantity.map(u32::cast_signed)) as &[Option<i32>],
        &column(types, |one| one.max_quantity.map(u32::cast_signed)) as &[Option<i32>],
    )
    .execute(connection)
    .await?;
    Ok(expect_rows("INSERT INTO ticket_types", types.len(), inserted.rows_affected())?)
}

/// The journal that follows has one entry per pool.
pub(super) async fn inventory(connection: &mut PgConnection, event: &WholeEvent) -> Result<(), CreateEventError> {
    let seq = i64::try_from(event.pools.len()).expect("an event has at most POOLS_PER_EVENT_MAX pools");
    let inserted = sqlx::query!(
        r#"
        INSERT INTO inventory (event_id, seq)
        VALUES ($1, $2)
        "#,
        event.event_id.as_uuid(),
        seq,
    )
    .execute(connection)
    .await?;
    Ok(expect_rows("INSERT INTO inventory", 1, inserted.rows_affected())?)
}

pub(super) async fn journal(connection: &mut PgConnection, event: &WholeEvent) -> Result<(), CreateEventError> {
    let inserted = sqlx::query!(
        r#"
        INSERT INTO journal (event_id, seq, recorded_at, kind, pool_id, capacity_delta, held_delta, booked_delta)
        SELECT $1, seq, $2, $3, pool_id, capacity, 0, 0
        FROM unnest($4::uuid[], $5::integer[]) WITH ORDINALITY AS opened (pool_id, capacity, seq)
        "#,
        event.event_id.as_uuid(),
        event.created_at,
        EntryKind::PoolOpened.as_str(),
        &column(&event.pools, |pool| pool.pool_id.as_uuid()),
        &column(&event.pools, |pool| pool.capacity.cast_signed()),
    )
    .execute(connection)
    .await?;
    Ok(expect_rows("INSERT INTO journal", event.pools.len(), inserted.rows_affected())?)
}

/// One column of the rows to be written, as `unnest` wants it.
fn column<T, U>(rows: &[T], value: impl Fn(&T) -> U) -> Vec<U> {
    rows.iter().map(value).collect()
}
