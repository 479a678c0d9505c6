//! Totals of all events, for the metrics.

use sqlx::PgPool;

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
/// Those of the database.
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
