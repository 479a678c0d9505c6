//! Transaction helper for writes outside `inventory`: named, measured, retried, and safe from dropped requests.
//!
//! When a client disconnects, actix drops the handler's future. In sqlx 0.9.0 dropping `begin()` can return a
//! connection with an open transaction to the pool (fixed upstream in #4394, unreleased). So the transaction runs in
//! its own task, which is not dropped: an accepted request is finished even if its client has disconnected.

use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use sqlx::{PgConnection, PgPool};

use crate::metrics;

/// Largest number of retries of a transaction that failed because of its timing.
pub const TRANSACTION_RETRIES_MAX: u32 = 3;

/// Longest pause before the first retry. It doubles with each further retry.
const RETRY_PAUSE_MAX: Duration = Duration::from_millis(20);

/// Error of a transaction's body. Any such error rolls the transaction back.
pub trait TransactionFailure: From<sqlx::Error> + Send + 'static {
    /// The database error, if it is one: it decides whether the transaction is retried.
    fn database_error(&self) -> Option<&sqlx::Error>;
}

impl TransactionFailure for sqlx::Error {
    fn database_error(&self) -> Option<&sqlx::Error> {
        Some(self)
    }
}

/// Runs `body` in a transaction called `name` and commits when it returns `Ok`. `body` may run up to
/// `1 + TRANSACTION_RETRIES_MAX` times, each time in a new transaction, so it must have no effects except
/// through its connection.
///
/// ```ignore
/// transaction(&pool, "create_event", move |connection| Box::pin(insert(connection, event.clone()))).await
/// ```
///
/// # Errors
///
/// The error of `body`, or the database error. After a connection lost at COMMIT the outcome is unknown: a caller whose
/// effect is not idempotent must read it back. `sqlx::Error::WorkerCrashed` if `body` panicked.
pub async fn transaction<T, E, F>(pool: &PgPool, name: &'static str, body: F) -> Result<T, E>
where
    T: Send + 'static,
    E: TransactionFailure,
    F: for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, Result<T, E>> + Send + Sync + 'static,
{
    let pool = pool.clone();
    let task = tokio::spawn(async move { run(&pool, name, body).await });
    // Joining fails only if `body` panicked, which the panic hook has logged, or if the runtime is shutting down.
    task.await.unwrap_or_else(|_| Err(sqlx::Error::WorkerCrashed.into()))
}

async fn run<T, E, F>(pool: &PgPool, name: &'static str, body: F) -> Result<T, E>
where
    E: TransactionFailure,
    F: for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, Result<T, E>>,
{
    let started = Instant::now();
    let mut retries = 0;
    let outcome = loop {
        match attempt(pool, &body).await {
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

async fn attempt<T, E, F>(pool: &PgPool, body: &F) -> Result<T, E>
where
    E: TransactionFailure,
    F: for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, Result<T, E>>,
{
    let mut transaction = pool.begin().await?;
    match body(&mut transaction).await {
        Ok(value) => {
            transaction.commit().await?;
            Ok(value)
        }
        Err(error) => {
            // If this fails the connection is broken, and PostgreSQL rolls back by itself.
            let _ = transaction.rollback().await;
            Err(error)
        }
    }
}

/// Whether the transaction failed only because of its timing, so that a retry can succeed: `serialization_failure`
/// (40001), `deadlock_detected` (40P01), `lock_not_available` (55P03).
#[must_use]
pub fn is_retryable(error: &sqlx::Error) -> bool {
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
