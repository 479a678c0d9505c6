//! Layout that a request refers to, with its venue's name.

use boxoffice_engine::layouts;
use sqlx::PgPool;

use super::venue;
use crate::venues::model::venue::{LayoutReference, VenueLayout};

/// Result of [`venue_layout`].
pub enum VenueLayoutLookup {
    Layout(Box<VenueLayout>),
    NoVenue,
    /// The venue has no such version.
    NoVersion,
}

/// Finds the layout. Not in a transaction: layouts never change and are never deleted, so the result cannot become
/// stale.
///
/// # Errors
///
/// Database errors, and a decode error if the rows are not a layout.
pub async fn venue_layout(
    pool: &PgPool,
    LayoutReference { venue_id, version }: LayoutReference,
) -> sqlx::Result<VenueLayoutLookup> {
    let Some(venue) = venue::venue(pool, venue_id).await? else { return Ok(VenueLayoutLookup::NoVenue) };
    let version = version.unwrap_or(venue.layout.version);
    let mut connection = pool.acquire().await?;
    let layout = layouts::layout(&mut connection, venue_id, version).await?;
    let found =
        |layout| VenueLayoutLookup::Layout(Box::new(VenueLayout { venue_id, venue_name: venue.name, version, layout }));
    Ok(layout.map_or(VenueLayoutLookup::NoVersion, found))
}
