//! Event with its pools and ticket types: `GET /api/v1/events/{id}`.

use boxoffice_engine::db::column::{count, currency, parse_text};
use boxoffice_engine::ids::{EventId, SeriesId, VenueId};
use boxoffice_engine::model::event::{EventStatus, EventTerms};
use boxoffice_engine::seating::SectionIndex;
use boxoffice_engine::time::Instant;
use sqlx::PgPool;
use sqlx::types::Json;
use uuid::Uuid;

use crate::events::details::EventDetails;
use crate::events::model::seated_event::EventLayout;
use crate::events::model::whole_event::{EventPool, EventTicketType, PoolSection, WholeEvent};

struct Row {
    series_id: Option<Uuid>,
    status: String,
    details: Json<EventDetails>,
    currency: Option<String>,
    hold_ttl_seconds: Option<i32>,
    max_quantity_per_hold: Option<i32>,
    sale_starts_at: Option<Instant>,
    sale_ends_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
    venue_id: Option<Uuid>,
    layout_version: Option<i32>,
    orphans_refused: bool,
    pools: Option<Json<Vec<PoolRow>>>,
    ticket_types: Option<Json<Vec<TicketTypeRow>>>,
}

#[derive(serde::Deserialize)]
struct PoolRow {
    pool_id: Uuid,
    name: String,
    capacity: u32,
    section: Option<u16>,
    section_name: Option<String>,
    seated: bool,
    blocked: u32,
}

#[derive(serde::Deserialize)]
struct TicketTypeRow {
    ticket_type_id: Uuid,
    pool_id: Uuid,
    name: String,
    price: i64,
    min_quantity: Option<u32>,
    max_quantity: Option<u32>,
}

/// An event. `None` if there is no such event. One statement, so event, pools and ticket types are of one snapshot.
///
/// # Errors
///
/// Database errors, and a decode error for a value that this version cannot read.
pub async fn event(pool: &PgPool, event_id: EventId) -> sqlx::Result<Option<WholeEvent>> {
    let row = sqlx::query_as!(
        Row,
        r#"
        SELECT
            series_id, status, currency, hold_ttl_seconds, max_quantity_per_hold, sale_starts_at, sale_ends_at,
            created_at, updated_at,
            venue_id, layout_version, orphans_refused,
            to_jsonb(events) AS "details!: Json<EventDetails>",
            (
                SELECT jsonb_agg(
                    jsonb_build_object(
                        'pool_id', pool_id, 'name', pools.name, 'capacity', pools.capacity, 'section', pools.section,
                        'section_name', layout_sections.name, 'seated', seated, 'blocked', blocked)
                    ORDER BY position)
                FROM pools
                LEFT JOIN layout_sections
                    ON layout_sections.venue_id = events.venue_id
                    AND layout_sections.version = events.layout_version
                    AND layout_sections.section = pools.section
                WHERE pools.event_id = events.event_id
            ) AS "pools: Json<Vec<PoolRow>>",
            (
                SELECT jsonb_agg(
                    jsonb_build_object(
                        'ticket_type_id', ticket_type_id, 'pool_id', pool_id, 'name', ticket_types.name,
                        'price', price, 'min_quantity', min_quantity, 'max_quantity', max_quantity)
                    ORDER BY position)
                FROM ticket_types
                WHERE ticket_types.event_id = events.event_id
            ) AS "ticket_types: Json<Vec<TicketTypeRow>>"
        FROM events
        WHERE event_id = $1
        "#,
        event_id.as_uuid(),
    )
    .fetch_optional(pool)
    .await?;
    row.map(|row| event_from_row(event_id, row)).transpose()
}

fn event_from_row(event_id: EventId, row: Row) -> sqlx::Result<WholeEvent> {
    Ok(WholeEvent {
        event_id,
        series_id: row.series_id.map(SeriesId::from),
        terms: EventTerms {
            status: parse_text("events.status", &row.status, EventStatus::parse)?,
            currency: currency(row.currency.as_deref())?,
            hold_ttl_seconds: row.hold_ttl_seconds.map(|value| count("events.hold_ttl_seconds", value)).transpose()?,
            max_quantity_per_hold: row
                .max_quantity_per_hold
                .map(|value| count("events.max_quantity_per_hold", value))
                .transpose()?,
            sale_starts_at: row.sale_starts_at,
            sale_ends_at: row.sale_ends_at,
            orphans_refused: row.orphans_refused,
        },
        details: row.details.0,
        seating: event_layout(row.venue_id, row.layout_version)?,
        pools: convert_rows(row.pools, pool_from_row),
        ticket_types: convert_rows(row.ticket_types, ticket_type_from_row),
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// The layout of an event, from two columns of `events`. `None` if the event is not at a venue.
pub fn event_layout(venue_id: Option<Uuid>, layout_version: Option<i32>) -> sqlx::Result<Option<EventLayout>> {
    let (Some(venue_id), Some(layout_version)) = (venue_id.map(VenueId::from), layout_version) else { return Ok(None) };
    let layout_version = count("events.layout_version", layout_version)?;
    Ok(Some(EventLayout { venue_id, layout_version }))
}

/// Converts rows that were aggregated into JSON. The aggregate over no rows is NULL.
fn convert_rows<T, U>(rows: Option<Json<Vec<T>>>, convert: impl Fn(T) -> U) -> Vec<U> {
    rows.map_or_else(Vec::new, |rows| rows.0.into_iter().map(convert).collect())
}

fn pool_from_row(row: PoolRow) -> EventPool {
    let index_and_name = row.section.map(SectionIndex).zip(row.section_name);
    EventPool {
        pool_id: row.pool_id.into(),
        name: row.name,
        capacity: row.capacity,
        section: index_and_name.map(|(section, name)| PoolSection { section, name }),
        seated: row.seated,
        blocked: row.blocked,
    }
}

fn ticket_type_from_row(row: TicketTypeRow) -> EventTicketType {
    EventTicketType {
        ticket_type_id: row.ticket_type_id.into(),
        pool_id: row.pool_id.into(),
        name: row.name,
        price: row.price,
        min_quantity: row.min_quantity,
        max_quantity: row.max_quantity,
    }
}
