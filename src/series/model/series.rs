//! Series: one production with many dates, possibly at several venues. Each date is an event.

use boxoffice_engine::ids::SeriesId;
use boxoffice_engine::time::Instant;

/// A series, without its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    pub series_id: SeriesId,
    pub name: String,
    pub description: Option<String>,
    pub created_at: Instant,
    pub updated_at: Instant,
}
