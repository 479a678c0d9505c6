//! Deletes idempotency keys and their stored responses after the retention time. Called by a worker's tick until none
//! is left.

use sqlx::PgPool;

/// Retention time of idempotency keys, in hours: far longer than clients repeat a request.
pub const IDEMPOTENCY_KEY_RETENTION_HOURS: i32 = 24;

/// Most keys deleted by one call, so that its transaction stays short.
pub const FORGET_BATCH_ROWS: u64 = 1_000;

/// Deletes up to [`FORGET_BATCH_ROWS`] old keys and returns their number. A smaller number means that no other unlocked
/// key is left. It is a single statement, so no transaction stays open if the caller is cancelled. Concurrent calls
/// skip each other's rows.
///
/// # Errors
/// The database failed.
pub async fn forget_idempotency_keys(pool: &PgPool) -> sqlx::Result<u64> {
    // `statement_timestamp()` is stable, so the index can be used; `clock_timestamp()` is volatile.
    let deleted = sqlx::query!(
        r#"
        DELETE FROM idempotency_keys
        WHERE idempotency_key = ANY (ARRAY(
            SELECT idempotency_key
            FROM idempotency_keys
            WHERE created_at < statement_timestamp() - make_interval(hours => $1)
            ORDER BY created_at
            LIMIT $2
            FOR UPDATE SKIP LOCKED))
        "#,
        IDEMPOTENCY_KEY_RETENTION_HOURS,
        FORGET_BATCH_ROWS.cast_signed(),
    )
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}
