//! Load: lock the events of a batch, then read what its commands name, onto a state.
//!
//! The order is the guard. Everything that a decision rests on, the time included, is read by statements that start after
//! the locks are held; under READ COMMITTED those see every earlier batch. A place that finds room costs two statements.

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
use super::read_set::{Named, missing};
use super::seat_cache::SeatCache;

/// Must run in a transaction, which keeps the locks until it ends.
pub async fn load(connection: &mut PgConnection, kept: &SeatCache, commands: &[Command]) -> sqlx::Result<BatchState> {
    let named = Named::by(commands);
    seats::prepare(connection, kept, &named.seated_events).await?;
    let locked = lock::lock(connection, &named).await?;
    let mut state = terms::read(connection, &locked).await?;
    seats::read(connection, &mut state, kept, &named.judged_seats).await?;
    if !named.blocks.is_empty() {
        blocks::read(connection, &mut state, &named).await?;
    }

    let short = missing(&state, commands);
    if named.names_holds() || !short.of_anything.is_empty() || !named.cancelled_events.is_empty() {
        holds::read(connection, &mut state, &named, &short.of_anything).await?;
    }
    let repeated = state.holds_with_keys(&named.idempotency_keys);
    if !repeated.is_empty() {
        placed::read(connection, &mut state, &repeated).await?;
    }
    if !short.of_places.is_empty() {
        expiries::read(connection, &mut state, &short.of_places).await?;
    }
    if !named.amended_events.is_empty() {
        amended::read_details(connection, &mut state, &named.amended_events).await?;
    }
    if !named.deleted_events.is_empty() {
        amended::read_history(connection, &mut state, &named.deleted_events).await?;
    }
    Ok(state)
}
