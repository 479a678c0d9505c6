//! Series without its events: `GET /api/v1/series/{id}`.

use boxoffice_engine::ids::SeriesId;
use sqlx::PgPool;

use crate::series::model::series::Series;

/// A series. `None` if there is no such series.
///
/// # Errors
///
/// Database errors.
pub async fn series(pool: &PgPool, series_id: SeriesId) -> sqlx::Result<Option<Series>> {
    let row = sqlx::query!(
        r#"
        SELECT name, description, created_at, updated_at
        FROM series
        WHERE series_id = $1
        "#,
        series_id.as_uuid(),
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| Series {
        series_id,
        name: row.name,
        description: row.description,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }))
}
