//! Statements of the operators' routes: the database's clock, and totals.

use boxoffice_engine::time::Instant;
use sqlx::PgPool;

/// The database's time. Shows with the smallest possible statement that the database answers.
///
/// # Errors
///
/// Database errors.
pub async fn database_time(pool: &PgPool) -> sqlx::Result<Instant> {
    sqlx::query_scalar!(r#"SELECT clock_timestamp() AS "now!""#).fetch_one(pool).await
}

/// Totals of all events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    pub total_events: i64,
    /// Confirmed bookings; cancelled ones do not count.
    pub total_bookings: i64,
    pub active_holds: i64,
    /// Places of confirmed bookings.
    pub total_seats_booked: i64,
    /// Holds that ever expired.
    pub expired_holds_total: i64,
}

/// Adds up event counters and pool counters, one row per event and per pool, instead of counting holds and bookings.
///
/// # Errors
///
/// Database errors.
pub async fn totals(pool: &PgPool) -> sqlx::Result<Totals> {
    sqlx::query_as!(
        Totals,
        r#"
        /* totals */
        SELECT
            count(*) AS "total_events!",
            coalesce(sum(bookings), 0)::bigint AS "total_bookings!",
            coalesce(sum(active_holds), 0)::bigint AS "active_holds!",
            (SELECT coalesce(sum(booked), 0) FROM pools) AS "total_seats_booked!",
            coalesce(sum(expired_holds), 0)::bigint AS "expired_holds_total!"
        FROM inventory
        "#,
    )
    .fetch_one(pool)
    .await
}
