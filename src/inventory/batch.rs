//! One batch, one transaction, one attempt: load, decide, store, commit.
//!
//! Runs only inside a task that nobody drops (a lane, or the benchmark's per-request task): a dropped transaction could
//! hand an open one back to the pool.

use std::panic::{AssertUnwindSafe, catch_unwind};

use sqlx::{Connection as _, PgConnection, PgPool};

use super::changes::Changes;
use super::command::{Answer, Command};
use super::commit_marker::CommitMarker;
use super::decide::decide;
use super::load::load;
use super::loaded_seats::LoadedSeats;
use super::seat_cache::SeatCache;
use super::store::{StoreError, store};
use crate::db::constraints::HOLDS_IDEMPOTENCY_KEY_UNIQUE;
use crate::db::failure::{lock_not_available, timed_out, will_pass};
use crate::db::held_connection::HeldConnection;
use crate::domain::hold_rules::HoldRules;
use crate::domain::ids::EventId;

/// The one of its class that does not say that the transaction was rolled back.
const STATEMENT_COMPLETION_UNKNOWN: &str = "40003";

/// Why an attempt did not end with a known commit.
#[derive(Debug, thiserror::Error)]
pub(super) enum BatchError {
    /// Rolled back; the same batch may well succeed in a moment (deadlock, lock timeout, serialization, lost connection).
    #[error("the database was busy or went away")]
    Transient(#[source] sqlx::Error),
    /// Rolled back; somebody else has kept the lock of one of the events for too long.
    #[error("an event is locked")]
    Locked(#[source] sqlx::Error),
    /// Rolled back; some command is more than the database does in time.
    #[error("a statement took too long")]
    TimedOut(#[source] sqlx::Error),
    /// Rolled back; the database refused what was decided, or the decision itself failed.
    #[error("the database and the decision disagree")]
    Contradiction(#[source] anyhow::Error),
    #[error("the connection was lost at COMMIT")]
    CommitUnknown(Box<UnknownCommit>, #[source] sqlx::Error),
}

/// What is known of a batch whose COMMIT was sent and not answered.
#[derive(Debug)]
pub(super) struct UnknownCommit {
    /// True if the marker can be found.
    pub answers: Vec<Answer>,
    pub marker: CommitMarker,
}

pub(super) async fn attempt(
    pool: &PgPool,
    held_connection: &mut HeldConnection,
    rules: &HoldRules,
    seatings: &SeatCache,
    commands: &[Command],
) -> Result<Vec<Answer>, BatchError> {
    let connection = held_connection.connection(pool).await.map_err(BatchError::Transient)?;
    let result = attempt_on(connection, rules, seatings, commands).await;
    // After these the connection is broken, or nobody knows how it is.
    if matches!(result, Err(BatchError::Transient(_) | BatchError::CommitUnknown(..))) {
        held_connection.give_up();
    }
    result
}

async fn attempt_on(
    connection: &mut PgConnection,
    rules: &HoldRules,
    seatings: &SeatCache,
    commands: &[Command],
) -> Result<Vec<Answer>, BatchError> {
    // Whatever keeps a transaction from beginning, it is nothing that a command did.
    let mut transaction = connection.begin().await.map_err(BatchError::Transient)?;
    let Prepared { answers, marker, seats_after } = match prepare(&mut transaction, rules, seatings, commands).await {
        Ok(prepared) => prepared,
        Err(error) => {
            // Now, so that the locks do not wait for the lane's next batch. When even this fails the connection is broken, and
            // PostgreSQL rolls back by itself.
            let _ = transaction.rollback().await;
            return Err(error);
        }
    };
    let Some(marker) = marker else {
        // Refusals and replays only: nothing to write, nothing that a lost commit could leave in doubt.
        transaction.rollback().await.map_err(classify)?;
        keep(seatings, seats_after);
        return Ok(answers);
    };
    match transaction.commit().await {
        Ok(()) => {
            keep(seatings, seats_after);
            Ok(answers)
        }
        // A refused COMMIT is an answer; only silence is not.
        Err(error) if was_rolled_back(&error) => Err(classify(error)),
        Err(source) => Err(BatchError::CommitUnknown(Box::new(UnknownCommit { answers, marker }), source)),
    }
}

/// A batch before its COMMIT.
struct Prepared {
    answers: Vec<Answer>,
    /// Without one nothing was written.
    marker: Option<CommitMarker>,
    seats_after: Vec<(EventId, i64, LoadedSeats)>,
}

/// Everything but the COMMIT.
async fn prepare(
    connection: &mut PgConnection,
    rules: &HoldRules,
    seatings: &SeatCache,
    commands: &[Command],
) -> Result<Prepared, BatchError> {
    let state = load(connection, seatings, commands).await.map_err(classify)?;
    let (answers, mut changes) = decide_safely(rules, state, commands)?;
    let marker = CommitMarker::of(&changes);
    if marker.is_some() {
        store(connection, &changes).await.map_err(|error| match error {
            StoreError::Database(error) => classify(error),
            StoreError::RowCount(_) => BatchError::Contradiction(error.into()),
        })?;
    }
    Ok(Prepared { answers, marker, seats_after: std::mem::take(&mut changes.seatings) })
}

/// What the batch knew of seats in the end, for the next one: the end is as good as in the database now.
fn keep(seatings: &SeatCache, seats_after: Vec<(EventId, i64, LoadedSeats)>) {
    for (event_id, seq, seating) in seats_after {
        seatings.give_back(event_id, seq, seating);
    }
}

/// A panic in `decide` is a bug in the judgement of some command, and must not take the lane with it.
fn decide_safely(
    rules: &HoldRules,
    state: super::batch_state::BatchState,
    commands: &[Command],
) -> Result<(Vec<Answer>, Changes), BatchError> {
    catch_unwind(AssertUnwindSafe(|| decide(rules, state, commands))).map_err(|panic| {
        let message = (panic.downcast_ref::<String>().cloned())
            .or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string))
            .unwrap_or_default();
        BatchError::Contradiction(anyhow::anyhow!("decide panicked: {message}"))
    })
}

fn classify(error: sqlx::Error) -> BatchError {
    let constraint = error.as_database_error().and_then(|database| database.constraint());
    // Two events were asked for with one key at once, under two locks. Tried again, the loser finds the winner's hold.
    if constraint == Some(HOLDS_IDEMPOTENCY_KEY_UNIQUE) {
        BatchError::Transient(error)
    } else if timed_out(&error) {
        BatchError::TimedOut(error)
    } else if lock_not_available(&error) {
        BatchError::Locked(error)
    } else if will_pass(&error) {
        BatchError::Transient(error)
    } else {
        BatchError::Contradiction(error.into())
    }
}

/// Whether an error at COMMIT means that the transaction is gone: transaction rollback and integrity violations. Everything
/// else, an administrator's shutdown included, may have come after the commit.
fn was_rolled_back(error: &sqlx::Error) -> bool {
    let sqlstate = error.as_database_error().and_then(|database| database.code());
    sqlstate
        .is_some_and(|code| (code.starts_with("40") && code != STATEMENT_COMPLETION_UNKNOWN) || code.starts_with("23"))
}
