//! The seats of the events whose seats are to be judged, all of them.
//!
//! Reading 20,000 rows for each batch would be too slow, so what a batch knew in the end is kept for the next one, with the
//! number of the event's last journal entry. Under the lock that number tells whether anything happened since; the journal
//! tells to which seats. A mistake here costs a request, at the worst, and never a seat: `store` writes a seat only where its row
//! says what was decided on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sqlx::PgConnection;
use uuid::Uuid;

use crate::db::column::{count, known, unknown};
use crate::domain::ids::{Affinity, EventId, PoolId, VenueId};
use crate::domain::seat::SeatState;
use crate::domain::seating::{EventSeats, Layout, PoolNumber, SeatIndex};
use crate::inventory::batch_state::BatchState;
use crate::inventory::loaded_seats::LoadedSeats;
use crate::inventory::seat_cache::SeatCache;
use crate::queries;

/// So many journal entries are read to bring what was kept up to date; after more, all seats are read.
const CATCH_UP_ENTRIES_MAX: i64 = 5_000;

/// Reads what is not kept at all, all seats of these events, before anybody waits for their locks. It may be out of date when the
/// locks are held, like everything that is kept.
pub(super) async fn prepare(
    connection: &mut PgConnection,
    kept: &SeatCache,
    event_ids: &BTreeSet<EventId>,
) -> sqlx::Result<()> {
    for event_id in event_ids.iter().copied().filter(|event_id| !kept.knows(*event_id)) {
        if let Some((seq, seating)) = whole(connection, kept, event_id).await? {
            kept.give_back(event_id, seq, seating);
        }
    }
    Ok(())
}

/// Reads for the events with these affinities. For others what was kept is brought along as far as it is up to date, so
/// that it stays so.
pub(super) async fn read(
    connection: &mut PgConnection,
    state: &mut BatchState,
    kept: &SeatCache,
    judged: &BTreeSet<Affinity>,
) -> sqlx::Result<()> {
    let seated = state.events().filter(|event| event.is_seated).map(|event| (event.event_id, event.counters.seq));
    for (event_id, seq) in seated.collect::<Vec<_>>() {
        if !judged.contains(&event_id.affinity()) {
            if let Some(seating) = kept.take_current(event_id, seq) {
                state.add_seating(event_id, seating);
            }
            continue;
        }
        let seating = match kept.take(event_id) {
            Some((at, seating)) if at == seq => seating,
            Some((at, mut seating)) if at < seq && seq - at <= CATCH_UP_ENTRIES_MAX => {
                catch_up(connection, event_id, at, &mut seating).await?;
                seating
            }
            _ => match whole(connection, kept, event_id).await? {
                Some((_, seating)) => seating,
                None => continue,
            },
        };
        state.add_seating(event_id, seating);
    }
    Ok(())
}

/// The seats that changed hands since a journal entry, as they are now.
async fn catch_up(
    connection: &mut PgConnection,
    event_id: EventId,
    seq: i64,
    seating: &mut LoadedSeats,
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
        let state = known("seats.state", &row.state, SeatState::parse)?;
        if seating.state(seat).is_none() {
            return Err(unknown("seats.seat_id", &row.seat_id.to_string()));
        }
        seating.set(seat, state);
    }
    Ok(())
}

/// All seats of an event as they were at a journal entry, in one snapshot; `None` if it has none.
async fn whole(
    connection: &mut PgConnection,
    kept: &SeatCache,
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
    let layout = layout(connection, kept, venue_id, count("events.layout_version", version)?).await?;
    if rows.len() != layout.seats().len() {
        return Err(unknown("seats", &format!("{} rows of event {event_id}", rows.len())));
    }
    let (pools, numbers) = numbered(rows.iter().map(|row| row.pool_id));
    let state = |state: &str| known("seats.state", state, SeatState::parse);
    let states = rows.iter().map(|row| state(&row.state)).collect::<sqlx::Result<_>>()?;
    let not_sold = rows.iter().zip(&numbers).filter(|(row, _)| !row.is_sold).map(|(_, number)| *number).collect();
    let event_seats = EventSeats::new(layout, |seat| numbers[seat.at()]);
    Ok(Some((first.seq, LoadedSeats::of(Arc::new(event_seats), pools, not_sold, states))))
}

/// Events of one series share their layout.
async fn layout(
    connection: &mut PgConnection,
    kept: &SeatCache,
    venue_id: VenueId,
    version: u32,
) -> sqlx::Result<Arc<Layout>> {
    if let Some(layout) = kept.layout(venue_id, version) {
        return Ok(layout);
    }
    let layout = queries::layout::layout(connection, venue_id, version).await?;
    let layout = Arc::new(layout.ok_or_else(|| unknown("events.layout_version", &format!("{venue_id}, {version}")))?);
    kept.keep_layout(venue_id, version, &layout);
    Ok(layout)
}

/// The pools in the order in which they first occur, and the number of each seat's.
fn numbered(pool_ids: impl Iterator<Item = Uuid>) -> (Vec<PoolId>, Vec<PoolNumber>) {
    let mut pools: Vec<PoolId> = Vec::new();
    let mut number_of: BTreeMap<Uuid, PoolNumber> = BTreeMap::new();
    let number = pool_ids.map(|pool_id| {
        *number_of.entry(pool_id).or_insert_with(|| {
            pools.push(pool_id.into());
            PoolNumber(u16::try_from(pools.len() - 1).expect("an event has a few hundred pools at most"))
        })
    });
    let numbers = number.collect();
    (pools, numbers)
}
