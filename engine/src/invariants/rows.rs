//! Invariants between rows. Some could be foreign keys, but those would lock the referenced rows on every write.

use sqlx::PgConnection;

use super::{Finding, Invariant, OVERDUE_GRACE_SECONDS};
use crate::time::Instant;

pub(super) async fn one_booking_per_hold(connection: &mut PgConnection) -> sqlx::Result<Invariant> {
    let finding = sqlx::query_as!(
        Finding,
        r#"
        /* audit */
        WITH per_hold AS (
            SELECT count(*) AS bookings
            FROM bookings
            GROUP BY hold_id
        )
        SELECT
            count(*) AS "expected!",
            coalesce(sum(bookings), 0)::bigint AS "actual!",
            count(*) FILTER (WHERE bookings > 1) AS "breaches!"
        FROM per_hold
        "#,
    )
    .fetch_one(connection)
    .await?;
    Ok(finding.into_invariant(
        "one_booking_per_hold",
        "Holds with a booking (expected) and bookings (actual); a breach is a hold with more than one.",
    ))
}

/// Compares with the time of the snapshot, because holds that expired or were swept during the check must not count.
pub(super) async fn no_hold_long_overdue(connection: &mut PgConnection, as_of: Instant) -> sqlx::Result<Invariant> {
    let finding = sqlx::query_as!(
        Finding,
        r#"
        /* audit */
        SELECT
            0::bigint AS "expected!",
            count(*) AS "actual!",
            count(*) AS "breaches!"
        FROM holds
        WHERE status = 'active'
            AND expires_at <= $1::timestamptz - make_interval(secs => $2::integer)
        "#,
        as_of,
        OVERDUE_GRACE_SECONDS,
    )
    .fetch_one(connection)
    .await?;
    Ok(finding.into_invariant(
        "no_hold_long_overdue",
        "Holds that are still active one minute after their expiry (actual; expected is 0); each is a breach and \
         means that the sweeper does not work.",
    ))
}

pub(super) async fn holds_have_their_event(connection: &mut PgConnection) -> sqlx::Result<Invariant> {
    let finding = sqlx::query_as!(
        Finding,
        r#"
        /* audit */
        SELECT
            count(*) AS "expected!",
            count(inventory.event_id) AS "actual!",
            count(*) FILTER (WHERE inventory.event_id IS NULL) AS "breaches!"
        FROM holds
        LEFT JOIN inventory USING (event_id)
        "#,
    )
    .fetch_one(connection)
    .await?;
    Ok(finding.into_invariant(
        "holds_have_their_event",
        "Holds (expected) and holds whose event exists (actual); a breach is a hold without its event.",
    ))
}

pub(super) async fn items_have_their_hold(connection: &mut PgConnection) -> sqlx::Result<Invariant> {
    let finding = sqlx::query_as!(
        Finding,
        r#"
        /* audit */
        SELECT
            count(*) AS "expected!",
            count(*) FILTER (WHERE holds.event_id = ticket_types.event_id) AS "actual!",
            count(*) FILTER (WHERE holds.event_id IS DISTINCT FROM ticket_types.event_id
                OR holds.event_id IS NULL) AS "breaches!"
        FROM items
        LEFT JOIN holds USING (hold_id)
        LEFT JOIN ticket_types
            ON ticket_types.ticket_type_id = items.ticket_type_id
            AND ticket_types.pool_id = items.pool_id
        "#,
    )
    .fetch_one(connection)
    .await?;
    Ok(finding.into_invariant(
        "items_have_their_hold",
        "Items (expected) and items whose hold and ticket type exist and belong to one event and to the item's pool \
         (actual); a breach is any other item.",
    ))
}

pub(super) async fn holds_equal_their_items(connection: &mut PgConnection) -> sqlx::Result<Invariant> {
    let finding = sqlx::query_as!(
        Finding,
        r#"
        /* audit */
        WITH summed AS (
            SELECT hold_id, sum(quantity) AS quantity, sum(quantity * unit_price) AS total
            FROM items
            GROUP BY hold_id
        )
        SELECT
            coalesce(sum(holds.quantity), 0) AS "expected!",
            coalesce(sum(summed.quantity), 0)::bigint AS "actual!",
            count(*) FILTER (
                WHERE (holds.quantity, holds.total) IS DISTINCT FROM (summed.quantity, summed.total)
            ) AS "breaches!"
        FROM holds
        LEFT JOIN summed USING (hold_id)
        "#,
    )
    .fetch_one(connection)
    .await?;
    Ok(finding.into_invariant(
        "holds_equal_their_items",
        "Quantities by the holds (expected) and by their items (actual); a breach is a hold whose quantity or total \
         price differs from its items.",
    ))
}

pub(super) async fn bookings_have_their_hold(connection: &mut PgConnection) -> sqlx::Result<Invariant> {
    let finding = sqlx::query_as!(
        Finding,
        r#"
        /* audit */
        WITH booked AS (
            SELECT hold_id, event_id
            FROM holds
            WHERE status = 'booked'
        )
        SELECT
            count(bookings.booking_id) AS "expected!",
            count(booked.hold_id) AS "actual!",
            count(*) FILTER (WHERE bookings.event_id IS DISTINCT FROM booked.event_id) AS "breaches!"
        FROM bookings
        FULL JOIN booked USING (hold_id)
        "#,
    )
    .fetch_one(connection)
    .await?;
    Ok(finding.into_invariant(
        "bookings_have_their_hold",
        "Bookings (expected) and booked holds (actual); a breach is one without the other, or a pair of different \
         events.",
    ))
}
