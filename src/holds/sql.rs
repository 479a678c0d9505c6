//! Statements that read holds. Only the engine writes them.

use boxoffice_engine::db::column::{count, currency, parse_text, seats};
use boxoffice_engine::ids::{BookingId, HoldId};
use boxoffice_engine::model::hold::{Hold, HoldStatus, Item};
use boxoffice_engine::time::Instant;
use sqlx::PgPool;

/// A hold as it was at `server_time`. Its idempotency key is not read, because responses do not contain it.
#[derive(Clone, Debug)]
pub struct HoldSnapshot {
    pub hold: Hold,
    pub booking_id: Option<BookingId>,
    /// Time of the database, whose clock decides whether the hold is overdue.
    pub server_time: Instant,
}

/// A hold. `None` if there is no such hold.
///
/// # Errors
///
/// Database errors, and a decode error for a value that this version cannot read.
pub async fn hold(pool: &PgPool, hold_id: HoldId) -> Result<Option<HoldSnapshot>, sqlx::Error> {
    // One row per item; a hold has at least one. The clock is read for each row, and the time of the first row is used.
    let rows = sqlx::query!(
        r#"
        SELECT
            h.event_id,
            h.status,
            h.currency,
            h.ttl_seconds,
            h.extensions,
            h.created_at,
            h.expires_at,
            h.ended_at,
            b.booking_id AS "booking_id?",
            clock_timestamp() AS "server_time!",
            i.ticket_type_id,
            i.pool_id,
            i.quantity,
            i.unit_price,
            i.seat_ids
        FROM holds AS h
        JOIN items AS i ON i.hold_id = h.hold_id
        LEFT JOIN bookings AS b ON b.hold_id = h.hold_id
        WHERE h.hold_id = $1
        ORDER BY i.ticket_type_id
        "#,
        hold_id.as_uuid(),
    )
    .fetch_all(pool)
    .await?;

    let Some(first) = rows.first() else { return Ok(None) };
    let mut hold = Hold {
        hold_id,
        event_id: first.event_id.into(),
        status: parse_text("holds.status", &first.status, HoldStatus::parse)?,
        items: Vec::with_capacity(rows.len()),
        currency: currency(first.currency.as_deref())?,
        ttl_seconds: count("holds.ttl_seconds", first.ttl_seconds)?,
        extensions: count("holds.extensions", first.extensions)?,
        created_at: first.created_at,
        expires_at: first.expires_at,
        ended_at: first.ended_at,
        idempotency: None,
    };
    let (booking_id, server_time) = (first.booking_id.map(BookingId::from), first.server_time);
    for row in &rows {
        hold.items.push(Item {
            ticket_type_id: row.ticket_type_id.into(),
            pool_id: row.pool_id.into(),
            quantity: count("items.quantity", row.quantity)?,
            unit_price: row.unit_price,
            seats: seats("items.seat_ids", row.seat_ids.as_deref())?,
        });
    }
    Ok(Some(HoldSnapshot { hold, booking_id, server_time }))
}

/// Ids of at most `limit` overdue holds, and per event of at most `limit_per_event`, those that are overdue longest.
/// The second limit keeps one event with many overdue holds from delaying the others.
///
/// # Errors
///
/// Database errors.
pub async fn overdue_holds(pool: &PgPool, limit: i64, limit_per_event: i64) -> Result<Vec<HoldId>, sqlx::Error> {
    // The recursion finds the events with active holds by skipping along the index holds_active_by_expiry (event_id,
    // expires_at), so the cost grows with the number of these events, not of holds. statement_timestamp() is the same
    // for every row and can bound an index scan; clock_timestamp() cannot. The difference does not matter for
    // candidates.
    let rows = sqlx::query!(
        r#"
        WITH RECURSIVE events_with_holds AS (
            (
                SELECT h.event_id
                FROM holds AS h
                WHERE h.status = 'active'
                ORDER BY h.event_id
                LIMIT 1
            )
            UNION ALL
            SELECT (
                SELECT h.event_id
                FROM holds AS h
                WHERE h.status = 'active' AND h.event_id > e.event_id
                ORDER BY h.event_id
                LIMIT 1
            )
            FROM events_with_holds AS e
            WHERE e.event_id IS NOT NULL
        )
        SELECT overdue.hold_id
        FROM events_with_holds AS e
        CROSS JOIN LATERAL (
            SELECT h.hold_id
            FROM holds AS h
            WHERE h.event_id = e.event_id AND h.status = 'active' AND h.expires_at <= statement_timestamp()
            ORDER BY h.expires_at
            LIMIT $2
        ) AS overdue
        LIMIT $1
        "#,
        limit,
        limit_per_event,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| row.hold_id.into()).collect())
}
