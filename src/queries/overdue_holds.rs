//! Holds whose time has come and that nobody has expired yet: the sweeper's candidates.
//!
//! No lock is taken: each candidate is judged again by `decide`, under its event's lock and by the clock read there.

use sqlx::PgPool;

use crate::domain::ids::HoldId;

/// The ids of at most `limit` overdue holds: of each event, the `limit_per_event` that are overdue longest, so that one
/// event's crowd does not keep the others' waiting.
pub async fn overdue_holds(pool: &PgPool, limit: i64, limit_per_event: i64) -> Result<Vec<HoldId>, sqlx::Error> {
    // Events with active holds are found by skipping along holds_active_by_expiry (event_id, expires_at), so the cost
    // grows with events that have live holds, not with holds. The statement's time is the same on every row and can
    // therefore bound an index scan, which clock_timestamp() cannot; for candidates it is good enough.
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
