//! Booking with the items of its hold: `GET /api/v1/bookings/{id}`.

use boxoffice_engine::db::column::{count, currency, parse_text, seats};
use boxoffice_engine::ids::BookingId;
use boxoffice_engine::model::booking::{Booking, BookingStatus, Payment};
use boxoffice_engine::model::hold::Item;
use boxoffice_engine::money::Currency;
use sqlx::PgPool;

/// A booking with the items of its hold.
#[derive(Clone, Debug)]
pub struct BookingWithItems {
    pub booking: Booking,
    pub items: Vec<Item>,
    pub currency: Option<Currency>,
}

/// A booking. `None` if there is no such booking.
///
/// # Errors
///
/// Database errors, and a decode error for a value that this version cannot read.
pub async fn booking(pool: &PgPool, booking_id: BookingId) -> Result<Option<BookingWithItems>, sqlx::Error> {
    // One row per item; a hold has at least one.
    let rows = sqlx::query!(
        r#"
        SELECT
            b.hold_id,
            b.event_id,
            b.status,
            b.payment,
            b.created_at,
            b.cancelled_at,
            h.currency,
            i.ticket_type_id,
            i.pool_id,
            i.quantity,
            i.unit_price,
            i.seat_ids
        FROM bookings AS b
        JOIN holds AS h ON h.hold_id = b.hold_id
        JOIN items AS i ON i.hold_id = b.hold_id
        WHERE b.booking_id = $1
        ORDER BY i.ticket_type_id
        "#,
        booking_id.as_uuid(),
    )
    .fetch_all(pool)
    .await?;

    let Some(first) = rows.first() else { return Ok(None) };
    let booking = Booking {
        booking_id,
        hold_id: first.hold_id.into(),
        event_id: first.event_id.into(),
        status: parse_text("bookings.status", &first.status, BookingStatus::parse)?,
        payment: parse_text("bookings.payment", &first.payment, Payment::parse)?,
        created_at: first.created_at,
        cancelled_at: first.cancelled_at,
    };
    let currency = currency(first.currency.as_deref())?;
    let mut items = Vec::with_capacity(rows.len());
    for row in &rows {
        items.push(Item {
            ticket_type_id: row.ticket_type_id.into(),
            pool_id: row.pool_id.into(),
            quantity: count("items.quantity", row.quantity)?,
            unit_price: row.unit_price,
            seats: seats("items.seat_ids", row.seat_ids.as_deref())?,
        });
    }
    Ok(Some(BookingWithItems { booking, items, currency }))
}
