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
        if !needed.contains(&event_id.affinity()) {
            if let Some(loaded_seats) = seat_cache.take_current(event_id, seq) {
                state.add_loaded_seats(event_id, loaded_seats);
            }
            continue;
        }
        let loaded_seats = match seat_cache.take(event_id) {
            Some((cached_seq, cached)) if cached_seq == seq => cached,
            Some((cached_seq, mut cached)) if cached_seq < seq && seq - cached_seq <= CATCH_UP_ENTRIES_MAX => {
                catch_up(connection, event_id, cached_seq, &mut cached).await?;
                cached
            }
            _ => match read_all_seats(connection, seat_cache, event_id).await? {
                Some((_, read)) => read,
                None => continue,
            },
        };
        state.add_loaded_seats(event_id, loaded_seats);
    }
    Ok(())
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

/// Reads all seats of an event and the number of its last journal entry, in one snapshot. `None` if the event has no
/// layout or no seats.
async fn read_all_seats(
    connection: &mut PgConnection,
    seat_cache: &SeatCache,
    event_id: EventId,
) -> sqlx::Result<Option<(i64, LoadedSeats)>> {
    let rows = sqlx::query!(
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
    let Some((first, venue_id, version)) =
        rows.first().and_then(|row| Some((row, VenueId::from(row.venue_id?), row.layout_version?)))
    else {
        return Ok(None);
    };
    let layout = read_layout(connection, seat_cache, venue_id, count("events.layout_version", version)?).await?;
    if rows.len() != layout.seats().len() {
        return Err(decode_error("seats", &format!("{} rows of event {event_id}", rows.len())));
    }
    let (pools, numbers) = number_pools(rows.iter().map(|row| row.pool_id));
    let parse = |text: &str| parse_text("seats.state", text, SeatState::parse);
    let states = rows.iter().map(|row| parse(&row.state)).collect::<sqlx::Result<_>>()?;
    let unsold = rows.iter().zip(&numbers).filter(|(row, _)| !row.is_sold).map(|(_, number)| *number).collect();
    let event_seats = EventSeats::new(layout, |seat| numbers[seat.as_usize()]);
    Ok(Some((first.seq, LoadedSeats::new_with_unsold_pools(Arc::new(event_seats), pools, unsold, states))))
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

/// Numbers the pools in the order in which they first occur. Returns the pools, and the pool number of each seat.
fn number_pools(pool_ids: impl Iterator<Item = Uuid>) -> (Vec<PoolId>, Vec<PoolNumber>) {
    let mut pools: Vec<PoolId> = Vec::new();
    let mut number_of: BTreeMap<Uuid, PoolNumber> = BTreeMap::new();
    let seat_numbers = pool_ids.map(|pool_id| {
        *number_of.entry(pool_id).or_insert_with(|| {
            pools.push(pool_id.into());
            PoolNumber(u16::try_from(pools.len() - 1).expect("an event has a few hundred pools at most"))
        })
    });
    let seat_numbers = seat_numbers.collect();
    (pools, seat_numbers)
}
