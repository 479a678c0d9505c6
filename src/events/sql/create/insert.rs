//! Inserts the rows of new events in the caller's transaction, with one statement per table for all events.

use boxoffice_engine::db::column::integer;
use boxoffice_engine::db::row_count::expect_rows;
use boxoffice_engine::ids::EventId;
use boxoffice_engine::inventory::changes::EntryKind;
use boxoffice_engine::time::Instant;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{EventWithSeats, SeatsOfPool};
use crate::events::model::whole_event::{EventPool, EventTicketType, WholeEvent};
use crate::idempotency::creation::CreateError;

pub async fn events(connection: &mut PgConnection, events: &[&WholeEvent]) -> Result<(), CreateError> {
    let layout_version = |event: &&WholeEvent| {
        event.seating.map(|seating| integer("events.layout_version", seating.layout_version)).transpose()
    };
    let layout_versions = events.iter().map(layout_version).collect::<Result<Vec<_>, _>>()?;
    let inserted = sqlx::query!(
        r#"
        INSERT INTO events (
            event_id, series_id, name, description, venue_name, status, starts_at, ends_at, time_zone, currency,
            hold_ttl_seconds, max_quantity_per_hold, sale_starts_at, sale_ends_at, created_at, updated_at,
            venue_id, layout_version, orphans_refused)
        SELECT
            event_id, series_id, name, description, venue_name, status, starts_at, ends_at, time_zone, currency,
            hold_ttl_seconds, max_quantity_per_hold, sale_starts_at, sale_ends_at, created_at, created_at,
            venue_id, layout_version, orphans_refused
        FROM unnest(
            $1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[],
            $9::text[], $10::text[], $11::integer[], $12::integer[], $13::timestamptz[], $14::timestamptz[],
            $15::timestamptz[], $16::uuid[], $17::integer[], $18::boolean[])
            AS new (
                event_id, series_id, name, description, venue_name, status, starts_at, ends_at,
                time_zone, currency, hold_ttl_seconds, max_quantity_per_hold, sale_starts_at, sale_ends_at,
                created_at, venue_id, layout_version, orphans_refused)
        "#,
        &column(events, |event| event.event_id.as_uuid()),
        &column(events, |event| event.series_id.map(|id| id.as_uuid())) as &[Option<Uuid>],
        &column(events, |event| event.details.name.clone()),
        &column(events, |event| event.details.description.clone()) as &[Option<String>],
        &column(events, |event| event.details.venue_name.clone()) as &[Option<String>],
        &column(events, |event| event.terms.status.as_str()) as &[&str],
        &column(events, |event| event.details.starts_at) as &[Option<Instant>],
        &column(events, |event| event.details.ends_at) as &[Option<Instant>],
        &column(events, |event| event.details.time_zone.clone()),
        &column(events, |event| event.terms.currency.map(String::from)) as &[Option<String>],
        &column(events, |event| event.terms.hold_ttl_seconds.map(u32::cast_signed)) as &[Option<i32>],
        &column(events, |event| event.terms.max_quantity_per_hold.map(u32::cast_signed)) as &[Option<i32>],
        &column(events, |event| event.terms.sale_starts_at) as &[Option<Instant>],
        &column(events, |event| event.terms.sale_ends_at) as &[Option<Instant>],
        &column(events, |event| event.created_at),
        &column(events, |event| event.seating.map(|seating| seating.venue_id.as_uuid())) as &[Option<Uuid>],
        &layout_versions as &[Option<i32>],
        &column(events, |event| event.terms.orphans_refused),
    )
    .execute(connection)
    .await?;
    Ok(expect_rows("INSERT INTO events", events.len(), inserted.rows_affected())?)
}

pub async fn pools(connection: &mut PgConnection, events: &[&WholeEvent]) -> Result<(), CreateError> {
    let pools: Vec<(&WholeEvent, i16, &EventPool)> = flatten(events, |event| &event.pools);
    let section = |pool: &EventPool| pool.section.as_ref().map(|section| section.section.0.cast_signed());
    let inserted = sqlx::query!(
        r#"
        INSERT INTO pools (pool_id, event_id, position, name, capacity, section, seated)
        SELECT pool_id, event_id, position, name, capacity, section, seated
        FROM unnest(
            $1::uuid[], $2::uuid[], $3::smallint[], $4::text[], $5::integer[], $6::smallint[], $7::boolean[])
            AS new (pool_id, event_id, position, name, capacity, section, seated)
        "#,
        &column(&pools, |(_, _, pool)| pool.pool_id.as_uuid()),
        &column(&pools, |(event, _, _)| event.event_id.as_uuid()),
        &column(&pools, |(_, position, _)| *position),
        &column(&pools, |(_, _, pool)| pool.name.clone()),
        &column(&pools, |(_, _, pool)| pool.capacity.cast_signed()),
        &column(&pools, |(_, _, pool)| section(pool)) as &[Option<i16>],
        &column(&pools, |(_, _, pool)| pool.seated),
    )
    .execute(connection)
    .await?;
    Ok(expect_rows("INSERT INTO pools", pools.len(), inserted.rows_affected())?)
}

