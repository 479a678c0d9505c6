//! Probe of the database.

use boxoffice_engine::time::Instant;
use sqlx::PgPool;

/// The database's time. Shows with the smallest possible statement that the database answers.
///
/// # Errors
///
/// Those of the database.
pub async fn database_time(pool: &PgPool) -> sqlx::Result<Instant> {
    sqlx::query_scalar!(r#"SELECT clock_timestamp() AS "now!""#).fetch_one(pool).await
}
