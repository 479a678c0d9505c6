//! The listing of events: by start, events without one last, a page at a time.

use sqlx::PgPool;
use uuid::Uuid;

use super::event::seating;
use crate::db::column::known;
use crate::domain::event::EventStatus;
use crate::domain::event_search::{EventPosition, EventSearch};
use crate::domain::ids::{EventId, SeriesId};
use crate::domain::seated_event::Seating;
use crate::domain::time::Instant;

/// An event as the listing shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventSummary {
    pub event_id: EventId,
    pub series_id: Option<SeriesId>,
    pub name: String,
    pub venue_name: Option<String>,
    pub status: EventStatus,
    pub starts_at: Option<Instant>,
    pub ends_at: Option<Instant>,
    /// IANA name.
    pub time_zone: String,
    /// Absent: the event is not at a venue.
    pub seating: Option<Seating>,
    /// Whether a selection by hand may not leave single seats where that can be avoided.
    pub orphans_refused: bool,
    /// The places of all pools together.
    pub total_seats: i64,
    /// Those that nobody has and nobody keeps back.
    pub available: i64,
}

/// At most `limit` events that match, from the search's position on.
pub async fn events(pool: &PgPool, search: &EventSearch, limit: u32) -> sqlx::Result<Vec<EventSummary>> {
    let after = search.after.unwrap_or_else(EventPosition::before_all);
    // Position and upper bound are compared as the index has them; what remains is filtered along the index until the page
    // is full. Free text has no index: without an extension there is none for "contains".
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

    rows.into_iter().map(summary).collect()
}

/// As this listing reads it, and the one of a series.
pub(super) struct Row {
    pub(super) event_id: Uuid,
    pub(super) series_id: Option<Uuid>,
    pub(super) name: String,
    pub(super) venue_name: Option<String>,
    pub(super) status: String,
    pub(super) starts_at: Option<Instant>,
    pub(super) ends_at: Option<Instant>,
    pub(super) time_zone: String,
    pub(super) venue_id: Option<Uuid>,
    pub(super) layout_version: Option<i32>,
    pub(super) orphans_refused: bool,
    pub(super) total_seats: i64,
    pub(super) available: i64,
}

pub(super) fn summary(row: Row) -> sqlx::Result<EventSummary> {
    Ok(EventSummary {
        event_id: row.event_id.into(),
        series_id: row.series_id.map(SeriesId::from),
        name: row.name,
        venue_name: row.venue_name,
        status: known("events.status", &row.status, EventStatus::parse)?,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        time_zone: row.time_zone,
        seating: seating(row.venue_id, row.layout_version)?,
        orphans_refused: row.orphans_refused,
        total_seats: row.total_seats,
        available: row.available,
    })
}
