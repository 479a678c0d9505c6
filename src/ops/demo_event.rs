//! The event that `boxoffice dev` offers, so that there is something to try things with.

use anyhow::bail;
use sqlx::PgPool;

use super::create_event::create_event;
use super::creation::Created;
use crate::domain::ids::EventId;
use crate::domain::new_event::{EventDraft, NewEvent};

/// What it is called, and recognised by.
const NAME: &str = "Demo: an evening of improvised music";

/// How many seats it has.
const TOTAL_SEATS: i64 = 500;

/// The demo event's id; created if there is none on sale.
///
/// # Errors
///
/// When the database fails.
pub async fn ensure(pool: &PgPool) -> anyhow::Result<EventId> {
    if let Some(event_id) = find(pool).await? {
        return Ok(event_id);
    }
    let draft = EventDraft {
        name: NAME.to_owned(),
        total_seats: Some(TOTAL_SEATS),
        description: Some("Created so that there is something to hold and book. Cancel it, or leave it.".to_owned()),
        venue_name: Some("Town Hall".to_owned()),
        ..EventDraft::default()
    };
    match create_event(pool, NewEvent::try_from(draft)?, None).await? {
        Created::Now(created) => Ok(created.event.event_id),
        Created::Before(_) => bail!("a request without a key was taken for a repeat"),
    }
}

async fn find(pool: &PgPool) -> sqlx::Result<Option<EventId>> {
    let found = sqlx::query_scalar!(
        r#"
        /* demo */
        SELECT event_id
        FROM events
        WHERE name = $1
            AND status = 'on_sale'
        ORDER BY coalesce(starts_at, 'infinity'), event_id
        LIMIT 1
        "#,
        NAME,
    )
    .fetch_optional(pool)
    .await?;
    Ok(found.map(EventId::from))
}
