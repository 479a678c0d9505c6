//! Commit markers: resolve a commit whose answer was lost by looking for a row of the batch.
//!
//! A batch commits as a whole, so one of its rows is enough. The lookup takes the event's row lock first: the old
//! backend may still be executing the COMMIT, and it releases the lock only when the transaction has ended.

use sqlx::{PgConnection, PgPool};

use super::changes::Changes;
use crate::ids::EventId;
use crate::time::Instant;

/// A row that exists, or an event that is gone, exactly if the batch was committed.
#[derive(Clone, Debug)]
pub(super) enum CommitMarker {
    /// A journal entry. The number alone is not enough: after a rollback another batch uses the same number.
    Entry { event_id: EventId, seq: i64, recorded_at: Instant, hold_id: Option<uuid::Uuid>, kind: &'static str },
    /// A deleted event, for a batch that has no journal entry.
    Deleted { event_id: EventId },
}

impl CommitMarker {
    /// The marker of a batch; `None` if the batch changes nothing.
    pub(super) fn from_changes(changes: &Changes) -> Option<Self> {
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

/// Whether the marker's batch was committed. Waits until its transaction has ended. `None` if that can no longer be
/// known, because the event and its journal were deleted since.
///
/// # Errors
///
/// When the database does not answer, or the row lock is not available in time.
pub(super) async fn was_committed(pool: &PgPool, marker: &CommitMarker) -> sqlx::Result<Option<bool>> {
    let mut transaction = pool.begin().await?;
    let committed = match marker {
        CommitMarker::Entry { event_id, seq, recorded_at, hold_id, kind } => {
            if lock_event(&mut transaction, *event_id).await? {
                Some(entry_exists(&mut transaction, *event_id, *seq, *recorded_at, *hold_id, kind).await?)
            } else {
                None
            }
        }
        CommitMarker::Deleted { event_id } => Some(!lock_event(&mut transaction, *event_id).await?),
    };
    transaction.rollback().await?;
    Ok(committed)
}

/// Takes the event's row lock. False if the event does not exist.
async fn lock_event(connection: &mut PgConnection, event_id: EventId) -> sqlx::Result<bool> {
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
