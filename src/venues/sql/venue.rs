//! Venue with a summary of its newest layout: `GET /api/v1/venues/{id}`.

use boxoffice_engine::db::column::count;
use boxoffice_engine::ids::VenueId;
use boxoffice_engine::seating::Point;
use sqlx::PgPool;
use sqlx::types::Json;

use crate::venues::model::venue::{LayoutSummary, SectionSummary, Venue};

#[derive(Debug, serde::Deserialize)]
struct SectionRow {
    name: String,
    capacity: u32,
    row_count: Option<u32>,
}

/// A venue. `None` if there is no such venue. One statement, so venue and layout are of one snapshot.
///
/// # Errors
///
/// Database errors, and a decode error for a value that this version cannot read.
pub async fn venue(pool: &PgPool, venue_id: VenueId) -> sqlx::Result<Option<Venue>> {
    let row = sqlx::query!(
        r#"
        SELECT
            name, address, layout_version, focal_x, focal_y, venues.created_at, updated_at,
            (
                SELECT jsonb_agg(
                    jsonb_build_object('name', layout_sections.name, 'capacity', capacity, 'row_count', row_count)
                    ORDER BY section)
                FROM layout_sections
                WHERE layout_sections.venue_id = venues.venue_id
                    AND layout_sections.version = layout_version
            ) AS "sections!: Json<Vec<SectionRow>>"
        FROM venues
        JOIN layouts ON layouts.venue_id = venues.venue_id AND layouts.version = layout_version
        WHERE venues.venue_id = $1
        "#,
        venue_id.as_uuid(),
    )
    .fetch_optional(pool)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let section = |SectionRow { name, capacity, row_count }| SectionSummary { name, capacity, row_count };
    Ok(Some(Venue {
        venue_id,
        name: row.name,
        address: row.address,
        layout: LayoutSummary {
            version: count("venues.layout_version", row.layout_version)?,
            focal_point: Point { x: row.focal_x, y: row.focal_y },
            sections: row.sections.0.into_iter().map(section).collect(),
        },
        created_at: row.created_at,
        updated_at: row.updated_at,
    }))
}
