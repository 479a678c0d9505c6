//! Load: lock the events of a batch, then read what its commands name, onto a shelf.
//!
//! The order is the guard. Everything that a decision rests on, the time included, is read by statements that start after
//! the locks are held; under READ COMMITTED those see every earlier batch. A place that finds room costs two statements.

mod amended;
mod blocks;
mod expiries;
mod holds;
mod lock;
mod placed;
mod seatings;
mod terms;

use sqlx::PgConnection;

use super::command::Command;
use super::kept_seatings::KeptSeatings;
use super::needs::{Named, events_short};
use super::shelf::Shelf;

/// Must run in a transaction, which keeps the locks until it ends.
pub async fn load(connection: &mut PgConnection, kept: &KeptSeatings, commands: &[Command]) -> sqlx::Result<Shelf> {
    let named = Named::by(commands);
    seatings::prepare(connection, kept, &named.seated_events).await?;
    let locked = lock::lock(connection, &named).await?;
    let mut shelf = terms::read(connection, &locked).await?;
    seatings::read(connection, &mut shelf, kept, &named.judged_seats).await?;
    if !named.blocks.is_empty() {
        blocks::read(connection, &mut shelf, &named).await?;
    }

    let short = events_short(&shelf, commands);
    if named.names_holds() || !short.of_anything.is_empty() || !named.cancelled_events.is_empty() {
        holds::read(connection, &mut shelf, &named, &short.of_anything).await?;
    }
    let repeated = shelf.holds_with_keys(&named.idempotency_keys);
    if !repeated.is_empty() {
        placed::read(connection, &mut shelf, &repeated).await?;
    }
    if !short.of_places.is_empty() {
        expiries::read(connection, &mut shelf, &short.of_places).await?;
    }
    if !named.amended_events.is_empty() {
        amended::read_details(connection, &mut shelf, &named.amended_events).await?;
    }
    if !named.deleted_events.is_empty() {
        amended::read_history(connection, &mut shelf, &named.deleted_events).await?;
    }
    Ok(shelf)
}
