//! Layout of an event, and the number of its last journal entry. A small query that runs first in every request about
//! seats.

use boxoffice_engine::db::column::count;
use boxoffice_engine::ids::EventId;
use sqlx::PgPool;

use crate::seat_maps::model::SeatedEvent;

/// Result of [`seating`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seating {
    /// There is no such event.
    NoEvent,
    /// The event has no layout.
    NoLayout,
    Seated(SeatedEvent),
}

/// The layout and the journal's position of an event.
///
/// # Errors
///
/// Database errors, and a decode error for a value that this version cannot read.
pub async fn seating(pool: &PgPool, event_id: EventId) -> sqlx::Result<Seating> {
    let row = sqlx::query!(
        r#"
        SELECT events.venue_id, events.layout_version, inventory.seq AS sequence
        FROM events
        JOIN inventory ON inventory.event_id = events.event_id
        WHERE events.event_id = $1
        "#,
        event_id.as_uuid(),
    )
    .fetch_optional(pool)
    .await?;
    let Some(row) = row else { return Ok(Seating::NoEvent) };
    // A CHECK ensures that both columns are NULL or neither.
    let (Some(venue_id), Some(version)) = (row.venue_id, row.layout_version) else { return Ok(Seating::NoLayout) };
    let layout_version = count("events.layout_version", version)?;
    Ok(Seating::Seated(SeatedEvent { event_id, venue_id: venue_id.into(), layout_version, sequence: row.sequence }))
}
