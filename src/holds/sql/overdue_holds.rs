//! Overdue holds: candidates for the sweeper.
//!
//! No lock is taken, because `decide` checks each candidate again, under the event's row lock and by the batch's time.

use boxoffice_engine::ids::HoldId;
use sqlx::PgPool;

/// Ids of at most `limit` overdue holds, and per event of at most `limit_per_event`, those that are overdue longest.
/// The second limit keeps one event with many overdue holds from delaying the others.
///
/// # Errors
///
/// Those of the database.
pub async fn overdue_holds(pool: &PgPool, limit: i64, limit_per_event: i64) -> Result<Vec<HoldId>, sqlx::Error> {
    // The recursion finds the events with active holds by skipping along the index holds_active_by_expiry (event_id,
    // expires_at), so the cost grows with the number of these events, not of holds. statement_timestamp() is the same
    // for every row and can bound an index scan; clock_timestamp() cannot. The difference does not matter for
    // candidates.
    let rows = sqlx::query!(
        r#"
        WITH RECURSIVE events_with_holds AS (
            (
                SELECT h.event_id
                FROM holds AS h
                WHERE h.status = 'active'
                ORDER BY h.event_id
                LIMIT 1
            )
            UNION ALL
            SELECT (
                SELECT h.event_id
                FROM holds AS h
                WHERE h.status = 'active' AND h.event_id > e.event_id
                ORDER BY h.event_id
                LIMIT 1
            )
            FROM events_with_holds AS e
            WHERE e.event_id IS NOT NULL
        )
        SELECT overdue.hold_id
        FROM events_with_holds AS e
        CROSS JOIN LATERAL (
            SELECT h.hold_id
            FROM holds AS h
            WHERE h.event_id = e.event_id AND h.status = 'active' AND h.expires_at <= statement_timestamp()
            ORDER BY h.expires_at
            LIMIT $2
        ) AS overdue
        LIMIT $1
        "#,
        limit,
        limit_per_event,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| row.hold_id.into()).collect())
}
