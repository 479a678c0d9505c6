//! The janitor: deletes old idempotency keys. Only the size of a table depends on it.

use std::time::Duration;

use sqlx::PgPool;

use crate::idempotency::sql::forget::{FORGET_BATCH_ROWS, forget_idempotency_keys};

/// Name of the worker in metrics, logs and health.
pub const NAME: &str = "janitor";

/// Time between two ticks.
pub const JANITOR_INTERVAL: Duration = Duration::from_secs(600);

/// The most batches of one tick, so that a tick is bounded.
pub const FORGET_BATCHES_MAX: usize = 100;

/// Deletes idempotency keys that are old enough, batch by batch until a batch is not full. Returns the number of keys.
///
/// # Errors
/// When the database fails.
pub async fn tick(pool: &PgPool) -> anyhow::Result<u64> {
    let mut forgotten = 0;
    for _ in 0..FORGET_BATCHES_MAX {
        let batch = forget_idempotency_keys(pool).await?;
        forgotten += batch;
        if batch < FORGET_BATCH_ROWS {
            break;
        }
    }
    Ok(forgotten)
}
