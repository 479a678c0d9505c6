//! Inserts the rows of new events in the caller's transaction, with one statement per table for all events.
//!
//! Rows of many columns are sent as JSON and matched to the columns by name. Rows of few columns, of which there can be
//! many, are sent as an array per column.

use boxoffice_engine::db::row_count::expect_rows;
use boxoffice_engine::ids::{EventId, PoolId, SeriesId, TicketTypeId, VenueId};
use boxoffice_engine::inventory::changes::EntryKind;
use boxoffice_engine::money::Currency;
use boxoffice_engine::time::Instant;
use serde::Serialize;
use sqlx::PgConnection;
use sqlx::types::Json;

use super::{EventWithSeats, SeatsOfPool};
use crate::events::details::EventDetails;
use crate::events::model::whole_event::WholeEvent;
use crate::idempotency::creation::CreateError;

/// Row of `events`. The members of the rows here have the names of their columns.
#[derive(Serialize)]
struct EventRow<'a> {
    event_id: EventId,
    series_id: Option<SeriesId>,
    #[serde(flatten)]
    details: &'a EventDetails,
    status: &'static str,
    currency: Option<Currency>,
    hold_ttl_seconds: Option<u32>,
    max_quantity_per_hold: Option<u32>,
    #[serde(with = "time::serde::rfc3339::option")]
    sale_starts_at: Option<Instant>,
    #[serde(with = "time::serde::rfc3339::option")]
    sale_ends_at: Option<Instant>,
    orphans_refused: bool,
    venue_id: Option<VenueId>,
    layout_version: Option<u32>,
    #[serde(with = "time::serde::rfc3339")]
    created_at: Instant,
}

impl<'a> From<&'a WholeEvent> for EventRow<'a> {
    fn from(event: &'a WholeEvent) -> Self {
        let terms = &event.terms;
        Self {
            event_id: event.event_id,
            series_id: event.series_id,
            details: &event.details,
            status: terms.status.as_str(),
            currency: terms.currency,
            hold_ttl_seconds: terms.hold_ttl_seconds,
            max_quantity_per_hold: terms.max_quantity_per_hold,
            sale_starts_at: terms.sale_starts_at,
            sale_ends_at: terms.sale_ends_at,
            orphans_refused: terms.orphans_refused,
            venue_id: event.seating.map(|seating| seating.venue_id),
            layout_version: event.seating.map(|seating| seating.layout_version),
            created_at: event.created_at,
        }
    }
}

pub async fn events(connection: &mut PgConnection, events: &[&WholeEvent]) -> Result<(), CreateError> {
    let rows: Vec<EventRow> = events.iter().map(|event| EventRow::from(*event)).collect();
    let inserted = sqlx::query!(
        r#"
        INSERT INTO events (
            event_id, series_id,
            name, description, venue_name, image_url, starts_at, ends_at, time_zone,
            status, currency, hold_ttl_seconds, max_quantity_per_hold, sale_starts_at, sale_ends_at, orphans_refused,
            venue_id, layout_version, created_at, updated_at)
        SELECT
            event_id, series_id,
            name, description, venue_name, image_url, starts_at, ends_at, time_zone,
            status, currency, hold_ttl_seconds, max_quantity_per_hold, sale_starts_at, sale_ends_at, orphans_refused,
            venue_id, layout_version, created_at, created_at
        FROM jsonb_populate_recordset(NULL::events, $1)
        "#,
        Json(&rows) as _,
    )
    .execute(connection)
    .await?;
    Ok(expect_rows("INSERT INTO events", rows.len(), inserted.rows_affected())?)
}

/// Row of `pools`.
#[derive(Serialize)]
struct PoolRow<'a> {
    pool_id: PoolId,
    event_id: EventId,
    /// In the event, from 0.
    position: usize,
    name: &'a str,
    capacity: u32,
    section: Option<i16>,
    seated: bool,
}

