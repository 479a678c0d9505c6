//! Page of the list of events, by start; events without a start are last: `GET /api/v1/events`.

use boxoffice_engine::db::column::parse_text;
use boxoffice_engine::ids::{EventId, SeriesId};
use boxoffice_engine::model::event::EventStatus;
use boxoffice_engine::time::Instant;
use sqlx::PgPool;
use uuid::Uuid;

use super::event::event_layout;
use crate::events::model::event_search::{EventPosition, EventSearch};
use crate::events::model::seated_event::EventLayout;

/// An event in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventSummary {
    pub event_id: EventId,
    pub series_id: Option<SeriesId>,
    pub name: String,
    pub venue_name: Option<String>,
    pub status: EventStatus,
    pub starts_at: Option<Instant>,
    pub ends_at: Option<Instant>,
    /// IANA name of the time zone.
    pub time_zone: String,
    /// `None`: the event is not at a venue.
    pub seating: Option<EventLayout>,
    /// Whether the event has the single-seat rule: a manual selection may not leave avoidable single seats.
    pub orphans_refused: bool,
    /// Capacity of all pools together, in places.
    pub total_seats: i64,
    /// Places that are not held, booked or blocked.
    pub available: i64,
}

/// At most `limit` events that match the search, after its position.
///
/// # Errors
///
/// Database errors, and a decode error for a value that this version cannot read.
pub async fn events(pool: &PgPool, search: &EventSearch, limit: u32) -> sqlx::Result<Vec<EventSummary>> {
    let after = search.after.unwrap_or_else(EventPosition::before_all);
    // Position and bounds are compared by the expressions of the index, so that PostgreSQL scans it from the position
    // on. The other conditions are filters of that scan. Text has no index: PostgreSQL has none for "contains" without
    // an extension.
    let rows = sqlx::query_as!(
        Row,
        r#"
        SELECT
            event_id, series_id, name, venue_name, status, starts_at, ends_at, time_zone,
            venue_id, layout_version, orphans_refused,
            counted.capacity AS "total_seats!",
            counted.available AS "available!"
        FROM events
        CROSS JOIN LATERAL (
            SELECT
                coalesce(sum(capacity), 0) AS capacity,
                coalesce(sum(capacity - held - booked - blocked), 0) AS available
            FROM pools
            WHERE pools.event_id = events.event_id
        ) AS counted
        WHERE (coalesce(starts_at, 'infinity'), event_id) > (coalesce($1::timestamptz, 'infinity'), $2::uuid)
            AND coalesce(starts_at, 'infinity') >= coalesce($3::timestamptz, '-infinity')
            AND coalesce(starts_at, 'infinity') <= coalesce($4::timestamptz, 'infinity')
            AND ($3::timestamptz IS NULL OR starts_at IS NOT NULL)
            AND ($4::timestamptz IS NULL OR starts_at < $4)
            AND ($5::text IS NULL OR status = $5)
            AND ($6::text IS NULL
                OR strpos(lower(name), lower($6)) > 0
                OR strpos(lower(venue_name), lower($6)) > 0)
        ORDER BY coalesce(starts_at, 'infinity'), event_id
        LIMIT $7
        "#,
        after.starts_at,
        after.event_id.as_uuid(),
        search.from,
        search.to,
        search.status.map(EventStatus::as_str),
        search.text,
        i64::from(limit),
    )
    .fetch_all(pool)
    .await?;

    rows.into_iter().map(summary_from_row).collect()
}

/// Row of an event in this list, and in the list of a series.
pub struct Row {
    pub event_id: Uuid,
    pub series_id: Option<Uuid>,
    pub name: String,
    pub venue_name: Option<String>,
    pub status: String,
    pub starts_at: Option<Instant>,
    pub ends_at: Option<Instant>,
    pub time_zone: String,
    pub venue_id: Option<Uuid>,
    pub layout_version: Option<i32>,
    pub orphans_refused: bool,
    pub total_seats: i64,
    pub available: i64,
}

pub fn summary_from_row(row: Row) -> sqlx::Result<EventSummary> {
    Ok(EventSummary {
        event_id: row.event_id.into(),
        series_id: row.series_id.map(SeriesId::from),
        name: row.name,
        venue_name: row.venue_name,
        status: parse_text("events.status", &row.status, EventStatus::parse)?,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        time_zone: row.time_zone,
        seating: event_layout(row.venue_id, row.layout_version)?,
        orphans_refused: row.orphans_refused,
        total_seats: row.total_seats,
        available: row.available,
    })
}
