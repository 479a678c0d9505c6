//! Counters and tallies against the rows that they count.

use sqlx::PgConnection;

use super::{Finding, Invariant};

pub(super) async fn never_oversold(connection: &mut PgConnection) -> sqlx::Result<Invariant> {
    let finding = sqlx::query_as!(
        Finding,
        r#"
        /* audit */
        SELECT
            coalesce(sum(capacity), 0) AS "expected!",
            coalesce(sum(held + booked), 0) AS "actual!",
            count(*) FILTER (WHERE held < 0 OR booked < 0 OR held + booked > capacity) AS "breaches!"
        FROM pools
        "#,
    )
    .fetch_one(connection)
    .await?;
    Ok(finding.of(
        "never_oversold",
        "Capacity (expected, at most) and what is held or booked (actual); a breach is a pool with more than it has.",
    ))
}

pub(super) async fn held_equals_active_holds(connection: &mut PgConnection) -> sqlx::Result<Invariant> {
    let finding = sqlx::query_as!(
        Finding,
        r#"
        /* audit */
        WITH counted AS (
            SELECT items.pool_id, sum(items.quantity) AS quantity
            FROM holds
            JOIN items USING (hold_id)
            WHERE holds.status = 'active'
            GROUP BY items.pool_id
        )
        SELECT
            coalesce(sum(pools.held), 0) AS "expected!",
            coalesce(sum(counted.quantity), 0)::bigint AS "actual!",
            count(*) FILTER (WHERE pools.held IS DISTINCT FROM coalesce(counted.quantity, 0)) AS "breaches!"
        FROM pools
        FULL JOIN counted USING (pool_id)
        "#,
    )
    .fetch_one(connection)
    .await?;
    Ok(finding.of(
        "held_equals_active_holds",
        "Held by the pools' counters (expected) and by the items of active holds (actual); a breach is a pool that differs.",
    ))
}

pub(super) async fn booked_equals_confirmed_bookings(connection: &mut PgConnection) -> sqlx::Result<Invariant> {
    let finding = sqlx::query_as!(
        Finding,
        r#"
        /* audit */
        WITH counted AS (
            SELECT items.pool_id, sum(items.quantity) AS quantity
            FROM bookings
            JOIN items USING (hold_id)
            WHERE bookings.status = 'confirmed'
            GROUP BY items.pool_id
        )
        SELECT
            coalesce(sum(pools.booked), 0) AS "expected!",
            coalesce(sum(counted.quantity), 0)::bigint AS "actual!",
            count(*) FILTER (WHERE pools.booked IS DISTINCT FROM coalesce(counted.quantity, 0)) AS "breaches!"
        FROM pools
        FULL JOIN counted USING (pool_id)
        "#,
    )
    .fetch_one(connection)
    .await?;
    Ok(finding.of(
        "booked_equals_confirmed_bookings",
        "Booked by the pools' counters (expected) and by the items of confirmed bookings (actual); a breach is a pool that \
         differs.",
    ))
}

pub(super) async fn tallies_equal_counts(connection: &mut PgConnection) -> sqlx::Result<Invariant> {
    let finding = sqlx::query_as!(
        Finding,
        r#"
        /* audit */
        WITH holds_counted AS (
            SELECT
                event_id,
                count(*) FILTER (WHERE status = 'active') AS active,
                count(*) FILTER (WHERE status = 'expired') AS expired
            FROM holds
            GROUP BY event_id
        ),
        bookings_counted AS (
            SELECT event_id, count(*) AS confirmed
            FROM bookings
            WHERE status = 'confirmed'
            GROUP BY event_id
        ),
        compared AS (
            SELECT
                inventory.active_holds, inventory.expired_holds, inventory.bookings,
                coalesce(active, 0) AS active, coalesce(expired, 0) AS expired, coalesce(confirmed, 0) AS confirmed
            FROM inventory
            FULL JOIN holds_counted USING (event_id)
            FULL JOIN bookings_counted USING (event_id)
        )
        SELECT
            coalesce(sum(active_holds + expired_holds + bookings), 0)::bigint AS "expected!",
            coalesce(sum(active + expired + confirmed), 0)::bigint AS "actual!",
            count(*) FILTER (
                WHERE (active_holds, expired_holds, bookings) IS DISTINCT FROM (active, expired, confirmed)
            ) AS "breaches!"
        FROM compared
        "#,
    )
    .fetch_one(connection)
    .await?;
    Ok(finding.of(
        "tallies_equal_counts",
        "Active holds, expired holds and confirmed bookings by the events' tallies (expected) and by their rows (actual); a \
         breach is an event that differs in one of them.",
    ))
}
