//! Rows of events that are changed or deleted. Both are rare.

use sqlx::PgConnection;
use sqlx::types::Json;
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
            SET name = new.name,
                description = new.description,
                venue_name = new.venue_name,
                image_url = new.image_url,
                starts_at = new.starts_at,
                ends_at = new.ends_at,
                time_zone = new.time_zone,
                status = $3,
                hold_ttl_seconds = $4,
                max_quantity_per_hold = $5,
                sale_starts_at = $6,
                sale_ends_at = $7,
                orphans_refused = $8,
                updated_at = $9
            FROM jsonb_populate_record(NULL::events, $2) AS new
            WHERE events.event_id = $1
            "#,
            event.event_id.as_uuid(),
            Json(details) as _,
            event.terms.status.as_str(),
            optional_integer("events.hold_ttl_seconds", event.terms.hold_ttl_seconds)?,
            optional_integer("events.max_quantity_per_hold", event.terms.max_quantity_per_hold)?,
            event.terms.sale_starts_at,
            event.terms.sale_ends_at,
            event.terms.orphans_refused,
            now,
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
