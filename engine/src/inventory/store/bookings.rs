//! Rows of bookings.

use sqlx::PgConnection;
use uuid::Uuid;

use super::StoreError;
use crate::db::row_count::expect_rows;
use crate::model::booking::Booking;
use crate::time::Instant;

/// Inserts new bookings. A unique index allows one booking per hold.
pub(super) async fn insert(connection: &mut PgConnection, bookings: &[Booking]) -> Result<(), StoreError> {
    let booking_ids: Vec<Uuid> = bookings.iter().map(|booking| booking.booking_id.as_uuid()).collect();
    let hold_ids: Vec<Uuid> = bookings.iter().map(|booking| booking.hold_id.as_uuid()).collect();
    let event_ids: Vec<Uuid> = bookings.iter().map(|booking| booking.event_id.as_uuid()).collect();
    let statuses: Vec<&str> = bookings.iter().map(|booking| booking.status.as_str()).collect();
    let payments: Vec<&str> = bookings.iter().map(|booking| booking.payment.as_str()).collect();
    let created_at: Vec<Instant> = bookings.iter().map(|booking| booking.created_at).collect();
    let cancelled_at: Vec<Option<Instant>> = bookings.iter().map(|booking| booking.cancelled_at).collect();
    let inserted = sqlx::query!(
        r#"
        INSERT INTO bookings (booking_id, hold_id, event_id, status, payment, created_at, cancelled_at)
        SELECT
            unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::uuid[]), unnest($4::text[]), unnest($5::text[]),
            unnest($6::timestamptz[]), unnest($7::timestamptz[])
        "#,
        &booking_ids,
        &hold_ids,
        &event_ids,
        &statuses as &[&str],
        &payments as &[&str],
        &created_at,
        &cancelled_at as &[Option<Instant>],
    )
    .execute(connection)
    .await?;
    Ok(expect_rows("INSERT INTO bookings", bookings.len(), inserted.rows_affected())?)
}

/// Cancels bookings. Only confirmed ones match, so the row count is too small if another writer cancelled one without
/// the lock.
pub(super) async fn cancel(connection: &mut PgConnection, bookings: &[Booking]) -> Result<(), StoreError> {
    let booking_ids: Vec<Uuid> = bookings.iter().map(|booking| booking.booking_id.as_uuid()).collect();
    let cancelled_at: Vec<Option<Instant>> = bookings.iter().map(|booking| booking.cancelled_at).collect();
    let cancelled = sqlx::query!(
        r#"
        UPDATE bookings
        SET status = 'cancelled',
            cancelled_at = cancelled.at
        FROM unnest($1::uuid[], $2::timestamptz[]) AS cancelled (booking_id, at)
        WHERE bookings.booking_id = cancelled.booking_id
          AND bookings.status = 'confirmed'
        "#,
        &booking_ids,
        &cancelled_at as &[Option<Instant>],
    )
    .execute(connection)
    .await?;
    Ok(expect_rows("UPDATE bookings", bookings.len(), cancelled.rows_affected())?)
}