/// Inserts all seats in one statement, whose arguments are the ranges of seats that belong to one pool.
pub async fn seats(connection: &mut PgConnection, events: &[EventWithSeats]) -> Result<(), CreateError> {
    let mut ranges: Vec<(EventId, &SeatsOfPool)> = Vec::new();
    for EventWithSeats { event, seats } in events {
        ranges.extend(seats.iter().map(|range| (event.event_id, range)));
    }
    if ranges.is_empty() {
        return Ok(());
    }
    let inserted = sqlx::query!(
        r#"
        INSERT INTO seats (event_id, seat_id, pool_id)
        SELECT event_id, generate_series(first, last), pool_id
        FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::integer[])
            AS stretch (event_id, pool_id, first, last)
        "#,
        &column(&ranges, |(event_id, _)| event_id.as_uuid()),
        &column(&ranges, |(_, range)| range.pool_id.as_uuid()),
        &column(&ranges, |(_, range)| range.seats.start.cast_signed()),
        &column(&ranges, |(_, range)| range.seats.end.cast_signed() - 1),
    )
    .execute(connection)
    .await?;
    let expected = ranges.iter().map(|(_, range)| range.seats.len()).sum();
    Ok(expect_rows("INSERT INTO seats", expected, inserted.rows_affected())?)
}

pub async fn ticket_types(connection: &mut PgConnection, events: &[&WholeEvent]) -> Result<(), CreateError> {
    let ticket_types: Vec<(&WholeEvent, i16, &EventTicketType)> = flatten(events, |event| &event.ticket_types);
    let inserted = sqlx::query!(
        r#"
        INSERT INTO ticket_types (
            ticket_type_id, event_id, pool_id, position, name, price, min_quantity, max_quantity)
        SELECT ticket_type_id, event_id, pool_id, position, name, price, min_quantity, max_quantity
        FROM unnest(
            $1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[], $5::text[], $6::bigint[], $7::integer[], $8::integer[])
            AS new (ticket_type_id, event_id, pool_id, position, name, price, min_quantity, max_quantity)
        "#,
        &column(&ticket_types, |(_, _, ticket_type)| ticket_type.ticket_type_id.as_uuid()),
        &column(&ticket_types, |(event, _, _)| event.event_id.as_uuid()),
        &column(&ticket_types, |(_, _, ticket_type)| ticket_type.pool_id.as_uuid()),
        &column(&ticket_types, |(_, position, _)| *position),
        &column(&ticket_types, |(_, _, ticket_type)| ticket_type.name.clone()),
        &column(&ticket_types, |(_, _, ticket_type)| ticket_type.price),
        &column(&ticket_types, |(_, _, ticket_type)| ticket_type.min_quantity.map(u32::cast_signed))
            as &[Option<i32>],
        &column(&ticket_types, |(_, _, ticket_type)| ticket_type.max_quantity.map(u32::cast_signed))
            as &[Option<i32>],
    )
    .execute(connection)
    .await?;
    Ok(expect_rows("INSERT INTO ticket_types", ticket_types.len(), inserted.rows_affected())?)
}

/// Inserts the inventory rows. `seq` is the number of the last journal entry; [`journal`] writes one entry per pool.
pub async fn inventory(connection: &mut PgConnection, events: &[&WholeEvent]) -> Result<(), CreateError> {
    let last_seq = |event: &&WholeEvent| i64::try_from(event.pools.len()).expect("an event has at most 1,000 pools");
    let inserted = sqlx::query!(
        r#"
        INSERT INTO inventory (event_id, seq)
        SELECT event_id, seq
        FROM unnest($1::uuid[], $2::bigint[]) AS new (event_id, seq)
        "#,
        &column(events, |event| event.event_id.as_uuid()),
        &column(events, last_seq),
    )
    .execute(connection)
    .await?;
    Ok(expect_rows("INSERT INTO inventory", events.len(), inserted.rows_affected())?)
}

pub async fn journal(connection: &mut PgConnection, events: &[&WholeEvent]) -> Result<(), CreateError> {
    let opened: Vec<(&WholeEvent, i16, &EventPool)> = flatten(events, |event| &event.pools);
    let inserted = sqlx::query!(
        r#"
        INSERT INTO journal (event_id, seq, recorded_at, kind, pool_id, capacity_delta, held_delta, booked_delta)
        SELECT event_id, seq, recorded_at, $1, pool_id, capacity, 0, 0
        FROM unnest($2::uuid[], $3::bigint[], $4::timestamptz[], $5::uuid[], $6::integer[])
            AS opened (event_id, seq, recorded_at, pool_id, capacity)
        "#,
        EntryKind::PoolOpened.as_str(),
        &column(&opened, |(event, _, _)| event.event_id.as_uuid()),
        &column(&opened, |(_, position, _)| i64::from(*position) + 1),
        &column(&opened, |(event, _, _)| event.created_at),
        &column(&opened, |(_, _, pool)| pool.pool_id.as_uuid()),
        &column(&opened, |(_, _, pool)| pool.capacity.cast_signed()),
    )
    .execute(connection)
    .await?;
    Ok(expect_rows("INSERT INTO journal", opened.len(), inserted.rows_affected())?)
}

/// The pools, or the ticket types, of all events, each with its event and its position in the event, from 0.
fn flatten<'a, T>(
    events: &[&'a WholeEvent],
    parts: impl Fn(&'a WholeEvent) -> &'a [T],
) -> Vec<(&'a WholeEvent, i16, &'a T)> {
    let with_position =
        |event: &'a WholeEvent| parts(event).iter().zip(0..).map(move |(part, position)| (event, position, part));
    events.iter().copied().flat_map(with_position).collect()
}

/// One column of the rows to insert, as an array for UNNEST.
fn column<T, U>(rows: &[T], value: impl Fn(&T) -> U) -> Vec<U> {
    rows.iter().map(value).collect()
}
