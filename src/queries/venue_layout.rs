//! The layout that a request names, with its venue's name.

use sqlx::PgPool;

use super::{layout, venue};
use crate::domain::seated_event::{LayoutName, VenueLayout};

/// What there is of it.
pub enum Found {
    Layout(Box<VenueLayout>),
    NoVenue,
    /// The venue has no such version.
    NoVersion,
}

/// Layouts never change, and no version of one goes away: it is as good whenever it was found.
pub async fn venue_layout(pool: &PgPool, LayoutName { venue_id, version }: LayoutName) -> sqlx::Result<Found> {
    let Some(venue) = venue::venue(pool, venue_id).await? else { return Ok(Found::NoVenue) };
    let version = version.unwrap_or(venue.layout.version);
    let mut connection = pool.acquire().await?;
    let layout = layout::layout(&mut connection, venue_id, version).await?;
    let found = |layout| Found::Layout(Box::new(VenueLayout { venue_id, venue_name: venue.name, version, layout }));
    Ok(layout.map_or(Found::NoVersion, found))
}
