//! Page of the list of venues, by name: `GET /api/v1/venues`.

use boxoffice_engine::db::column::count;
use boxoffice_engine::ids::VenueId;
use boxoffice_engine::time::Instant;
use sqlx::PgPool;
use uuid::Uuid;

/// A venue in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VenueSummary {
    pub venue_id: VenueId,
    pub name: String,
    pub address: Option<String>,
    pub layout_version: u32,
    /// Capacity of the newest layout in places, with and without seat numbers.
    pub capacity: i64,
    /// Number of seats of the newest layout.
    pub seat_count: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// Position in the list: by name, ignoring case, then by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VenuePosition {
    pub name: String,
    pub venue_id: VenueId,
}

/// At most `limit` venues, after a position.
///
/// # Errors
///
/// Database errors, and a decode error for a value that this version cannot read.
pub async fn venues(pool: &PgPool, after: Option<VenuePosition>, limit: u32) -> sqlx::Result<Vec<VenueSummary>> {
    // Before all venues, because no name is empty.
    let after = after.unwrap_or(VenuePosition { name: String::new(), venue_id: Uuid::nil().into() });
    let rows = sqlx::query!(
        r#"
        SELECT
            venues.venue_id, name, address, layout_version, seat_count, venues.created_at, updated_at,
            (
                SELECT coalesce(sum(capacity), 0)
                FROM layout_sections
                WHERE layout_sections.venue_id = venues.venue_id
                    AND layout_sections.version = layout_version
            ) AS "capacity!"
        FROM venues
        JOIN layouts ON layouts.venue_id = venues.venue_id AND layouts.version = layout_version
        WHERE (lower(name), venues.venue_id) > (lower($1), $2)
        ORDER BY lower(name), venues.venue_id
        LIMIT $3
        "#,
        after.name,
        after.venue_id.as_uuid(),
        i64::from(limit),
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(VenueSummary {
                venue_id: row.venue_id.into(),
                name: row.name,
                address: row.address,
                layout_version: count("venues.layout_version", row.layout_version)?,
                capacity: row.capacity,
                seat_count: row.seat_count,
                created_at: row.created_at,
                updated_at: row.updated_at,
            })
        })
        .collect()
}
