//! All seats of the events whose seats a batch needs.
//!
//! Reading 20,000 rows for each batch would be too slow, so the seat cache keeps the seats as the last batch left them,
//! with the number of the event's last journal entry. Under the row lock that number tells whether the event has
//! changed since, and the journal tells which seats. An error in the cache can make a request fail, but cannot sell a
//! seat twice: `store` changes a seat only if its row still has the owner that was decided on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sqlx::PgConnection;
use uuid::Uuid;

use crate::db::column::{count, decode_error, parse_text};
use crate::ids::{Affinity, EventId, PoolId, VenueId};
use crate::inventory::batch_state::BatchState;
use crate::inventory::loaded_seats::LoadedSeats;
use crate::inventory::seat_cache::SeatCache;
use crate::layouts;
use crate::model::seat::SeatState;
use crate::seating::{EventSeats, Layout, PoolNumber, SeatIndex};

/// Largest number of journal entries by which cached seats are updated. With more, all seats are read.
const CATCH_UP_ENTRIES_MAX: i64 = 5_000;

/// Reads all seats of those of the events that are not in the cache. Done before the row locks are taken, so that other
/// batches do not wait for it. The new entries may be out of date once the locks are held, like every entry.
pub(super) async fn fill_cache(
    connection: &mut PgConnection,
    seat_cache: &SeatCache,
    event_ids: &BTreeSet<EventId>,
) -> sqlx::Result<()> {
    for event_id in event_ids.iter().copied().filter(|event_id| !seat_cache.contains(*event_id)) {
        if let Some((seq, loaded_seats)) = read_all_seats(connection, seat_cache, event_id).await? {
            seat_cache.put_back(event_id, seq, loaded_seats);
        }
    }
    Ok(())
}

/// Adds the seats of the seated events with these affinities. Of other seated events it adds cached seats that are up
/// to date: the batch then keeps them up to date.
pub(super) async fn read(
    connection: &mut PgConnection,
    state: &mut BatchState,
    seat_cache: &SeatCache,
    needed: &BTreeSet<Affinity>,
) -> sqlx::Result<()> {
    let seated = state.events().filter(|event| event.is_seated).map(|event| (event.event_id, event.counters.seq));
    for (event_id, seq) in seated.collect::<Vec<_>>() {
        let loaded_seats = if needed.contains(&event_id.affinity()) {
            current_seats(connection, seat_cache, event_id, seq).await?
        } else {
            seat_cache.take_current(event_id, seq)
        };
        if let Some(loaded_seats) = loaded_seats {
            state.add_loaded_seats(event_id, loaded_seats);
        }
    }
    Ok(())
}

/// The seats of an event whose last journal entry is number `seq`: from the cache if they are not too old, else from the
/// database. `None` if the event has no layout or no seats.
async fn current_seats(
    connection: &mut PgConnection,
    seat_cache: &SeatCache,
    event_id: EventId,
    seq: i64,
) -> sqlx::Result<Option<LoadedSeats>> {
    if let Some((cached_seq, mut cached)) = seat_cache.take(event_id) {
        match seq - cached_seq {
            0 => return Ok(Some(cached)),
            1..=CATCH_UP_ENTRIES_MAX => {
                catch_up(connection, event_id, cached_seq, &mut cached).await?;
                return Ok(Some(cached));
            }
            // Too many entries to catch up with, or the database is behind the cache, as after a restored backup.
            _ => {}
        }
    }
    let read = read_all_seats(connection, seat_cache, event_id).await?;
    Ok(read.map(|(_, loaded_seats)| loaded_seats))
}

/// Updates cached seats: reads the present state of the seats that the journal names after entry `seq`.
async fn catch_up(
    connection: &mut PgConnection,
    event_id: EventId,
    seq: i64,
    cached: &mut LoadedSeats,
) -> sqlx::Result<()> {
    let rows = sqlx::query!(
        r#"
        SELECT seat_id, state
        FROM seats
        WHERE event_id = $1
          AND seat_id = ANY (ARRAY(
              SELECT unnest(journal.seat_ids)
              FROM journal
              WHERE journal.event_id = $1
                AND journal.seq > $2
          ))
        "#,
        event_id.as_uuid(),
        seq,
    )
    .fetch_all(connection)
    .await?;
    for row in rows {
        let seat = SeatIndex(count("seats.seat_id", row.seat_id)?);
        let seat_state = parse_text("seats.state", &row.state, SeatState::parse)?;
        if cached.state(seat).is_none() {
            return Err(decode_error("seats.seat_id", &row.seat_id.to_string()));
        }
        cached.set_state(seat, seat_state);
    }
    Ok(())
}

