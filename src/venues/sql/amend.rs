//! Amends a venue: its name and address, and its layout. A changed layout is a new version.
//!
//! Guarded by the venue's row lock, so that concurrent amendments get different layout versions. `inventory` is not
//! involved: events keep their layout version.

use std::sync::Arc;

use boxoffice_engine::db::column::{count, integer};
use boxoffice_engine::db::row_count::{WrongRowCount, expect_rows};
use boxoffice_engine::db::transaction::{TransactionFailure, transaction};
use boxoffice_engine::ids::VenueId;
use boxoffice_engine::layouts;
use boxoffice_engine::time::Instant;
use sqlx::{PgConnection, PgPool};

use super::create::{InsertError, insert_layout};
use crate::venues::model::new_venue::{NextLayout, VenueChanges};

/// Failure of an amendment. Nothing was changed, except possibly after `OutcomeUnknown`.
#[derive(Debug, thiserror::Error)]
pub enum AmendVenueError {
    #[error("the venue does not exist")]
    NotFound,
    /// The connection was lost at COMMIT, or the transaction's task panicked. The amendment can be repeated without
    /// harm.
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

    fn into_unknown_outcome(self) -> Self {
        match self {
            Self::Database(error) => Self::OutcomeUnknown(error),
            seen => seen,
        }
    }
}

/// Applies the changes. If the venue already has these values, nothing is written, and a layout equal to the newest
/// does not become a new version. So the transaction can be run again after a lost COMMIT.
///
/// # Errors
/// See [`AmendVenueError`].
pub async fn amend_venue(pool: &PgPool, venue_id: VenueId, changes: VenueChanges) -> Result<(), AmendVenueError> {
    let changes = Arc::new(changes);
    transaction(pool, "amend_venue", venue_id.as_uuid(), move |connection| {
        let changes = Arc::clone(&changes);
        Box::pin(async move { amend(connection, venue_id, &changes).await })
    })
    .await
}

/// The fields of a venue that can be amended.
#[derive(Clone, PartialEq, Eq)]
struct AmendableFields {
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

/// Locks the venue's row, and reads it and the time. The time is not earlier than the venue's last change: if the row
/// changed during the wait for the lock, PostgreSQL evaluates the SELECT again.
async fn lock(
    connection: &mut PgConnection,
    venue_id: VenueId,
) -> Result<Option<(AmendableFields, Instant)>, AmendVenueError> {
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
    Ok(Some((AmendableFields { name: row.name, address: row.address, layout_version }, row.now)))
}

/// Adds a layout version unless the newest is equal to it. Returns the version that the venue has then.
async fn add_layout(
    connection: &mut PgConnection,
    venue_id: VenueId,
    version: u32,
    next: &NextLayout,
    now: Instant,
) -> Result<u32, AmendVenueError> {
    // Read under the row lock, because the new version may inherit the focal point of the newest one.
    let newest = layouts::layout(&mut *connection, venue_id, version).await?;
    let layout = next.inherit_focal_point(newest.as_ref());
    if newest.as_ref() == Some(&*layout) {
        return Ok(version);
    }
    insert_layout(connection, venue_id, version + 1, &layout, now).await?;
    Ok(version + 1)
}

async fn update(
    connection: &mut PgConnection,
    venue_id: VenueId,
    venue: &AmendableFields,
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
