//! Creates a series, with its first dates if the request has any: all or none, in one transaction.
//!
//! Guarded by the schema's CHECKs. [`NewSeries`] is parsed by the same rules.

use boxoffice_engine::db::constraints::SERIES_PKEY;
use boxoffice_engine::db::row_count::expect_rows;
use boxoffice_engine::ids::{AffinityRange, SeriesId};
use boxoffice_engine::time::Instant;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::events::model::new_event::NewEvent;
use crate::events::sql::create::{EventWithSeats, assign_ids, insert_events};
use crate::idempotency::creation::{CreateError, Created, Creation, create};
use crate::idempotency::sql::stored_response::ResponseToStore;
use crate::series::model::new_series::NewSeries;
use crate::series::model::series::Series;

/// A series and the events that were created with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesWithEvents {
    pub series: Series,
    pub events: Vec<EventWithSeats>,
}

/// Creates the series, once per idempotency key if there is one. The ids of its events have affinities of the range.
///
/// # Errors
/// See [`CreateError`].
pub async fn create_series(
    pool: &PgPool,
    affinities: AffinityRange,
    new: NewSeries,
    to_store: Option<ResponseToStore<SeriesWithEvents>>,
) -> Result<Created<SeriesWithEvents>, CreateError> {
    let series = Series {
        series_id: SeriesId::generate(),
        name: new.name,
        description: new.description,
        created_at: Instant::UNIX_EPOCH,
        updated_at: Instant::UNIX_EPOCH,
    };
    let events = new_events(affinities, series.series_id, new.events);
    create(pool, SeriesWithEvents { series, events }, to_store).await
}

/// New events of a series, with ids.
pub fn new_events(affinities: AffinityRange, series_id: SeriesId, events: Vec<NewEvent>) -> Vec<EventWithSeats> {
    events.into_iter().map(|new| assign_ids(affinities, NewEvent { series_id: Some(series_id), ..new })).collect()
}

impl Creation for SeriesWithEvents {
    const NAME: &'static str = "create_series";
    const PRIMARY_KEY: &'static str = SERIES_PKEY;

    fn id(&self) -> Uuid {
        self.series.series_id.as_uuid()
    }

    fn set_created_at(&mut self, now: Instant) {
        (self.series.created_at, self.series.updated_at) = (now, now);
        self.events.iter_mut().for_each(|event| event.set_created_at(now));
    }

    async fn insert(&self, connection: &mut PgConnection) -> Result<(), CreateError> {
        insert_series(connection, &self.series).await?;
        if self.events.is_empty() {
            return Ok(());
        }
        insert_events(connection, &self.events).await
    }

    async fn find_created_at(&self, pool: &PgPool) -> sqlx::Result<Instant> {
        sqlx::query_scalar!(
            r#"
            SELECT created_at
            FROM series
            WHERE series_id = $1
            "#,
            self.id(),
        )
        .fetch_one(pool)
        .await
    }
}

async fn insert_series(connection: &mut PgConnection, series: &Series) -> Result<(), CreateError> {
    let inserted = sqlx::query!(
        r#"
        INSERT INTO series (series_id, name, description, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $4)
        "#,
        series.series_id.as_uuid(),
        series.name,
        series.description,
        series.created_at,
    )
    .execute(connection)
    .await?;
    Ok(expect_rows("INSERT INTO series", 1, inserted.rows_affected())?)
}
