//! Creates a venue with the first version of its layout, in one transaction.
//!
//! Guarded by the schema's CHECKs and unique names. [`NewVenue`] is parsed by the same rules.

mod insert;

use std::sync::Arc;

use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

pub use self::insert::{InsertError, layout as insert_layout};
use crate::idempotency::creation::{CreateError, Created, Creation, create};
use crate::idempotency::sql::stored_response::ResponseToStore;
use crate::venues::model::new_venue::NewVenue;
use crate::venues::model::venue::{LayoutSummary, Venue};
use boxoffice_engine::db::constraints::VENUES_PKEY;
use boxoffice_engine::ids::VenueId;
use boxoffice_engine::seating::Layout;
use boxoffice_engine::time::Instant;

/// Version of a venue's first layout.
const FIRST_VERSION: u32 = 1;

/// A venue with its complete layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VenueWithLayout {
    pub venue: Venue,
    pub layout: Arc<Layout>,
}

/// Creates the venue, once per idempotency key if there is one.
///
/// # Errors
/// See [`CreateError`].
pub async fn create_venue(
    pool: &PgPool,
    new: NewVenue,
    to_store: Option<ResponseToStore<VenueWithLayout>>,
) -> Result<Created<VenueWithLayout>, CreateError> {
    let venue = Venue {
        venue_id: VenueId::generate(),
        name: new.name,
        address: new.address,
        layout: LayoutSummary::new(FIRST_VERSION, &new.layout),
        created_at: Instant::UNIX_EPOCH,
        updated_at: Instant::UNIX_EPOCH,
    };
    create(pool, VenueWithLayout { venue, layout: Arc::new(new.layout) }, to_store).await
}

impl Creation for VenueWithLayout {
    const NAME: &'static str = "create_venue";
    const PRIMARY_KEY: &'static str = VENUES_PKEY;

    fn id(&self) -> Uuid {
        self.venue.venue_id.as_uuid()
    }

    fn set_created_at(&mut self, now: Instant) {
        (self.venue.created_at, self.venue.updated_at) = (now, now);
    }

    async fn insert(&self, connection: &mut PgConnection) -> Result<(), CreateError> {
        let venue = &self.venue;
        insert::venue(connection, venue).await?;
        Ok(insert_layout(connection, venue.venue_id, FIRST_VERSION, &self.layout, venue.created_at).await?)
    }

    async fn find_created_at(&self, pool: &PgPool) -> sqlx::Result<Instant> {
        sqlx::query_scalar!(
            r#"
            SELECT created_at
            FROM venues
            WHERE venue_id = $1
            "#,
            self.id(),
        )
        .fetch_one(pool)
        .await
    }
}
