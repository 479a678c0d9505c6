//! Invariants of seats: they agree with items, counters, blocks and layouts.

use sqlx::PgConnection;

use super::{Finding, Invariant};

/// The join is on all columns that a seat and its item must have in common, so a difference leaves a row without a
/// partner.
pub(super) async fn seats_equal_their_items(connection: &mut PgConnection) -> sqlx::Result<Invariant> {
    let finding = sqlx::query_as!(
        Finding,
        r#"
        /* audit */
        WITH named AS (
            SELECT event_id, pool_id, seat_id, hold_id, state, count(*) AS times
            FROM (
                SELECT
                    holds.event_id, items.pool_id, unnest(items.seat_ids) AS seat_id, holds.hold_id,
                    CASE WHEN holds.status = 'active' THEN 'held' ELSE 'booked' END AS state
                FROM items
                JOIN holds USING (hold_id)
                LEFT JOIN bookings USING (hold_id)
                WHERE holds.status = 'active' OR bookings.status = 'confirmed'
            ) AS one_by_one
            GROUP BY event_id, pool_id, seat_id, hold_id, state
        ),
        taken AS (
            SELECT event_id, pool_id, seat_id, hold_id, state
            FROM seats
            WHERE state IN ('held', 'booked') OR hold_id IS NOT NULL
        )
        SELECT
            count(taken.event_id) AS "expected!",
            coalesce(sum(named.times), 0)::bigint AS "actual!",
            count(*) FILTER (WHERE taken.event_id IS NULL OR named.times IS DISTINCT FROM 1) AS "breaches!"
        FROM taken
        FULL JOIN named USING (event_id, pool_id, seat_id, hold_id, state)
        "#,
    )
    .fetch_one(connection)
    .await?;
    Ok(finding.into_invariant(
        "seats_equal_their_items",
        "Seats that are held or booked by their rows (expected) and by the items of active holds and confirmed \
         bookings (actual); a breach is a seat that only one of them has, that differs between them, or that items \
         have twice.",
    ))
}

pub(super) async fn seat_counters_equal_seats(connection: &mut PgConnection) -> sqlx::Result<Invariant> {
    let finding = sqlx::query_as!(
        Finding,
        r#"
        /* audit */
        WITH counted AS (
            SELECT
                event_id, pool_id,
                count(*) AS capacity,
                count(*) FILTER (WHERE state = 'held') AS held,
                count(*) FILTER (WHERE state = 'booked') AS booked,
                count(*) FILTER (WHERE state = 'blocked') AS blocked
            FROM seats
            GROUP BY event_id, pool_id
        ),
        of_seats AS (
            SELECT event_id, pool_id, capacity, held, booked, blocked
            FROM pools
            WHERE seated
        )
        SELECT
            coalesce(sum(of_seats.capacity::bigint + of_seats.held + of_seats.booked + of_seats.blocked), 0)::bigint
                AS "expected!",
            coalesce(sum(counted.capacity + counted.held + counted.booked + counted.blocked), 0)::bigint AS "actual!",
            count(*) FILTER (
                WHERE (of_seats.capacity, of_seats.held, of_seats.booked, of_seats.blocked)
                    IS DISTINCT FROM (counted.capacity, counted.held, counted.booked, counted.blocked)
            ) AS "breaches!"
        FROM of_seats
        FULL JOIN counted USING (event_id, pool_id)
        "#,
    )
    .fetch_one(connection)
    .await?;
    Ok(finding.into_invariant(
        "seat_counters_equal_seats",
        "Capacity and held, booked and blocked places by the counters of the pools of seats (expected) and by their \
         seats (actual); a breach is a pool that differs in one of them, or seats whose pool is of another event or \
         is not a pool of seats.",
    ))
}

