//! Fields of events that only rare commands need: the details, and whether the event ever had a hold.

use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use crate::inventory::batch_state::BatchState;
use crate::model::event::OpaqueDetails;

/// Reads the details of events that a command amends. The whole row is read, so that no column is named here.
pub(super) async fn read_details(
    connection: &mut PgConnection,
    state: &mut BatchState,
    event_ids: &[Uuid],
) -> sqlx::Result<()> {
    let rows = sqlx::query!(
        r#"
        SELECT event_id, to_jsonb(events) AS "details!: Json<OpaqueDetails>"
        FROM events
        WHERE event_id = ANY ($1::uuid[])
        "#,
        event_ids,
    )
    .fetch_all(connection)
    .await?;
    for row in rows {
        let event_id = row.event_id.into();
        if state.event(event_id).is_some() {
            let Json(details) = row.details;
            state.update_event(event_id, |event| event.details = Some(details));
        }
    }
    Ok(())
}

/// Reads from the journal whether events that a command deletes ever had a hold. It has an entry also for holds that
/// ended.
pub(super) async fn read_history(
    connection: &mut PgConnection,
    state: &mut BatchState,
    event_ids: &[Uuid],
) -> sqlx::Result<()> {
    let rows = sqlx::query!(
        r#"
        SELECT wanted.event_id AS "event_id!"
        FROM unnest($1::uuid[]) AS wanted (event_id)
        WHERE EXISTS (SELECT FROM journal WHERE journal.event_id = wanted.event_id AND journal.hold_id IS NOT NULL)
        "#,
        event_ids,
    )
    .fetch_all(connection)
    .await?;
    for row in rows {
        let event_id = row.event_id.into();
        if state.event(event_id).is_some() {
            state.update_event(event_id, |event| event.ever_held = true);
        }
    }
    Ok(())
}
