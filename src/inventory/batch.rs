//! One batch, one transaction, one attempt: load, decide, store, commit.
//!
//! Runs only inside a task that nobody drops (a lane, or the benchmark's per-request task): a dropped transaction could
//! hand an open one back to the pool.

use std::panic::{AssertUnwindSafe, catch_unwind};

use sqlx::PgPool;

use super::changes::Changes;
use super::command::{Answer, Command};
use super::decide::decide;
use super::load::load;
use super::settle::Witness;
use super::store::{StoreError, store};
use crate::domain::hold_rules::HoldRules;

/// Why an attempt did not end with a known commit.
#[derive(Debug, thiserror::Error)]
pub(super) enum BatchError {
    /// Rolled back; the same batch may well succeed in a moment (deadlock, lock timeout, serialization, lost connection).
    #[error("the database was busy or went away")]
    Transient(#[source] sqlx::Error),
    /// Rolled back; the database refused what was decided, or the decision itself failed.
    #[error("the database and the decision disagree")]
    Contradiction(#[source] anyhow::Error),
    /// COMMIT was sent and not answered. `answers` are true if the witness can be found.
    #[error("the connection was lost at COMMIT")]
    CommitUnknown {
        answers: Vec<Answer>,
        witness: Witness,
        source: sqlx::Error,
    },
}

pub(super) async fn attempt(pool: &PgPool, rules: &HoldRules, commands: &[Command]) -> Result<Vec<Answer>, BatchError> {
    let mut transaction = pool.begin().await.map_err(classify)?;
    let shelf = load(&mut transaction, commands).await.map_err(classify)?;
    let (answers, changes) = decide_safely(rules, shelf, commands)?;

    let Some(witness) = Witness::of(&changes) else {
        // Refusals and replays only: nothing to write, nothing that a lost commit could leave in doubt.
        transaction.rollback().await.map_err(classify)?;
        return Ok(answers);
    };
    store(&mut transaction, &changes).await.map_err(|error| match error {
        StoreError::Database(error) => classify(error),
        StoreError::RowCount { .. } => BatchError::Contradiction(error.into()),
    })?;
    match transaction.commit().await {
        Ok(()) => Ok(answers),
        // A refused COMMIT is an answer; only silence is not.
        Err(error) if was_rolled_back(&error) => Err(classify(error)),
        Err(source) => Err(BatchError::CommitUnknown {
            answers,
            witness,
            source,
        }),
    }
}

/// A panic in `decide` is a bug in the judgement of some command, and must not take the lane with it.
fn decide_safely(
    rules: &HoldRules,
    shelf: super::shelf::Shelf,
    commands: &[Command],
) -> Result<(Vec<Answer>, Changes), BatchError> {
    catch_unwind(AssertUnwindSafe(|| decide(rules, shelf, commands))).map_err(|panic| {
        let message = (panic.downcast_ref::<String>().cloned())
            .or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string))
            .unwrap_or_default();
        BatchError::Contradiction(anyhow::anyhow!("decide panicked: {message}"))
    })
}

fn classify(error: sqlx::Error) -> BatchError {
    match &error {
        sqlx::Error::Database(database) if !is_transient(database.code().as_deref()) => {
            BatchError::Contradiction(error.into())
        }
        sqlx::Error::Database(_)
        | sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => BatchError::Transient(error),
        _ => BatchError::Contradiction(error.into()),
    }
}

/// SQLSTATEs after which the same batch may succeed: serialization failure, deadlock, lock not available, cancelled by a
/// timeout, too many connections, and the server going away or coming up.
fn is_transient(sqlstate: Option<&str>) -> bool {
    matches!(
        sqlstate,
        Some("40001" | "40P01" | "55P03" | "57014" | "53300" | "25P03" | "57P01" | "57P02" | "57P03" | "57P05")
    )
}

/// Whether an error at COMMIT means that the transaction is gone: transaction rollback and integrity violations. Everything
/// else, an administrator's shutdown included, may have come after the commit.
fn was_rolled_back(error: &sqlx::Error) -> bool {
    let sqlstate = error.as_database_error().and_then(|database| database.code());
    sqlstate.is_some_and(|code| code.starts_with("40") || code.starts_with("23"))
}
