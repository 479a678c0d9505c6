//! A series: one production, many dates and places. Its events say the rest.

use super::ids::SeriesId;
use super::time::Instant;

/// See the module's documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    pub series_id: SeriesId,
    pub name: String,
    pub description: Option<String>,
    pub created_at: Instant,
    pub updated_at: Instant,
}
