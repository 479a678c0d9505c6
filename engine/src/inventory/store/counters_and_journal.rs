//! Pool counters, journal entries and event counters of a batch, in one statement.
//!
//! Counters are changed by deltas, not set to values. Even without the row lock the CHECKs of `pools` would see the
//! true sums, and the journal's primary key would reject a second entry with the same number.

use sqlx::PgConnection;
use uuid::Uuid;

use super::StoreError;
use crate::db::column::seat_ids;
use crate::db::row_count::expect_rows;
use crate::ids::EventId;
use crate::inventory::changes::{Changes, EventCounters, JournalEntry, PoolDelta};

/// Adds the deltas to the counters and inserts the journal entries.
pub(super) async fn write_counters_and_journal(
    connection: &mut PgConnection,
    changes: &Changes,
) -> Result<(), StoreError> {
    let pools = PoolColumns::from_deltas(&changes.pool_deltas);
    let journal = JournalColumns::from_entries(&changes.journal);
    let counters = CounterColumns::from_deltas(&changes.counters);
    // Parameters $1 to $5 are the pools, $6 to $17 the journal, $18 to $22 the event counters, in the order of the fields
    // of their columns.
    let written = sqlx::query!(
        r#"
        WITH moved_pools AS (
            UPDATE pools
            SET capacity = pools.capacity + delta.capacity,
                held = pools.held + delta.held,
                booked = pools.booked + delta.booked,
                blocked = pools.blocked + delta.blocked
            FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::integer[], $5::integer[])
                AS delta (pool_id, capacity, held, booked, blocked)
            WHERE pools.pool_id = delta.pool_id
            RETURNING 1
        ), new_entries AS (
            INSERT INTO journal (
                recorded_at, event_id, seq, kind, pool_id, hold_id, booking_id,
                capacity_delta, held_delta, booked_delta, blocked_delta, seat_ids
            )
            SELECT
                $6::timestamptz, unnest($7::uuid[]), unnest($8::bigint[]), unnest($9::text[]), unnest($10::uuid[]),
                unnest($11::uuid[]), unnest($12::uuid[]), unnest($13::integer[]), unnest($14::integer[]),
                unnest($15::integer[]), unnest($16::integer[]), unnest($17::text[])::integer[]
            RETURNING 1
        ), moved_events AS (
            UPDATE inventory
            SET seq = inventory.seq + delta.seq,
                active_holds = inventory.active_holds + delta.active_holds,
                expired_holds = inventory.expired_holds + delta.expired_holds,
                bookings = inventory.bookings + delta.bookings
            FROM unnest($18::uuid[], $19::bigint[], $20::bigint[], $21::bigint[], $22::bigint[])
                AS delta (event_id, seq, active_holds, expired_holds, bookings)
            WHERE inventory.event_id = delta.event_id
            RETURNING 1
        )
        SELECT
            (SELECT count(*) FROM moved_pools) AS "pools!",
            (SELECT count(*) FROM new_entries) AS "entries!",
            (SELECT count(*) FROM moved_events) AS "events!"
        "#,
        &pools.pool_ids,
        &pools.capacity_deltas,
        &pools.held_deltas,
        &pools.booked_deltas,
        &pools.blocked_deltas,
        changes.now,
        &journal.event_ids,
        &journal.seqs,
        &journal.kinds as &[&str],
        &journal.pool_ids as &[Option<Uuid>],
        &journal.hold_ids as &[Option<Uuid>],
        &journal.booking_ids as &[Option<Uuid>],
        &journal.capacity_deltas,
        &journal.held_deltas,
        &journal.booked_deltas,
        &journal.blocked_deltas,
        &journal.seat_ids as &[Option<String>],
        &counters.event_ids,
        &counters.seq_deltas,
        &counters.active_hold_deltas,
        &counters.expired_hold_deltas,
        &counters.booking_deltas,
    )
    .fetch_one(connection)
    .await?;
    expect_rows("UPDATE pools", changes.pool_deltas.len(), written.pools.unsigned_abs())?;
    expect_rows("INSERT INTO journal", changes.journal.len(), written.entries.unsigned_abs())?;
    Ok(expect_rows("UPDATE inventory", changes.counters.len(), written.events.unsigned_abs())?)
}

