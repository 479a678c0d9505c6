//! Invariants of pool counters and event counters: each equals the rows that it counts.

use sqlx::PgConnection;

use super::{Finding, Invariant};

pub(super) async fn never_oversold(connection: &mut PgConnection) -> sqlx::Result<Invariant> {
    let finding = sqlx::query_as!(
        Finding,
        r#"
        /* audit */
        SELECT
            coalesce(sum(capacity), 0) AS "expected!",
            coalesce(sum(held + booked + blocked), 0) AS "actual!",
            count(*) FILTER (
                WHERE held < 0 OR booked < 0 OR blocked < 0 OR held + booked + blocked > capacity
            ) AS "breaches!"
        FROM pools
        "#,
    )
    .fetch_one(connection)
    .await?;
    Ok(finding.into_invariant(
        "never_oversold",
        "Capacity of the pools (expected, as a maximum) and their held, booked and blocked places (actual); a breach \
         is a pool that exceeds its capacity, or has a negative counter.",
    ))
}

/// Two invariants by one scan of the items.
pub(super) async fn counters_equal_items(connection: &mut PgConnection) -> sqlx::Result<[Invariant; 2]> {
    let found = sqlx::query!(
        r#"
        /* audit */
        WITH counted AS (
            SELECT
                items.pool_id,
                sum(items.quantity) FILTER (WHERE holds.status = 'active') AS held,
                sum(items.quantity) FILTER (WHERE bookings.status = 'confirmed') AS booked
            FROM items
            LEFT JOIN holds USING (hold_id)
            LEFT JOIN bookings USING (hold_id)
            GROUP BY items.pool_id
        ),
        compared AS (
            SELECT
                coalesce(pools.held, 0) AS pool_held, coalesce(counted.held, 0) AS items_held,
                coalesce(pools.booked, 0) AS pool_booked, coalesce(counted.booked, 0) AS items_booked
            FROM pools
            FULL JOIN counted USING (pool_id)
        )
        SELECT
            coalesce(sum(pool_held), 0) AS "pool_held!",
            coalesce(sum(items_held), 0)::bigint AS "items_held!",
            count(*) FILTER (WHERE pool_held <> items_held) AS "held_breaches!",
            coalesce(sum(pool_booked), 0) AS "pool_booked!",
            coalesce(sum(items_booked), 0)::bigint AS "items_booked!",
            count(*) FILTER (WHERE pool_booked <> items_booked) AS "booked_breaches!"
        FROM compared
        "#,
    )
    .fetch_one(connection)
    .await?;
    let held = Finding { expected: found.pool_held, actual: found.items_held, breaches: found.held_breaches };
    let booked = Finding { expected: found.pool_booked, actual: found.items_booked, breaches: found.booked_breaches };
    Ok([
        held.into_invariant(
            "held_equals_active_holds",
            "Held places by the pools' counters (expected) and by the items of active holds (actual); a breach is a \
             pool that differs.",
        ),
        booked.into_invariant(
            "booked_equals_confirmed_bookings",
            "Booked places by the pools' counters (expected) and by the items of confirmed bookings (actual); a \
             breach is a pool that differs.",
        ),
    ])
}

pub(super) async fn event_counters_equal_rows(connection: &mut PgConnection) -> sqlx::Result<Invariant> {
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
    Ok(finding.into_invariant(
        "tallies_equal_counts",
        "Active holds, expired holds and confirmed bookings by the events' counters (expected) and by their rows \
         (actual); a breach is an event that differs in one of them.",
    ))
}
