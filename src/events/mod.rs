//! Events: their details and terms of sale, and their current counts.

pub mod api;
pub mod details;
pub mod model;
pub mod sql;
pub mod status_reads;

use crate::http::routes::Routes;

/// The routes of this feature, with their part of the OpenAPI document.
pub fn routes() -> Routes {
    api::status::routes().and(api::routes()).and(api::pools::routes())
}
