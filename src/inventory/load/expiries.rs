//! When room may come back: the earliest expiry of a live hold, per pool. A refusal tells it as `retry_at`.
//!
//! A pool of which nothing is held has nothing to wait for, and would make the search walk everybody else's holds.
//! Holds on the state are left out: the batch may end or extend them, so the state looks at those itself.

use std::collections::BTreeSet;

use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::ids::EventId;
use crate::inventory::batch_state::BatchState;

/// Reads for the events that are `short` of room.
pub(super) async fn read(
    connection: &mut PgConnection,
    state: &mut BatchState,
    short: &BTreeSet<EventId>,
) -> sqlx::Result<()> {
    let short: Vec<Uuid> = short.iter().map(|event_id| event_id.as_uuid()).collect();
    let on_shelf: Vec<Uuid> = state.hold_ids().map(|hold_id| hold_id.as_uuid()).collect();
    let rows = sqlx::query!(
        r#"
        SELECT
            pools.event_id, pools.pool_id,
            (
                SELECT holds.expires_at
                FROM holds
                JOIN items ON items.hold_id = holds.hold_id
                WHERE holds.event_id = pools.event_id
                  AND holds.status = 'active'
                  AND holds.expires_at > $2
                  AND holds.hold_id <> ALL ($3::uuid[])
                  AND items.pool_id = pools.pool_id
                ORDER BY holds.expires_at
                LIMIT 1
            ) AS next_expiry
        FROM pools
        WHERE pools.event_id = ANY ($1::uuid[])
          AND pools.held > 0
        "#,
        &short,
        state.now,
        &on_shelf,
    )
    .fetch_all(connection)
    .await?;
    for row in rows {
        state.with_event(row.event_id.into(), |event| {
            event.next_expiry.extend(row.next_expiry.map(|at| (row.pool_id.into(), at)));
        });
    }
    Ok(())
}
