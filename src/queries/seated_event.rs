//! Which layout an event is sold with, and how far its journal has come: little, and asked before everything about seats.

use sqlx::PgPool;

use crate::db::column::count;
use crate::domain::ids::EventId;
use crate::domain::seat_map::SeatedEvent;

/// What is known of an event's seating.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seating {
    /// There is no such event.
    NoEvent,
    /// It is sold without a layout.
    NoLayout,
    Seated(SeatedEvent),
}

/// See the module's documentation.
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
    // A CHECK sees to it that both are there or neither.
    let (Some(venue_id), Some(version)) = (row.venue_id, row.layout_version) else { return Ok(Seating::NoLayout) };
    let layout_version = count("events.layout_version", version)?;
    Ok(Seating::Seated(SeatedEvent { event_id, venue_id: venue_id.into(), layout_version, sequence: row.sequence }))
}
