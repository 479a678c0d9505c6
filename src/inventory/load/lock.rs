//! The lock of the protocol: one row per event, in the order of their ids, before anything else is read.

use std::collections::BTreeMap;

use sqlx::PgConnection;

use crate::domain::ids::EventId;
use crate::inventory::changes::EventCounters;
use crate::inventory::read_set::Named;

/// Which event a hold, booking or pool belongs to never changes, so it may be looked up before the lock is held. Events
/// that do not exist are simply not among the answers. Locks are taken in the order of the ids, so batches cannot deadlock.
pub(super) async fn lock(
    connection: &mut PgConnection,
    named: &Named,
) -> sqlx::Result<BTreeMap<EventId, EventCounters>> {
    let rows = sqlx::query!(
        r#"
        SELECT event_id, seq, active_holds, expired_holds, bookings
        FROM inventory
        WHERE event_id = ANY (ARRAY(
            SELECT unnest($1::uuid[])
            UNION
            SELECT event_id FROM holds WHERE hold_id = ANY ($2::uuid[])
            UNION
            SELECT event_id FROM bookings WHERE booking_id = ANY ($3::uuid[])
            UNION
            SELECT event_id FROM pools WHERE pool_id = ANY ($4::uuid[])
        ))
        ORDER BY event_id
        FOR UPDATE
        "#,
        &named.events,
        &named.holds,
        &named.bookings,
        &named.pools,
    )
    .fetch_all(connection)
    .await?;
    let locked = rows.into_iter().map(|row| {
        let counters = EventCounters {
            seq: row.seq,
            active_holds: row.active_holds,
            expired_holds: row.expired_holds,
            bookings: row.bookings,
        };
        (row.event_id.into(), counters)
    });
    Ok(locked.collect())
}
