//! Store: changes become a few set-wise statements, each followed by a check of how many rows it touched.

mod blocks;
mod bookings;
mod counters_and_journal;
mod events;
mod holds;
mod items;
mod seats;

use sqlx::PgConnection;

use super::changes::Changes;
use crate::db::row_count::WrongRowCount;

/// Why changes could not be stored.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("a statement failed")]
    Database(#[from] sqlx::Error),
    /// The rows are not as they were loaded, which the lock should have made impossible.
    #[error(transparent)]
    RowCount(#[from] WrongRowCount),
}

/// Must run in the transaction that loaded what `changes` were decided on.
pub async fn store(connection: &mut PgConnection, changes: &Changes) -> Result<(), StoreError> {
    if !changes.new_holds.is_empty() {
        holds::insert(connection, &changes.new_holds).await?;
    }
    if !changes.changed_holds.is_empty() {
        holds::change(connection, &changes.changed_holds).await?;
    }
    if !changes.placed_items.is_empty() {
        items::keep_placed(connection, &changes.placed_items).await?;
    }
    if !changes.changed_items.is_empty() {
        items::replace(connection, &changes.changed_items).await?;
    }
    if !changes.new_bookings.is_empty() {
        bookings::insert(connection, &changes.new_bookings).await?;
    }
    if !changes.cancelled_bookings.is_empty() {
        bookings::cancel(connection, &changes.cancelled_bookings).await?;
    }
    if !changes.amended_events.is_empty() {
        events::amend(connection, &changes.amended_events, changes.now).await?;
    }
    if !changes.seat_moves.is_empty() {
        seats::move_seats(connection, &changes.seat_moves).await?;
    }
    if !changes.ended_blocks.is_empty() {
        blocks::replace(connection, &changes.ended_blocks, &changes.written_blocks).await?;
    }
    if !changes.journal.is_empty() {
        counters_and_journal::advance(connection, changes).await?;
    }
    if !changes.deleted_events.is_empty() {
        events::delete(connection, &changes.deleted_events).await?;
    }
    Ok(())
}
