//! Blocks: capacity that an organiser keeps back, and why.

pub mod api;
pub mod sql;

use crate::http::routes::Routes;

/// The routes of this feature, with their part of the OpenAPI document.
pub fn routes() -> Routes {
    api::routes()
}
