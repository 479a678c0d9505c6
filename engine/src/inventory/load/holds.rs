//! Holds that a batch needs, with their items and bookings.

use std::collections::BTreeSet;

use sqlx::PgConnection;
use uuid::Uuid;

use crate::db::column::{count, currency, decode_error, parse_text, seats};
use crate::ids::EventId;
use crate::inventory::batch_state::BatchState;
use crate::inventory::read_set::ReadSet;
use crate::model::booking::{Booking, BookingStatus, Payment};
use crate::model::hold::{Hold, HoldStatus, Idempotency, Item};
use crate::time::Instant;

/// Row of the statement: one per item of a hold.
struct Row {
    hold_id: Uuid,
    event_id: Uuid,
    status: String,
    currency: Option<String>,
    ttl_seconds: i32,
    extensions: i32,
    created_at: Instant,
    expires_at: Instant,
    ended_at: Option<Instant>,
    idempotency_key: Option<Uuid>,
    fingerprint: Option<Vec<u8>>,
    ticket_type_id: Uuid,
    pool_id: Uuid,
    quantity: i32,
    unit_price: i64,
    seat_ids: Option<Vec<i32>>,
    booking_id: Option<Uuid>,
    booking_status: Option<String>,
    booked_at: Option<Instant>,
    cancelled_at: Option<Instant>,
}

/// Reads the holds that commands name by id, idempotency key or booking, the overdue holds of the events in `overdue`,
/// and all active holds of events that a command cancels.
pub(super) async fn read(
    connection: &mut PgConnection,
    state: &mut BatchState,
    read_set: &ReadSet,
    overdue: &BTreeSet<EventId>,
) -> sqlx::Result<()> {
    let overdue: Vec<Uuid> = overdue.iter().map(|event_id| event_id.as_uuid()).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"
        SELECT
            holds.hold_id, holds.event_id, holds.status, holds.currency, holds.ttl_seconds, holds.extensions,
            holds.created_at, holds.expires_at, holds.ended_at, holds.idempotency_key, holds.fingerprint,
            items.ticket_type_id, items.pool_id, items.quantity, items.unit_price, items.seat_ids,
            bookings.booking_id AS "booking_id?", bookings.status AS "booking_status?",
            bookings.created_at AS "booked_at?", bookings.cancelled_at
        FROM holds
        JOIN items ON items.hold_id = holds.hold_id
        LEFT JOIN bookings ON bookings.hold_id = holds.hold_id
        WHERE holds.hold_id = ANY (ARRAY(
            SELECT unnest($1::uuid[])
            UNION
            SELECT hold_id FROM holds WHERE idempotency_key = ANY ($2::uuid[])
            UNION
            SELECT hold_id FROM bookings WHERE booking_id = ANY ($3::uuid[])
            UNION
            SELECT hold_id FROM holds WHERE event_id = ANY ($4::uuid[]) AND status = 'active' AND expires_at <= $5
            UNION
            SELECT hold_id FROM holds WHERE event_id = ANY ($6::uuid[]) AND status = 'active'
        ))
        ORDER BY holds.hold_id, items.ticket_type_id
        "#,
        &read_set.holds,
        &read_set.idempotency_keys,
        &read_set.bookings,
        &overdue,
        state.now,
        &read_set.cancelled_events,
    )
    .fetch_all(connection)
    .await?;

    for hold_rows in rows.chunk_by(|a, b| a.hold_id == b.hold_id) {
        add_hold(state, hold_rows)?;
    }
    Ok(())
}

/// Adds one hold, with its booking if it has one, from the rows of its items.
fn add_hold(state: &mut BatchState, rows: &[Row]) -> sqlx::Result<()> {
    let row = &rows[0]; // chunk_by yields no empty chunk
    let item = |row: &Row| {
        Ok(Item {
            ticket_type_id: row.ticket_type_id.into(),
            pool_id: row.pool_id.into(),
            quantity: count("items.quantity", row.quantity)?,
            unit_price: row.unit_price,
            seats: seats("items.seat_ids", row.seat_ids.as_deref())?,
        })
    };
    state.add_hold(Hold {
        hold_id: row.hold_id.into(),
        event_id: row.event_id.into(),
        status: parse_text("holds.status", &row.status, HoldStatus::parse)?,
        items: rows.iter().map(item).collect::<sqlx::Result<_>>()?,
        currency: currency(row.currency.as_deref())?,
        ttl_seconds: count("holds.ttl_seconds", row.ttl_seconds)?,
        extensions: count("holds.extensions", row.extensions)?,
        created_at: row.created_at,
        expires_at: row.expires_at,
        ended_at: row.ended_at,
        idempotency: idempotency(row)?,
    });
    if let (Some(booking_id), Some(status), Some(created_at)) = (row.booking_id, &row.booking_status, row.booked_at) {
        state.add_booking(Booking {
            booking_id: booking_id.into(),
            hold_id: row.hold_id.into(),
            event_id: row.event_id.into(),
            status: parse_text("bookings.status", status, BookingStatus::parse)?,
            payment: Payment::NotRequired,
            created_at,
            cancelled_at: row.cancelled_at,
        });
    }
    Ok(())
}

fn idempotency(row: &Row) -> sqlx::Result<Option<Idempotency>> {
    let (Some(key), Some(fingerprint)) = (row.idempotency_key, &row.fingerprint) else {
        return Ok(None);
    };
    let fingerprint =
        fingerprint.as_slice().try_into().map_err(|_| decode_error("holds.fingerprint", "of another length"))?;
    Ok(Some(Idempotency { key, fingerprint }))
}
