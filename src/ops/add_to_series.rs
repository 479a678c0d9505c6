//! Adds dates to a series: all or nothing. That the series exists is the foreign key's to say.

use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::create_event::{EventWithSeats, insert_events, written_at};
use super::create_series::events_of;
use super::creation::{CreateError, Created, Creation, create};
use super::stored_response::ResponseToStore;
use crate::db::constraints::EVENTS_PKEY;
use crate::domain::ids::SeriesId;
use crate::domain::new_event::NewEvent;
use crate::domain::time::Instant;

/// The events that were created together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dates {
    pub series_id: SeriesId,
    /// At least one.
    pub events: Vec<EventWithSeats>,
}

/// Creates the events, once per idempotency key if there is one. There is at least one.
///
/// # Errors
///
/// `SeriesNotFound` and the others of [`CreateError`].
pub async fn add_to_series(
    pool: &PgPool,
    series_id: SeriesId,
    events: Vec<NewEvent>,
    keep: Option<ResponseToStore<Dates>>,
) -> Result<Created<Dates>, CreateError> {
    create(pool, Dates { series_id, events: events_of(series_id, events) }, keep).await
}

impl Creation for Dates {
    const NAME: &'static str = "add_to_series";
    const PRIMARY_KEY: &'static str = EVENTS_PKEY;

    fn id(&self) -> Uuid {
        self.series_id.as_uuid()
    }

    fn stamp(&mut self, now: Instant) {
        self.events.iter_mut().for_each(|event| event.stamp(now));
    }

    async fn insert(&self, connection: &mut PgConnection) -> Result<(), CreateError> {
        insert_events(connection, &self.events).await
    }

    async fn written_at(&self, pool: &PgPool) -> sqlx::Result<Instant> {
        written_at(pool, self.events[0].event.event_id).await
    }
}
