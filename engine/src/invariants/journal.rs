//! Invariants of the journal: its numbers have no gaps, and its deltas add up to the pool counters.

use sqlx::PgConnection;

use super::{Finding, Invariant};

pub(super) async fn journal_has_no_gaps(connection: &mut PgConnection) -> sqlx::Result<Invariant> {
    // The numbers of an event are unique, so they have no gap if the smallest is 1 and the largest is their count.
    let finding = sqlx::query_as!(
        Finding,
        r#"
        /* audit */
        WITH recorded AS (
            SELECT event_id, count(*) AS entries, min(seq) AS first, max(seq) AS last
            FROM journal
            GROUP BY event_id
        )
        SELECT
            coalesce(sum(inventory.seq), 0)::bigint AS "expected!",
            coalesce(sum(recorded.entries), 0)::bigint AS "actual!",
            count(*) FILTER (
                WHERE inventory.seq IS NULL
                    OR inventory.seq <> coalesce(recorded.entries, 0)
                    OR recorded.first <> 1
                    OR recorded.last <> inventory.seq
            ) AS "breaches!"
        FROM inventory
        FULL JOIN recorded USING (event_id)
        "#,
    )
    .fetch_one(connection)
    .await?;
    Ok(finding.into_invariant(
        "journal_without_gaps",
        "Journal entries by the events' last sequence numbers (expected) and by counting them (actual); a breach is \
         an event with a gap or a surplus entry in its journal, or a journal without its event.",
    ))
}

pub(super) async fn journal_equals_counters(connection: &mut PgConnection) -> sqlx::Result<Invariant> {
    let finding = sqlx::query_as!(
        Finding,
        r#"
        /* audit */
        WITH recorded AS (
            SELECT
                pool_id,
                sum(capacity_delta) AS capacity,
                sum(held_delta) AS held,
                sum(booked_delta) AS booked,
                sum(blocked_delta) AS blocked
            FROM journal
            WHERE pool_id IS NOT NULL
            GROUP BY pool_id
        )
        SELECT
            coalesce(sum(pools.capacity::bigint + pools.held + pools.booked + pools.blocked), 0)::bigint AS "expected!",
            coalesce(sum(recorded.capacity + recorded.held + recorded.booked + recorded.blocked), 0)::bigint AS "actual!",
            count(*) FILTER (
                WHERE (pools.capacity, pools.held, pools.booked, pools.blocked)
                    IS DISTINCT FROM (recorded.capacity, recorded.held, recorded.booked, recorded.blocked)
            ) AS "breaches!"
        FROM pools
        FULL JOIN recorded USING (pool_id)
        "#,
    )
    .fetch_one(connection)
    .await?;
    Ok(finding.into_invariant(
        "journal_equals_counters",
        "Capacity and held, booked and blocked places by the pools' counters (expected) and by the sums of the \
         journal's deltas (actual); a breach is a pool that differs in one of them.",
    ))
}
