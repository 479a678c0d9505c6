//! The janitor: forgets what is kept for a time only. Nothing depends on it but the size of a table.

use std::time::Duration;

use sqlx::PgPool;

use crate::ops::forget_idempotency_keys::{FORGET_BATCH_ROWS, forget_idempotency_keys};

/// In metrics, logs and health.
pub const NAME: &str = "janitor";

/// Time between two rounds of forgetting.
pub const JANITOR_INTERVAL: Duration = Duration::from_secs(600);

/// The most batches of one tick, so that a tick ends.
pub const FORGET_BATCHES_MAX: usize = 100;

/// Forgets what is old enough, in batches while batches are full. Returns how many keys that were.
///
/// # Errors
///
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
