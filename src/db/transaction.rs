//! The one way to open a transaction outside `inventory`: named, measured, retried, and safe from dropped requests.
//!
//! When a client disconnects, actix drops the handler's future. In sqlx 0.9.0 a `begin()` that is dropped can hand a
//! connection back to the pool inside an open transaction (fixed upstream in #4394, unreleased). So the transaction runs
//! in a task of its own, which nobody drops: what was accepted is finished, whoever still listens.

use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use sqlx::{PgConnection, PgPool};

use crate::telemetry::metrics;

/// How often a transaction that lost a race inside PostgreSQL is tried again.
pub const TRANSACTION_RETRIES_MAX: u32 = 3;

/// The first retry waits up to this long, each further one up to twice as long.
const RETRY_PAUSE_MAX: Duration = Duration::from_millis(20);

/// What a transaction's body may fail with. Any failure rolls the transaction back.
pub trait TransactionFailure: From<sqlx::Error> + Send + 'static {
    /// The database's error, if that is what it was: it decides whether trying again makes sense.
    fn database_error(&self) -> Option<&sqlx::Error>;
}

impl TransactionFailure for sqlx::Error {
    fn database_error(&self) -> Option<&sqlx::Error> {
        Some(self)
    }
}

/// Runs `body` in a transaction called `name` and commits when it returns `Ok`. `body` may run up to
/// `1 + TRANSACTION_RETRIES_MAX` times, each time in a new transaction: it must do nothing but talk to its connection.
///
/// ```ignore
/// transaction(&pool, "create_event", move |connection| Box::pin(insert(connection, event.clone()))).await
/// ```
///
/// # Errors
///
/// What `body` failed with, or the database's error. After a lost connection at COMMIT the outcome is unknown; a caller
/// whose effect is not idempotent has to read it back.
pub async fn transaction<T, E, F>(pool: &PgPool, name: &'static str, body: F) -> Result<T, E>
where
    T: Send + 'static,
    E: TransactionFailure,
    F: for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, Result<T, E>> + Send + Sync + 'static,
{
    let pool = pool.clone();
    let task = tokio::spawn(async move { run(&pool, name, body).await });
    // The task fails to join only when `body` panicked, which the panic hook has logged, or when the runtime is gone.
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
                tokio::time::sleep(pause(retries)).await;
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
            // When even this fails the connection is broken, and PostgreSQL rolls back by itself.
            let _ = transaction.rollback().await;
            Err(error)
        }
    }
}

/// Whether PostgreSQL gave up on the transaction for reasons of timing alone, so that the same again may succeed:
/// `serialization_failure`, `deadlock_detected`, `lock_not_available`.
#[must_use]
pub fn is_retryable(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    matches!(code.as_deref(), Some("40001" | "40P01" | "55P03"))
}

/// The pause before retry number `retry` (from 1): random, so that those who collided do not collide again.
#[must_use]
pub fn pause(retry: u32) -> Duration {
    let longest = RETRY_PAUSE_MAX * 2_u32.pow(retry.clamp(1, TRANSACTION_RETRIES_MAX) - 1);
    longest.mul_f64(rand::random::<f64>())
}
