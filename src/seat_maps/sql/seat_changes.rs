//! Present states of the seats that changed after a journal entry: `GET /api/v1/events/{id}/seats?since=`.

use boxoffice_engine::db::column::count;
use boxoffice_engine::ids::EventId;
use boxoffice_engine::seating::SeatIndex;
use sqlx::PgPool;

use crate::seat_maps::model::SeatChanges;

/// Seats that journal entries after number `since` name. `None` if there is no such event. One statement, so states and
/// sequence are of one snapshot.
///
/// # Errors
///
/// Database errors, and a decode error for a value that this version cannot read.
pub async fn seat_changes(pool: &PgPool, event_id: EventId, since: i64) -> sqlx::Result<Option<SeatChanges>> {
    // The subquery makes PostgreSQL look up each seat by its key. With a join the planner, which does not know that
    // `since` is near the journal's end, would read all seats of the event.
    let row = sqlx::query!(
        r#"
        SELECT
            inventory.seq AS sequence, changed.available, changed.held, changed.booked, changed.blocked
        FROM inventory
        CROSS JOIN LATERAL (
            SELECT
                array_agg(seat_id ORDER BY seat_id) FILTER (WHERE state = 'available') AS available,
                array_agg(seat_id ORDER BY seat_id) FILTER (WHERE state = 'held') AS held,
                array_agg(seat_id ORDER BY seat_id) FILTER (WHERE state = 'booked') AS booked,
                array_agg(seat_id ORDER BY seat_id) FILTER (WHERE state = 'blocked') AS blocked
            FROM (
                SELECT
                    seat_id,
                    (
                        SELECT seats.state
                        FROM seats
                        WHERE seats.event_id = inventory.event_id AND seats.seat_id = touched.seat_id
                    ) AS state
                FROM (
                    SELECT DISTINCT unnest(journal.seat_ids) AS seat_id
                    FROM journal
                    WHERE journal.event_id = inventory.event_id AND journal.seq > $2
                ) AS touched
            ) AS found
        ) AS changed
        WHERE inventory.event_id = $1
        "#,
        event_id.as_uuid(),
        since,
    )
    .fetch_optional(pool)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(SeatChanges {
        sequence: row.sequence,
        available: seats(row.available)?,
        held: seats(row.held)?,
        booked: seats(row.booked)?,
        blocked: seats(row.blocked)?,
    }))
}

/// Seats of an aggregated array. The aggregate over no rows is NULL.
fn seats(ids: Option<Vec<i32>>) -> sqlx::Result<Vec<SeatIndex>> {
    ids.unwrap_or_default().into_iter().map(|id| Ok(SeatIndex(count("seats.seat_id", id)?))).collect()
}
