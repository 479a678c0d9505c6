//! Load: locks the events of a batch, then reads its read set into a batch state.
//!
//! The order matters. All rows that a decision depends on, and the time, are read by statements that start after the
//! row locks are held; under READ COMMITTED those see every earlier batch. The exception is the seat cache, which is
//! checked under the lock. Placing a hold that finds enough capacity costs two statements.

mod amended;
mod blocks;
mod expiries;
mod holds;
mod lock;
mod placed;
mod seats;
mod terms;

use sqlx::PgConnection;

use super::batch_state::BatchState;
use super::command::Command;
use super::read_set::{ReadSet, find_missing};
use super::seat_cache::SeatCache;

/// Loads the read set of the commands. Must run in a transaction, which holds the row locks until it ends.
///
/// # Errors
///
/// Database errors, and a decode error if a row has a value that this version cannot read.
pub async fn load(
    connection: &mut PgConnection,
    seat_cache: &SeatCache,
    commands: &[Command],
) -> sqlx::Result<BatchState> {
    let read_set = ReadSet::from_commands(commands);
    seats::fill_cache(connection, seat_cache, &read_set.events_needing_seats).await?;
    let locked = lock::lock(connection, &read_set).await?;
    let mut state = terms::read(connection, &locked).await?;
    seats::read(connection, &mut state, seat_cache, &read_set.affinities_needing_seats).await?;
    if !read_set.blocks.is_empty() {
        blocks::read(connection, &mut state, &read_set).await?;
    }

    let missing = find_missing(&state, commands);
    if read_set.names_holds() || !missing.overdue_holds.is_empty() || !read_set.cancelled_events.is_empty() {
        holds::read(connection, &mut state, &read_set, &missing.overdue_holds).await?;
    }
    let repeated = state.holds_with_keys(&read_set.idempotency_keys);
    if !repeated.is_empty() {
        placed::read(connection, &mut state, &repeated).await?;
    }
    if !missing.next_expiries.is_empty() {
        expiries::read(connection, &mut state, &missing.next_expiries).await?;
    }
    if !read_set.amended_events.is_empty() {
        amended::read_details(connection, &mut state, &read_set.amended_events).await?;
    }
    if !read_set.deleted_events.is_empty() {
        amended::read_history(connection, &mut state, &read_set.deleted_events).await?;
    }
    Ok(state)
}
