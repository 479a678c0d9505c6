//! Amends a venue: what is told about it, and its layout, of which each change is another version.
//!
//! Guarded by a lock of the venue's row, so that two layouts which are given at once get a version each. Inventory knows
//! nothing of it: events keep the version that they were sold with.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::{PgConnection, PgPool};

use super::create_venue::{InsertError, insert_layout};
use crate::db::column::{count, integer};
use crate::db::row_count::{WrongRowCount, expect_rows};
use crate::db::transaction::{TransactionFailure, transaction};
use crate::domain::ids::VenueId;
use crate::domain::new_venue::{NextLayout, VenueChanges};
use crate::domain::time::Instant;
use crate::queries;

/// Why nothing was changed, except for `OutcomeUnknown`.
#[derive(Debug, thiserror::Error)]
pub enum AmendVenueError {
    #[error("there is no such venue")]
    NotFound,
    /// The connection was lost at COMMIT, or the transaction's task broke. Repeating it does no harm.
    #[error("it is not known whether the venue was amended")]
    OutcomeUnknown(#[source] sqlx::Error),
    #[error(transparent)]
    WrongRowCount(#[from] WrongRowCount),
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
}

impl From<InsertError> for AmendVenueError {
    fn from(error: InsertError) -> Self {
        match error {
            InsertError::WrongRowCount(error) => error.into(),
            InsertError::Database(error) => error.into(),
        }
    }
}

impl TransactionFailure for AmendVenueError {
    fn database_error(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

/// Does what is asked for, and nothing if it is so already: a layout that is the same as the newest is no other version. So a
/// transaction whose COMMIT was lost is simply run again.
///
/// # Errors
///
/// See [`AmendVenueError`].
pub async fn amend_venue(pool: &PgPool, venue_id: VenueId, changes: VenueChanges) -> Result<(), AmendVenueError> {
    let changes = Arc::new(changes);
    let committing = Arc::new(AtomicBool::new(false));
    match attempt(pool, venue_id, &changes, &committing).await {
        Err(AmendVenueError::Database(error)) if committing.load(Ordering::Relaxed) => {
            tracing::warn!(%venue_id, %error, "the outcome of a COMMIT is unknown; repeating it");
            match attempt(pool, venue_id, &changes, &committing).await {
                Err(AmendVenueError::Database(error)) => Err(AmendVenueError::OutcomeUnknown(error)),
                settled => settled,
            }
        }
        // The transaction's task broke, and nobody can say how far it got.
        Err(AmendVenueError::Database(error @ sqlx::Error::WorkerCrashed)) => {
            Err(AmendVenueError::OutcomeUnknown(error))
        }
        outcome => outcome,
    }
}

/// One transaction. `committing` tells afterwards whether it got as far as COMMIT.
async fn attempt(
    pool: &PgPool,
    venue_id: VenueId,
    changes: &Arc<VenueChanges>,
    committing: &Arc<AtomicBool>,
) -> Result<(), AmendVenueError> {
    let (changes, committing) = (Arc::clone(changes), Arc::clone(committing));
    transaction(pool, "amend_venue", move |connection| {
        let (changes, committing) = (Arc::clone(&changes), Arc::clone(&committing));
        Box::pin(async move {
            committing.store(false, Ordering::Relaxed);
            amend(connection, venue_id, &changes).await?;
            committing.store(true, Ordering::Relaxed);
            Ok(())
        })
    })
    .await
}

/// The venue as it is.
#[derive(Clone, PartialEq, Eq)]
struct Present {
    name: String,
    address: Option<String>,
    layout_version: u32,
}

async fn amend(
    connection: &mut PgConnection,
    venue_id: VenueId,
    changes: &VenueChanges,
) -> Result<(), AmendVenueError> {
    let (before, now) = lock(connection, venue_id).await?.ok_or(AmendVenueError::NotFound)?;
    let mut after = before.clone();
    if let Some(name) = &changes.name {
        after.name.clone_from(name);
    }
    if let Some(address) = &changes.address {
        after.address.clone_from(address);
    }
    if let Some(next) = &changes.layout {
        after.layout_version = add_layout(connection, venue_id, before.layout_version, next, now).await?;
    }
    if after == before { Ok(()) } else { update(connection, venue_id, &after, now).await }
}

/// And the time, which is read once nobody else can be changing the venue.
async fn lock(connection: &mut PgConnection, venue_id: VenueId) -> Result<Option<(Present, Instant)>, AmendVenueError> {
    let row = sqlx::query!(
        r#"
        SELECT name, address, layout_version, clock_timestamp() AS "now!"
        FROM venues
        WHERE venue_id = $1
        FOR UPDATE
        "#,
        venue_id.as_uuid(),
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let layout_version = count("venues.layout_version", row.layout_version)?;
    Ok(Some((Present { name: row.name, address: row.address, layout_version }, row.now)))
}

/// The version that the venue has then: the next one, unless the newest says already what this would.
async fn add_layout(
    connection: &mut PgConnection,
    venue_id: VenueId,
    version: u32,
    next: &NextLayout,
    now: Instant,
) -> Result<u32, AmendVenueError> {
    // Under the lock: where people look is taken from the layout that this one follows, and no other.
    let newest = queries::layout::layout(&mut *connection, venue_id, version).await?;
    let layout = next.after(newest.as_ref());
    if newest.as_ref() == Some(&*layout) {
        return Ok(version);
    }
    insert_layout(connection, venue_id, version + 1, &layout, now).await?;
    Ok(version + 1)
}

async fn update(
    connection: &mut PgConnection,
    venue_id: VenueId,
    venue: &Present,
    now: Instant,
) -> Result<(), AmendVenueError> {
    let updated = sqlx::query!(
        r#"
        UPDATE venues
        SET name = $2, address = $3, layout_version = $4, updated_at = $5
        WHERE venue_id = $1
        "#,
        venue_id.as_uuid(),
        venue.name,
        venue.address,
        integer("venues.layout_version", venue.layout_version)?,
        now,
    )
    .execute(connection)
    .await?;
    Ok(expect_rows("UPDATE venues", 1, updated.rows_affected())?)
}
