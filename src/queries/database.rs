//! Whether the database answers.

use sqlx::PgPool;

use crate::domain::time::Instant;

/// Asks the database for its time: the least it can answer.
pub async fn database_time(pool: &PgPool) -> sqlx::Result<Instant> {
    sqlx::query_scalar!(r#"SELECT clock_timestamp() AS "now!""#).fetch_one(pool).await
}