/// Row of the statement: one per seat. The first three columns are the same in all rows.
struct SeatRow {
    venue_id: Option<Uuid>,
    layout_version: Option<i32>,
    seq: i64,
    pool_id: Uuid,
    state: String,
    is_sold: bool,
}

/// Reads all seats of an event and the number of its last journal entry, in one snapshot. `None` if the event has no
/// layout or no seats.
async fn read_all_seats(
    connection: &mut PgConnection,
    seat_cache: &SeatCache,
    event_id: EventId,
) -> sqlx::Result<Option<(i64, LoadedSeats)>> {
    let rows = sqlx::query_as!(
        SeatRow,
        r#"
        SELECT
            events.venue_id, events.layout_version, inventory.seq, seats.pool_id, seats.state,
            EXISTS (SELECT FROM ticket_types WHERE ticket_types.pool_id = seats.pool_id) AS "is_sold!"
        FROM events
        JOIN inventory ON inventory.event_id = events.event_id
        JOIN seats ON seats.event_id = events.event_id
        WHERE events.event_id = $1
        ORDER BY seats.seat_id
        "#,
        event_id.as_uuid(),
    )
    .fetch_all(&mut *connection)
    .await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let (Some(venue_id), Some(version)) = (first.venue_id, first.layout_version) else { return Ok(None) };
    let version = count("events.layout_version", version)?;
    let layout = read_layout(connection, seat_cache, venue_id.into(), version).await?;
    if rows.len() != layout.seats().len() {
        return Err(decode_error("seats", &format!("{} rows of event {event_id}", rows.len())));
    }
    Ok(Some((first.seq, seats_from_rows(layout, &rows)?)))
}

/// The seats of an event, from one row per seat of its layout.
fn seats_from_rows(layout: Arc<Layout>, rows: &[SeatRow]) -> sqlx::Result<LoadedSeats> {
    // Pools are numbered in the order in which they first occur.
    let mut pools: Vec<PoolId> = Vec::new();
    let mut number_of_pool: BTreeMap<Uuid, PoolNumber> = BTreeMap::new();
    let mut unsold_pools: BTreeSet<PoolNumber> = BTreeSet::new();
    // By seat index.
    let mut pool_numbers: Vec<PoolNumber> = Vec::with_capacity(rows.len());
    let mut states: Vec<SeatState> = Vec::with_capacity(rows.len());
    for row in rows {
        let number = *number_of_pool.entry(row.pool_id).or_insert_with(|| {
            let next = u16::try_from(pools.len()).expect("an event has a few hundred pools at most");
            pools.push(row.pool_id.into());
            PoolNumber(next)
        });
        if !row.is_sold {
            unsold_pools.insert(number);
        }
        pool_numbers.push(number);
        states.push(parse_text("seats.state", &row.state, SeatState::parse)?);
    }
    let event_seats = Arc::new(EventSeats::new(layout, |seat| pool_numbers[seat.as_usize()]));
    Ok(LoadedSeats::new_with_unsold_pools(event_seats, pools, unsold_pools, states))
}

/// A layout, from the cache if it is there: the events of a series often have the same one.
async fn read_layout(
    connection: &mut PgConnection,
    seat_cache: &SeatCache,
    venue_id: VenueId,
    version: u32,
) -> sqlx::Result<Arc<Layout>> {
    if let Some(cached) = seat_cache.layout(venue_id, version) {
        return Ok(cached);
    }
    let found = layouts::layout(connection, venue_id, version).await?;
    let layout =
        Arc::new(found.ok_or_else(|| decode_error("events.layout_version", &format!("{venue_id}, {version}")))?);
    seat_cache.insert_layout(venue_id, version, &layout);
    Ok(layout)
}
