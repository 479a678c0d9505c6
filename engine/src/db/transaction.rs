//! Transaction helper for writes outside `inventory`: named, measured, retried, and safe from dropped requests.
//!
//! When a client disconnects, actix drops the handler's future. In sqlx 0.9.0 dropping `begin()` can return a
//! connection with an open transaction to the pool (fixed upstream in #4394, unreleased). So the transaction runs in
//! its own task, which is not dropped: an accepted request is finished even if its client has disconnected.
//!
//! A connection can be lost at COMMIT, and it is then unknown whether the transaction was committed. So every
//! transaction is repeatable: its body recognizes what an earlier run committed, and it is simply run again.

use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::metrics;

/// Largest number of retries of a transaction that failed because of its timing.
pub const TRANSACTION_RETRIES_MAX: u32 = 3;

/// Longest pause before the first retry. It doubles with each further retry.
const RETRY_PAUSE_MAX: Duration = Duration::from_millis(20);

/// Error of a transaction's body. Any such error rolls the transaction back.
pub trait TransactionFailure: From<sqlx::Error> + Send + 'static {
    /// The database error, if it is one: it decides whether the transaction is retried.
    fn database_error(&self) -> Option<&sqlx::Error>;

    /// This error where an earlier run may have been committed: a database error becomes an unknown outcome. Other
    /// errors stay, because the body has then seen the present state.
    fn into_unknown_outcome(self) -> Self;
}

/// For a body whose caller does not distinguish an unknown outcome.
impl TransactionFailure for sqlx::Error {
    fn database_error(&self) -> Option<&sqlx::Error> {
        Some(self)
    }

    fn into_unknown_outcome(self) -> Self {
        self
    }
}

/// Runs `body` in a transaction called `name` and commits when it returns `Ok`. `id` is that of the row it is about, for
/// the log.
///
/// `body` may run many times, each time in a new transaction, so it must have no effects except through its connection:
/// up to `1 + TRANSACTION_RETRIES_MAX` times, and as often again after a COMMIT whose answer was lost. In the second
/// round the first may have been committed, so `body` must find that it has nothing left to do, or fail.
///
/// ```ignore
/// transaction(&pool, "create_event", id, move |connection| Box::pin(insert(connection, event.clone()))).await
/// ```
///
/// # Errors
///
/// The error of `body`, or the database error: nothing was written. [`TransactionFailure::into_unknown_outcome`] of a
/// database error if the repeat after a lost COMMIT failed too, or if `body` panicked (`sqlx::Error::WorkerCrashed`).
pub async fn transaction<T, E, F>(pool: &PgPool, name: &'static str, id: Uuid, body: F) -> Result<T, E>
where
    T: Send + 'static,
    E: TransactionFailure,
    F: for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, Result<T, E>> + Send + Sync + 'static,
{
    let pool = pool.clone();
    let task = tokio::spawn(async move { run_until_outcome_is_known(&pool, name, id, body).await });
    // Joining fails only if `body` panicked, which the panic hook has logged, or if the runtime is shutting down. It is
    // unknown whether COMMIT was sent before.
    task.await.unwrap_or_else(|_| Err(E::from(sqlx::Error::WorkerCrashed).into_unknown_outcome()))
}

/// Why a transaction did not end with an acknowledged COMMIT.
enum RunError<E> {
    RolledBack(E),
    /// Normally the connection was lost, so it is unknown whether the transaction was committed.
    AtCommit(sqlx::Error),
}

impl<E: TransactionFailure> RunError<E> {
    fn database_error(&self) -> Option<&sqlx::Error> {
        match self {
            Self::RolledBack(error) => error.database_error(),
            Self::AtCommit(error) => Some(error),
        }
    }
}

/// Runs the transaction, and once more if its COMMIT failed.
async fn run_until_outcome_is_known<T, E, F>(pool: &PgPool, name: &'static str, id: Uuid, body: F) -> Result<T, E>
where
    E: TransactionFailure,
    F: for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, Result<T, E>>,
{
    let error = match run_with_retries(pool, name, &body).await {
        Ok(value) => return Ok(value),
        Err(RunError::RolledBack(error)) => return Err(error),
        Err(RunError::AtCommit(error)) => error,
    };
    tracing::warn!(transaction = name, %id, %error, "the outcome of a COMMIT is unknown; repeating the transaction");
    match run_with_retries(pool, name, &body).await {
        Ok(value) => Ok(value),
        Err(RunError::RolledBack(error)) => Err(error.into_unknown_outcome()),
        Err(RunError::AtCommit(error)) => Err(E::from(error).into_unknown_outcome()),
    }
}

/// Runs the transaction until it is committed, has failed for another reason than its timing, or was retried too often.
async fn run_with_retries<T, E, F>(pool: &PgPool, name: &'static str, body: &F) -> Result<T, RunError<E>>
where
    E: TransactionFailure,
    F: for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, Result<T, E>>,
{
    let started = Instant::now();
    let mut retries = 0;
    let outcome = loop {
        match run_once(pool, body).await {
            Err(error) if retries < TRANSACTION_RETRIES_MAX && error.database_error().is_some_and(is_retryable) => {
                retries += 1;
                metrics::db_transaction_retry(name);
                tokio::time::sleep(retry_pause(retries)).await;
            }
            outcome => break outcome,
        }
    };
    let label = if outcome.is_ok() { "committed" } else { "failed" };
    metrics::db_transaction(name, label, started.elapsed());
    outcome
}

async fn run_once<T, E, F>(pool: &PgPool, body: &F) -> Result<T, RunError<E>>
where
    E: TransactionFailure,
    F: for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, Result<T, E>>,
{
    let mut transaction = pool.begin().await.map_err(|error| RunError::RolledBack(error.into()))?;
    match body(&mut transaction).await {
        Ok(value) => {
            transaction.commit().await.map_err(RunError::AtCommit)?;
            Ok(value)
        }
        Err(error) => {
            // If this fails the connection is broken, and PostgreSQL rolls back by itself.
            let _ = transaction.rollback().await;
            Err(RunError::RolledBack(error))
        }
    }
}

/// Whether the transaction failed only because of its timing, so that a retry can succeed: `serialization_failure`
/// (40001), `deadlock_detected` (40P01), `lock_not_available` (55P03).
#[must_use]
fn is_retryable(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    matches!(code.as_deref(), Some("40001" | "40P01" | "55P03"))
}

/// Random pause before retry number `retry` (from 1), so that transactions that collided do not collide again. At most
/// 80 ms.
#[must_use]
pub fn retry_pause(retry: u32) -> Duration {
    let longest = RETRY_PAUSE_MAX * 2_u32.pow(retry.clamp(1, TRANSACTION_RETRIES_MAX) - 1);
    longest.mul_f64(rand::random::<f64>())
}
