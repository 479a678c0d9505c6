//! Load: lock the events of a batch, then read what its commands name, onto a shelf.
//!
//! The order is the guard. Everything that a decision rests on, the time included, is read by statements that start after
//! the locks are held; under READ COMMITTED those see every earlier batch. A place that finds room costs two statements.

mod amended;
mod expiries;
mod holds;
mod lock;
mod terms;

use sqlx::PgConnection;

use super::command::Command;
use super::needs::{Named, events_short_of_room};
use super::shelf::Shelf;

/// Must run in a transaction, which keeps the locks until it ends.
pub async fn load(connection: &mut PgConnection, commands: &[Command]) -> sqlx::Result<Shelf> {
    let named = Named::by(commands);
    let locked = lock::lock(connection, &named).await?;
    let mut shelf = terms::read(connection, &locked).await?;

    let short = events_short_of_room(&shelf, commands);
    if named.names_holds() || !short.is_empty() || !named.cancelled_events.is_empty() {
        holds::read(connection, &mut shelf, &named, &short).await?;
    }
    if !short.is_empty() {
        expiries::read(connection, &mut shelf, &short).await?;
    }
    if !named.amended_events.is_empty() {
        amended::read_details(connection, &mut shelf, &named.amended_events).await?;
    }
    if !named.deleted_events.is_empty() {
        amended::read_history(connection, &mut shelf, &named.deleted_events).await?;
    }
    Ok(shelf)
}
