//! Seat map of an event: `GET /api/v1/events/{id}/seats` and `seats.svg`.

use boxoffice_engine::db::column::{count, decode_error};
use boxoffice_engine::ids::EventId;
use boxoffice_engine::seating::{SeatIndex, SectionIndex};
use sqlx::PgPool;
use sqlx::types::Json;

use crate::seat_maps::model::{Counts, SeatMap, SeatStates, SeatedEvent, SectionCounts};

#[derive(Debug, serde::Deserialize)]
struct PoolRow {
    section: u16,
    capacity: u32,
    held: u32,
    booked: u32,
    blocked: u32,
}

/// The seat map of an event. `None` if there is no such event, or if it has no layout. One statement, so states,
/// counters and sequence are of one snapshot.
///
/// # Errors
///
/// Database errors, and a decode error if the seats are not those of the layout.
pub async fn seat_map(pool: &PgPool, event_id: EventId) -> sqlx::Result<Option<SeatMap>> {
    // One row with the numbers and letters of all seats, instead of one row per seat. They are not sorted by
    // PostgreSQL, because sorting 20,000 seats takes longer than reading them; `seat_states` brings them into order.
    let row = sqlx::query!(
        r#"
        SELECT
            events.name, events.venue_id AS "venue_id!", events.layout_version AS "layout_version!",
            inventory.seq AS sequence, layouts.seat_count, drawn.seat_ids, drawn.letters,
            (
                SELECT jsonb_agg(
                    jsonb_build_object(
                        'section', section, 'capacity', capacity, 'held', held, 'booked', booked, 'blocked', blocked)
                    ORDER BY section)
                FROM pools
                WHERE pools.event_id = events.event_id
                    AND section IS NOT NULL
                    AND NOT seated
            ) AS "general_admission: Json<Vec<PoolRow>>"
        FROM events
        JOIN inventory ON inventory.event_id = events.event_id
        JOIN layouts ON layouts.venue_id = events.venue_id AND layouts.version = events.layout_version
        CROSS JOIN LATERAL (
            SELECT
                array_agg(seat_id) AS seat_ids,
                string_agg(
                    CASE state
                        WHEN 'available' THEN 'a' WHEN 'held' THEN 'h' WHEN 'booked' THEN 'b' WHEN 'blocked' THEN 'x'
                        ELSE '?'
                    END,
                    '') AS letters
            FROM seats
            WHERE seats.event_id = events.event_id
        ) AS drawn
        WHERE events.event_id = $1
        "#,
        event_id.as_uuid(),
    )
    .fetch_optional(pool)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(SeatMap {
        event: SeatedEvent {
            event_id,
            venue_id: row.venue_id.into(),
            layout_version: count("events.layout_version", row.layout_version)?,
            sequence: row.sequence,
        },
        event_name: row.name,
        states: seat_states(row.seat_count, row.seat_ids.unwrap_or_default(), &row.letters.unwrap_or_default())
            .ok_or_else(|| {
                decode_error("seats", &format!("rows that are not the {} seats of event {event_id}", row.seat_count))
            })?,
        general_admission: row.general_admission.into_iter().flat_map(|pools| pools.0).map(section_counts).collect(),
    }))
}

/// States of all seats. `None` unless every seat of the layout has exactly one row.
fn seat_states(seat_count: i32, seat_ids: Vec<i32>, letters: &str) -> Option<SeatStates> {
    let seats =
        seat_ids.into_iter().map(u32::try_from).map(|id| id.map(SeatIndex)).collect::<Result<Vec<_>, _>>().ok()?;
    let letters: Vec<char> = letters.chars().collect();
    let is_whole = seats.len() == letters.len();
    let placed = || SeatStates::from_seats(usize::try_from(seat_count).ok()?, seats.into_iter().zip(letters));
    if is_whole { placed() } else { None }
}

fn section_counts(pool: PoolRow) -> SectionCounts {
    let PoolRow { section, capacity, held, booked, blocked } = pool;
    let available = capacity.saturating_sub(held + booked + blocked);
    SectionCounts { section: SectionIndex(section), counts: Counts { available, held, booked, blocked } }
}