pub(super) async fn blocked_equals_blocks(connection: &mut PgConnection) -> sqlx::Result<Invariant> {
    let finding = sqlx::query_as!(
        Finding,
        r#"
        /* audit */
        WITH kept_back AS (
            SELECT event_id, pool_id, sum(quantity) AS blocked
            FROM blocks
            GROUP BY event_id, pool_id
        )
        SELECT
            coalesce(sum(pools.blocked), 0) AS "expected!",
            coalesce(sum(kept_back.blocked), 0)::bigint AS "actual!",
            count(*) FILTER (
                WHERE pools.pool_id IS NULL OR pools.blocked <> coalesce(kept_back.blocked, 0)
            ) AS "breaches!"
        FROM pools
        FULL JOIN kept_back ON kept_back.event_id = pools.event_id AND kept_back.pool_id = pools.pool_id
        "#,
    )
    .fetch_one(connection)
    .await?;
    Ok(finding.into_invariant(
        "blocked_equals_blocks",
        "Blocked places by the pools' counters (expected) and by the blocks (actual); a breach is a pool that \
         differs, or a block without its pool.",
    ))
}

pub(super) async fn blocks_equal_their_seats(connection: &mut PgConnection) -> sqlx::Result<Invariant> {
    let finding = sqlx::query_as!(
        Finding,
        r#"
        /* audit */
        WITH of_seats AS (
            SELECT blocks.event_id, blocks.pool_id, blocks.block_id, blocks.quantity
            FROM blocks
            JOIN pools ON pools.pool_id = blocks.pool_id
            WHERE pools.seated
        ),
        blocked AS (
            SELECT event_id, pool_id, block_id, count(*) AS seats
            FROM seats
            WHERE state = 'blocked' OR block_id IS NOT NULL
            GROUP BY event_id, pool_id, block_id
        )
        SELECT
            coalesce(sum(of_seats.quantity), 0) AS "expected!",
            coalesce(sum(blocked.seats), 0)::bigint AS "actual!",
            count(*) FILTER (WHERE of_seats.quantity IS DISTINCT FROM blocked.seats) AS "breaches!"
        FROM of_seats
        FULL JOIN blocked USING (event_id, pool_id, block_id)
        "#,
    )
    .fetch_one(connection)
    .await?;
    Ok(finding.into_invariant(
        "blocks_equal_their_seats",
        "Blocked seats by the quantities of the blocks (expected) and by the seats that name them (actual); a breach \
         is a block that differs, or a blocked seat without a block of its event and pool.",
    ))
}

/// The numbers of an event's seats are unique, so none is missing if the smallest is 0, the largest is the layout's
/// last, and their count is the layout's.
pub(super) async fn seats_equal_their_layout(connection: &mut PgConnection) -> sqlx::Result<Invariant> {
    let finding = sqlx::query_as!(
        Finding,
        r#"
        /* audit */
        WITH laid_out AS (
            SELECT events.event_id, layouts.seat_count
            FROM events
            JOIN layouts ON layouts.venue_id = events.venue_id AND layouts.version = events.layout_version
        ),
        sold AS (
            SELECT event_id, count(*) AS seats, min(seat_id) AS first, max(seat_id) AS last
            FROM seats
            GROUP BY event_id
        )
        SELECT
            coalesce(sum(laid_out.seat_count), 0) AS "expected!",
            coalesce(sum(sold.seats), 0)::bigint AS "actual!",
            count(*) FILTER (
                WHERE laid_out.seat_count IS DISTINCT FROM coalesce(sold.seats, 0)
                    OR sold.first <> 0
                    OR sold.last <> laid_out.seat_count - 1
            ) AS "breaches!"
        FROM laid_out
        FULL JOIN sold USING (event_id)
        "#,
    )
    .fetch_one(connection)
    .await?;
    Ok(finding.into_invariant(
        "seats_equal_their_layout",
        "Seats by the layouts of the events (expected) and by the events' seats (actual); a breach is an event that \
         lacks a seat of its layout, or has a seat that its layout does not have.",
    ))
}
