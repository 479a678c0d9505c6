//! Adds dates to a series: all or none, in one transaction. The foreign key guards that the series exists.

use boxoffice_engine::db::constraints::EVENTS_PKEY;
use boxoffice_engine::ids::{AffinityRange, SeriesId};
use boxoffice_engine::time::Instant;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::create::new_events;
use crate::events::model::new_event::NewEvent;
use crate::events::sql::create::{EventWithSeats, find_created_at, insert_events};
use crate::idempotency::creation::{CreateError, Created, Creation, create};
use crate::idempotency::sql::stored_response::ResponseToStore;

/// Events added to a series together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedDates {
    pub series_id: SeriesId,
    /// At least one.
    pub events: Vec<EventWithSeats>,
}

/// Creates `events` (at least one), once per idempotency key if there is one. Their ids have affinities of the range.
///
/// # Errors
/// `SERIES_NOT_FOUND` as [`CreateError::Refused`], or another [`CreateError`].
pub async fn add_to_series(
    pool: &PgPool,
    affinities: AffinityRange,
    series_id: SeriesId,
    events: Vec<NewEvent>,
    to_store: Option<ResponseToStore<AddedDates>>,
) -> Result<Created<AddedDates>, CreateError> {
    create(pool, AddedDates { series_id, events: new_events(affinities, series_id, events) }, to_store).await
}

impl Creation for AddedDates {
    const NAME: &'static str = "add_to_series";
    const PRIMARY_KEY: &'static str = EVENTS_PKEY;

    fn id(&self) -> Uuid {
        self.series_id.as_uuid()
    }

    fn set_created_at(&mut self, now: Instant) {
        self.events.iter_mut().for_each(|event| event.set_created_at(now));
    }

    async fn insert(&self, connection: &mut PgConnection) -> Result<(), CreateError> {
        insert_events(connection, &self.events).await
    }

    async fn find_created_at(&self, pool: &PgPool) -> sqlx::Result<Instant> {
        find_created_at(pool, self.events[0].event.event_id).await
    }
}
