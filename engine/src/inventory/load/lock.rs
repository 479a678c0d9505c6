//! Row locks of the lock protocol: the `inventory` row of each event, in the order of the ids.

use std::collections::BTreeMap;

use sqlx::PgConnection;

use crate::ids::EventId;
use crate::inventory::changes::EventCounters;
use crate::inventory::read_set::ReadSet;

/// Locks the events of the read set and returns their counters. An event that does not exist is not in the result.
///
/// A hold, booking or pool never changes its event, so its event may be looked up before the lock is held. All batches
/// take the locks in the order of the ids, so batches cannot deadlock.
pub(super) async fn lock(
    connection: &mut PgConnection,
    read_set: &ReadSet,
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
        &read_set.events,
        &read_set.holds,
        &read_set.bookings,
        &read_set.pools,
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
