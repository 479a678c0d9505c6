//! One batch, one transaction, one attempt: load, decide, store, commit.
//!
//! Runs only inside a task that is never dropped (a lane, or the benchmark's per-request task): dropping it could
//! return a connection with an open transaction to the pool.

use std::panic::{AssertUnwindSafe, catch_unwind};

use sqlx::{Connection as _, PgConnection, PgPool};

use super::changes::Changes;
use super::command::{Command, Decision};
use super::commit_marker::CommitMarker;
use super::decide::decide;
use super::load::load;
use super::loaded_seats::LoadedSeats;
use super::seat_cache::SeatCache;
use super::store::{StoreError, store};
use crate::db::constraints::HOLDS_IDEMPOTENCY_KEY_UNIQUE;
use crate::db::failure::{is_lock_timeout, is_statement_timeout, is_transient, violates};
use crate::db::held_connection::HeldConnection;
use crate::ids::EventId;
use crate::settings::HoldRules;

/// SQLSTATE `statement_completion_unknown`: the only code of class 40 that does not mean a rollback.
const STATEMENT_COMPLETION_UNKNOWN: &str = "40003";

/// Reason why an attempt did not end with a known commit.
#[derive(Debug, thiserror::Error)]
pub(super) enum BatchError {
    /// Rolled back. The same batch may succeed when tried again (deadlock, serialization failure, lost connection, or
    /// one idempotency key used for two events at the same time).
    #[error("the database was busy or went away")]
    Transient(#[source] sqlx::Error),
    /// Rolled back: another transaction held the row lock of one of the events for longer than `lock_timeout`.
    #[error("an event is locked")]
    Locked(#[source] sqlx::Error),
    /// Rolled back: a statement ran longer than `statement_timeout`.
    #[error("a statement took too long")]
    TimedOut(#[source] sqlx::Error),
    /// Rolled back: the database rejected the decided changes, or `decide` panicked. A bug.
    #[error("the database and the decision disagree")]
    Inconsistent(#[source] anyhow::Error),
    /// The answer to COMMIT was lost or does not tell the outcome.
    #[error("the connection was lost at COMMIT")]
    CommitUnknown(Box<UnknownCommit>, #[source] sqlx::Error),
}

/// A batch whose COMMIT was sent and whose outcome is not known.
#[derive(Debug)]
pub(super) struct UnknownCommit {
    /// Valid only if the batch was committed.
    pub decisions: Vec<Decision>,
    pub marker: CommitMarker,
}

/// Executes the commands in one transaction. Returns one decision per command, in order.
pub(super) async fn attempt(
    pool: &PgPool,
    held_connection: &mut HeldConnection,
    rules: &HoldRules,
    seat_cache: &SeatCache,
    commands: &[Command],
) -> Result<Vec<Decision>, BatchError> {
    let connection = held_connection.acquire(pool).await.map_err(BatchError::Transient)?;
    let result = attempt_on_connection(connection, rules, seat_cache, commands).await;
    // After these errors the connection may be broken.
    if matches!(result, Err(BatchError::Transient(_) | BatchError::CommitUnknown(..))) {
        held_connection.close();
    }
    result
}

async fn attempt_on_connection(
    connection: &mut PgConnection,
    rules: &HoldRules,
    seat_cache: &SeatCache,
    commands: &[Command],
) -> Result<Vec<Decision>, BatchError> {
    // A failed BEGIN cannot be caused by a command, so it is always worth another try.
    let mut transaction = connection.begin().await.map_err(BatchError::Transient)?;
    let UncommittedBatch { decisions, marker, seats_after } =
        match load_decide_store(&mut transaction, rules, seat_cache, commands).await {
            Ok(uncommitted) => uncommitted,
            Err(error) => {
                // At once, so that the row locks do not last until the lane's next batch. If this fails the connection
                // is broken, and PostgreSQL rolls back by itself.
                let _ = transaction.rollback().await;
                return Err(error);
            }
        };
    let Some(marker) = marker else {
        // Only refusals and replays, nothing to write: without a COMMIT there is no unknown outcome.
        transaction.rollback().await.map_err(classify)?;
        update_cache(seat_cache, seats_after);
        return Ok(decisions);
    };
    match transaction.commit().await {
        Ok(()) => {
            update_cache(seat_cache, seats_after);
            Ok(decisions)
        }
        // PostgreSQL reported a rollback, so the outcome is known.
        Err(error) if was_rolled_back(&error) => Err(classify(error)),
        Err(source) => Err(BatchError::CommitUnknown(Box::new(UnknownCommit { decisions, marker }), source)),
    }
}

/// A batch that is decided and written, before its COMMIT.
struct UncommittedBatch {
    decisions: Vec<Decision>,
    /// `None` if nothing was written.
    marker: Option<CommitMarker>,
    /// See [`Changes::seats_after`].
    seats_after: Vec<(EventId, i64, LoadedSeats)>,
}

/// All steps before the COMMIT.
async fn load_decide_store(
    connection: &mut PgConnection,
    rules: &HoldRules,
    seat_cache: &SeatCache,
    commands: &[Command],
) -> Result<UncommittedBatch, BatchError> {
    let state = load(connection, seat_cache, commands).await.map_err(classify)?;
    let (decisions, mut changes) = decide_safely(rules, state, commands)?;
    let marker = CommitMarker::from_changes(&changes);
    if marker.is_some() {
        store(connection, &changes).await.map_err(|error| match error {
            StoreError::Database(error) => classify(error),
            StoreError::RowCount(_) => BatchError::Inconsistent(error.into()),
        })?;
    }
    Ok(UncommittedBatch { decisions, marker, seats_after: std::mem::take(&mut changes.seats_after) })
}

/// Puts the seats of a finished batch into the cache. Call it only when the database agrees with them.
fn update_cache(seat_cache: &SeatCache, seats_after: Vec<(EventId, i64, LoadedSeats)>) {
    for (event_id, seq, seats) in seats_after {
        seat_cache.put_back(event_id, seq, seats);
    }
}

/// Calls `decide` and turns a panic, which is a bug, into an error, so that the lane survives it.
fn decide_safely(
    rules: &HoldRules,
    state: super::batch_state::BatchState,
    commands: &[Command],
) -> Result<(Vec<Decision>, Changes), BatchError> {
    catch_unwind(AssertUnwindSafe(|| decide(rules, state, commands))).map_err(|panic| {
        let message = (panic.downcast_ref::<String>().cloned())
            .or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string))
            .unwrap_or_default();
        BatchError::Inconsistent(anyhow::anyhow!("decide panicked: {message}"))
    })
}

fn classify(error: sqlx::Error) -> BatchError {
    // One idempotency key was used for two events at the same time, so under different row locks. On the next try the
    // loser finds the winner's hold.
    if violates(&error, HOLDS_IDEMPOTENCY_KEY_UNIQUE) {
        BatchError::Transient(error)
    } else if is_statement_timeout(&error) {
        BatchError::TimedOut(error)
    } else if is_lock_timeout(&error) {
        BatchError::Locked(error)
    } else if is_transient(&error) {
        BatchError::Transient(error)
    } else {
        BatchError::Inconsistent(error.into())
    }
}

/// Whether an error at COMMIT proves a rollback: SQLSTATE class 40 (transaction rollback) and 23 (integrity violation).
/// Any other error, an administrator's shutdown included, can come after the commit.
///
/// Source: PostgreSQL's documentation, appendix A.
fn was_rolled_back(error: &sqlx::Error) -> bool {
    let sqlstate = error.as_database_error().and_then(|database| database.code());
    sqlstate
        .is_some_and(|code| (code.starts_with("40") && code != STATEMENT_COMPLETION_UNKNOWN) || code.starts_with("23"))
}
