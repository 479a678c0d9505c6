//! Settling a commit whose answer was lost: never guess, look.
//!
//! A batch commits as a whole, so one row of it tells about all of it. The looking happens under the lock of the event:
//! the old backend may still be at work on the COMMIT, and its lock goes only with its verdict.

use sqlx::{PgConnection, PgPool};

use super::changes::Changes;
use crate::domain::ids::EventId;
use crate::domain::time::Instant;

/// The row by which a batch is recognised.
#[derive(Clone, Debug)]
pub(super) enum CommitMarker {
    /// A journal entry; its number alone could be another batch's, had ours been rolled back.
    Entry { event_id: EventId, seq: i64, recorded_at: Instant, hold_id: Option<uuid::Uuid>, kind: &'static str },
    /// The batch only deleted events; this one is gone if it committed.
    Deleted { event_id: EventId },
}

impl CommitMarker {
    /// `None` if the batch changes nothing.
    pub(super) fn of(changes: &Changes) -> Option<Self> {
        let deleted = || changes.deleted_events.first().map(|event_id| Self::Deleted { event_id: *event_id });
        match changes.journal.first() {
            Some(entry) => Some(Self::Entry {
                event_id: entry.event_id,
                seq: entry.seq,
                recorded_at: changes.now,
                hold_id: entry.hold_id.map(|id| id.as_uuid()),
                kind: entry.kind.as_str(),
            }),
            None => deleted(),
        }
    }
}

/// Whether the batch of this marker was committed. Waits for the old transaction to end. `None` when that cannot be known
/// any more: the event was deleted since, and its journal with it.
pub(super) async fn was_committed(pool: &PgPool, marker: &CommitMarker) -> sqlx::Result<Option<bool>> {
    let mut transaction = pool.begin().await?;
    let committed = match marker {
        CommitMarker::Entry { event_id, seq, recorded_at, hold_id, kind } => {
            if lock(&mut transaction, *event_id).await? {
                Some(entry_exists(&mut transaction, *event_id, *seq, *recorded_at, *hold_id, kind).await?)
            } else {
                None
            }
        }
        CommitMarker::Deleted { event_id } => Some(!lock(&mut transaction, *event_id).await?),
    };
    transaction.rollback().await?;
    Ok(committed)
}

/// Whether there was something to lock.
async fn lock(connection: &mut PgConnection, event_id: EventId) -> sqlx::Result<bool> {
    let locked = sqlx::query!("SELECT seq FROM inventory WHERE event_id = $1 FOR UPDATE", event_id.as_uuid())
        .fetch_optional(connection)
        .await?;
    Ok(locked.is_some())
}

async fn entry_exists(
    connection: &mut PgConnection,
    event_id: EventId,
    seq: i64,
    recorded_at: Instant,
    hold_id: Option<uuid::Uuid>,
    kind: &str,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"
        SELECT EXISTS (
            SELECT
            FROM journal
            WHERE event_id = $1
              AND seq = $2
              AND recorded_at = $3
              AND hold_id IS NOT DISTINCT FROM $4
              AND kind = $5
        ) AS "exists!"
        "#,
        event_id.as_uuid(),
        seq,
        recorded_at,
        hold_id,
        kind,
    )
    .fetch_one(connection)
    .await
}
