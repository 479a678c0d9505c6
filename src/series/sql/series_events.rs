//! Page of the events of a series, in the order of the list of all events: `GET /api/v1/series/{id}/events`.

use boxoffice_engine::ids::SeriesId;
use sqlx::PgPool;

use crate::events::model::event_search::EventPosition;
use crate::events::sql::events::{EventSummary, Row, summary_from_row};

/// At most `limit` events of the series, after a position. Empty if there is no such series.
///
/// # Errors
///
/// Database errors, and a decode error for a value that this version cannot read.
pub async fn series_events(
    pool: &PgPool,
    series_id: SeriesId,
    after: Option<EventPosition>,
    limit: u32,
) -> sqlx::Result<Vec<EventSummary>> {
    let after = after.unwrap_or_else(EventPosition::before_all);
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
        WHERE series_id = $1
            AND (coalesce(starts_at, 'infinity'), event_id) > (coalesce($2::timestamptz, 'infinity'), $3::uuid)
        ORDER BY coalesce(starts_at, 'infinity'), event_id
        LIMIT $4
        "#,
        series_id.as_uuid(),
        after.starts_at,
        after.event_id.as_uuid(),
        i64::from(limit),
    )
    .fetch_all(pool)
    .await?;

    rows.into_iter().map(summary_from_row).collect()
}
