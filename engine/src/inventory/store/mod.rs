//! Store: writes the changes of a batch by a few set-wise statements, and checks how many rows they changed.
//!
//! All row counts are compared with the changes, except:
//! - the rows of replaced or removed blocks: a block has one row per pool, and a new block has none yet;
//! - the original items: holds whose original items are already stored are skipped;
//! - the journal, seats and blocks of a deleted event: the batch does not load them, so their number is not known.

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

/// Reason why changes could not be stored. The caller must roll back.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("a statement failed")]
    Database(#[from] sqlx::Error),
    /// The rows are not as they were loaded, although they are locked: a bug.
    #[error(transparent)]
    RowCount(#[from] WrongRowCount),
}

/// Writes the changes. Must run in the transaction that loaded the batch state from which they were decided.
///
/// # Errors
///
/// [`StoreError`]. Constraint violations are among the database errors.
pub async fn store(connection: &mut PgConnection, changes: &Changes) -> Result<(), StoreError> {
    if !changes.new_holds.is_empty() {
        holds::insert(connection, &changes.new_holds).await?;
    }
    if !changes.changed_holds.is_empty() {
        holds::change(connection, &changes.changed_holds).await?;
    }
    if !changes.placed_items.is_empty() {
        items::insert_placed(connection, &changes.placed_items).await?;
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
        counters_and_journal::write_counters_and_journal(connection, changes).await?;
    }
    if !changes.deleted_events.is_empty() {
        events::delete(connection, &changes.deleted_events).await?;
    }
    Ok(())
}