pub async fn pools(connection: &mut PgConnection, events: &[&WholeEvent]) -> Result<(), CreateError> {
    let mut rows = Vec::new();
    for event in events {
        for (position, pool) in event.pools.iter().enumerate() {
            rows.push(PoolRow {
                pool_id: pool.pool_id,
                event_id: event.event_id,
                position,
                name: &pool.name,
                capacity: pool.capacity,
                section: pool.section.as_ref().map(|section| section.section.0.cast_signed()),
                seated: pool.seated,
            });
        }
    }
    let inserted = sqlx::query!(
        r#"
        INSERT INTO pools (pool_id, event_id, position, name, capacity, section, seated)
        SELECT pool_id, event_id, position, name, capacity, section, seated
        FROM jsonb_populate_recordset(NULL::pools, $1)
        "#,
        Json(&rows) as _,
    )
    .execute(connection)
    .await?;
    Ok(expect_rows("INSERT INTO pools", rows.len(), inserted.rows_affected())?)
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

/// Row of `ticket_types`.
#[derive(Serialize)]
struct TicketTypeRow<'a> {
    ticket_type_id: TicketTypeId,
    event_id: EventId,
    pool_id: PoolId,
    /// In the event, from 0.
    position: usize,
    name: &'a str,
    price: i64,
    min_quantity: Option<u32>,
    max_quantity: Option<u32>,
}

pub async fn ticket_types(connection: &mut PgConnection, events: &[&WholeEvent]) -> Result<(), CreateError> {
    let mut rows = Vec::new();
    for event in events {
        for (position, ticket_type) in event.ticket_types.iter().enumerate() {
            rows.push(TicketTypeRow {
                ticket_type_id: ticket_type.ticket_type_id,
                event_id: event.event_id,
                pool_id: ticket_type.pool_id,
                position,
                name: &ticket_type.name,
                price: ticket_type.price,
                min_quantity: ticket_type.min_quantity,
                max_quantity: ticket_type.max_quantity,
            });
        }
    }
    let inserted = sqlx::query!(
        r#"
        INSERT INTO ticket_types (
            ticket_type_id, event_id, pool_id, position, name, price, min_quantity, max_quantity)
        SELECT ticket_type_id, event_id, pool_id, position, name, price, min_quantity, max_quantity
        FROM jsonb_populate_recordset(NULL::ticket_types, $1)
        "#,
        Json(&rows) as _,
    )
    .execute(connection)
    .await?;
    Ok(expect_rows("INSERT INTO ticket_types", rows.len(), inserted.rows_affected())?)
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

/// Row of `journal`: a pool that is opened.
#[derive(Serialize)]
struct OpenedPoolRow {
    event_id: EventId,
    seq: usize,
    #[serde(with = "time::serde::rfc3339")]
    recorded_at: Instant,
    kind: &'static str,
    pool_id: PoolId,
    capacity_delta: u32,
}

pub async fn journal(connection: &mut PgConnection, events: &[&WholeEvent]) -> Result<(), CreateError> {
    let mut rows = Vec::new();
    for event in events {
        for (position, pool) in event.pools.iter().enumerate() {
            rows.push(OpenedPoolRow {
                event_id: event.event_id,
                seq: position + 1,
                recorded_at: event.created_at,
                kind: EntryKind::PoolOpened.as_str(),
                pool_id: pool.pool_id,
                capacity_delta: pool.capacity,
            });
        }
    }
    let inserted = sqlx::query!(
        r#"
        INSERT INTO journal (event_id, seq, recorded_at, kind, pool_id, capacity_delta, held_delta, booked_delta)
        SELECT event_id, seq, recorded_at, kind, pool_id, capacity_delta, 0, 0
        FROM jsonb_populate_recordset(NULL::journal, $1)
        "#,
        Json(&rows) as _,
    )
    .execute(connection)
    .await?;
    Ok(expect_rows("INSERT INTO journal", rows.len(), inserted.rows_affected())?)
}

/// One column of the rows to insert, as an array for UNNEST.
fn column<T, U>(rows: &[T], value: impl Fn(&T) -> U) -> Vec<U> {
    rows.iter().map(value).collect()
}
