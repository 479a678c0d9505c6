//! Next expiry per pool: the earliest expiry of an active hold, for the `retry_at` of a refusal.
//!
//! Pools without held places are left out: they have no such hold, and the search would scan the event's holds in vain.
//! Holds in the batch state are left out too, because the batch may end or extend them; `BatchState::next_expiry`
//! examines those.

use std::collections::BTreeSet;

use sqlx::PgConnection;
use uuid::Uuid;

use crate::ids::EventId;
use crate::inventory::batch_state::BatchState;

/// Reads the next expiries of these events.
pub(super) async fn read(
    connection: &mut PgConnection,
    state: &mut BatchState,
    events: &BTreeSet<EventId>,
) -> sqlx::Result<()> {
    let event_ids: Vec<Uuid> = events.iter().map(|event_id| event_id.as_uuid()).collect();
    let loaded: Vec<Uuid> = state.hold_ids().map(|hold_id| hold_id.as_uuid()).collect();
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
        &event_ids,
        state.now,
        &loaded,
    )
    .fetch_all(connection)
    .await?;
    for row in rows {
        state.update_event(row.event_id.into(), |event| {
            event.next_expiry.extend(row.next_expiry.map(|expires_at| (row.pool_id.into(), expires_at)));
        });
    }
    Ok(())
}
