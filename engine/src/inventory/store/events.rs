//! Rows of events that are changed or deleted. Both are rare.

use sqlx::PgConnection;
use uuid::Uuid;

use super::StoreError;
use crate::db::column::integer;
use crate::db::row_count::expect_rows;
use crate::ids::EventId;
use crate::inventory::batch_state::LoadedEvent;
use crate::time::Instant;

/// Writes the details and terms of changed events, one statement per event.
pub(super) async fn amend(
    connection: &mut PgConnection,
    events: &[LoadedEvent],
    now: Instant,
) -> Result<(), StoreError> {
    for event in events {
        let Some(details) = &event.details else { continue };
        let optional_integer = |column, count: Option<u32>| count.map(|count| integer(column, count)).transpose();
        let amended = sqlx::query!(
            r#"
            UPDATE events
            SET name = $2,
                description = $3,
                venue_name = $4,
                starts_at = $5,
                ends_at = $6,
                time_zone = $7,
                status = $8,
                hold_ttl_seconds = $9,
                max_quantity_per_hold = $10,
                sale_starts_at = $11,
                sale_ends_at = $12,
                updated_at = $13,
                orphans_refused = $14
            WHERE event_id = $1
            "#,
            event.event_id.as_uuid(),
            details.name,
            details.description.as_deref(),
            details.venue_name.as_deref(),
            details.starts_at,
            details.ends_at,
            details.time_zone,
            event.terms.status.as_str(),
            optional_integer("events.hold_ttl_seconds", event.terms.hold_ttl_seconds)?,
            optional_integer("events.max_quantity_per_hold", event.terms.max_quantity_per_hold)?,
            event.terms.sale_starts_at,
            event.terms.sale_ends_at,
            now,
            event.terms.orphans_refused,
        )
        .execute(&mut *connection)
        .await?;
        expect_rows("UPDATE events", 1, amended.rows_affected())?;
    }
    Ok(())
}

/// Deletes events that never had a hold, with their journal, seats and blocks. Foreign keys delete `inventory`, `pools`
/// and `ticket_types` (ON DELETE CASCADE). Only the number of events is known, so only that is checked.
pub(super) async fn delete(connection: &mut PgConnection, events: &[EventId]) -> Result<(), StoreError> {
    let event_ids: Vec<Uuid> = events.iter().map(|event_id| event_id.as_uuid()).collect();
    sqlx::query!("DELETE FROM journal WHERE event_id = ANY ($1::uuid[])", &event_ids).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM seats WHERE event_id = ANY ($1::uuid[])", &event_ids).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM blocks WHERE event_id = ANY ($1::uuid[])", &event_ids).execute(&mut *connection).await?;
    let deleted =
        sqlx::query!("DELETE FROM events WHERE event_id = ANY ($1::uuid[])", &event_ids).execute(connection).await?;
    Ok(expect_rows("DELETE FROM events", events.len(), deleted.rows_affected())?)
}