/// Deltas of pool counters as column arrays for UNNEST.
struct PoolColumns {
    pool_ids: Vec<Uuid>,
    capacity_deltas: Vec<i32>,
    held_deltas: Vec<i32>,
    booked_deltas: Vec<i32>,
    blocked_deltas: Vec<i32>,
}

impl PoolColumns {
    fn from_deltas(deltas: &[PoolDelta]) -> Self {
        Self {
            pool_ids: deltas.iter().map(|delta| delta.pool_id.as_uuid()).collect(),
            capacity_deltas: deltas.iter().map(|delta| delta.capacity).collect(),
            held_deltas: deltas.iter().map(|delta| delta.held).collect(),
            booked_deltas: deltas.iter().map(|delta| delta.booked).collect(),
            blocked_deltas: deltas.iter().map(|delta| delta.blocked).collect(),
        }
    }
}

/// Journal entries as column arrays for UNNEST. An entry without a pool has zero deltas.
struct JournalColumns {
    event_ids: Vec<Uuid>,
    seqs: Vec<i64>,
    kinds: Vec<&'static str>,
    pool_ids: Vec<Option<Uuid>>,
    hold_ids: Vec<Option<Uuid>>,
    booking_ids: Vec<Option<Uuid>>,
    capacity_deltas: Vec<i32>,
    held_deltas: Vec<i32>,
    booked_deltas: Vec<i32>,
    blocked_deltas: Vec<i32>,
    seat_ids: Vec<Option<String>>,
}

impl JournalColumns {
    fn from_entries(entries: &[JournalEntry]) -> Self {
        let deltas = |counter: fn(&PoolDelta) -> i32| {
            entries.iter().map(|entry| entry.delta.as_ref().map_or(0, counter)).collect()
        };
        Self {
            event_ids: entries.iter().map(|entry| entry.event_id.as_uuid()).collect(),
            seqs: entries.iter().map(|entry| entry.seq).collect(),
            kinds: entries.iter().map(|entry| entry.kind.as_str()).collect(),
            pool_ids: entries.iter().map(|entry| entry.delta.map(|delta| delta.pool_id.as_uuid())).collect(),
            hold_ids: entries.iter().map(|entry| entry.hold_id.map(|id| id.as_uuid())).collect(),
            booking_ids: entries.iter().map(|entry| entry.booking_id.map(|id| id.as_uuid())).collect(),
            capacity_deltas: deltas(|delta| delta.capacity),
            held_deltas: deltas(|delta| delta.held),
            booked_deltas: deltas(|delta| delta.booked),
            blocked_deltas: deltas(|delta| delta.blocked),
            seat_ids: entries.iter().map(|entry| seat_ids(&entry.seats)).collect(),
        }
    }
}

/// Deltas of event counters as column arrays for UNNEST.
struct CounterColumns {
    event_ids: Vec<Uuid>,
    seq_deltas: Vec<i64>,
    active_hold_deltas: Vec<i64>,
    expired_hold_deltas: Vec<i64>,
    booking_deltas: Vec<i64>,
}

impl CounterColumns {
    fn from_deltas(deltas: &[(EventId, EventCounters)]) -> Self {
        let column =
            |counter: fn(&EventCounters) -> i64| deltas.iter().map(|(_, counters)| counter(counters)).collect();
        Self {
            event_ids: deltas.iter().map(|(event_id, _)| event_id.as_uuid()).collect(),
            seq_deltas: column(|counters| counters.seq),
            active_hold_deltas: column(|counters| counters.active_holds),
            expired_hold_deltas: column(|counters| counters.expired_holds),
            booking_deltas: column(|counters| counters.bookings),
        }
    }
}
