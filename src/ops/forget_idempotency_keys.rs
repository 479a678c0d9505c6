//! Forgets kept answers that nobody will ask for again. Called by a worker's tick until nothing is left to forget.

use sqlx::PgPool;

/// How long an answer is kept, in hours: far longer than any client repeats a request.
pub const IDEMPOTENCY_KEY_KEPT_HOURS: i32 = 24;

/// The most keys one call forgets, so that its transaction stays short.
pub const FORGET_BATCH_ROWS: u64 = 1_000;

/// Returns how many were forgotten; fewer than [`FORGET_BATCH_ROWS`] means that none is left. One statement, so no
/// transaction stays open if the caller goes away. Several at once share the work.
pub async fn forget_idempotency_keys(pool: &PgPool) -> sqlx::Result<u64> {
    // `statement_timestamp()`, because a volatile clock could not be compared by index.
    let forgotten = sqlx::query!(
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
        IDEMPOTENCY_KEY_KEPT_HOURS,
        FORGET_BATCH_ROWS.cast_signed(),
    )
    .execute(pool)
    .await?;
    Ok(forgotten.rows_affected())
}
