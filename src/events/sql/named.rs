//! An event by its name, for the demo events: names are not unique.

use boxoffice_engine::ids::EventId;
use sqlx::PgPool;

/// The first event on sale with this name, by start.
///
/// # Errors
/// The database failed.
pub async fn find_on_sale(pool: &PgPool, name: &str) -> sqlx::Result<Option<EventId>> {
    let found = sqlx::query_scalar!(
        r#"
        /* demo */
        SELECT event_id
        FROM events
        WHERE name = $1
            AND status = 'on_sale'
        ORDER BY coalesce(starts_at, 'infinity'), event_id
        LIMIT 1
        "#,
        name,
    )
    .fetch_optional(pool)
    .await?;
    Ok(found.map(EventId::from))
}
