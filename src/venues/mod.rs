//! Venues: places where events happen, with layouts in versions that never change.

pub mod api;
pub mod model;
pub mod sql;

use crate::http::routes::Routes;

/// The routes of this feature, with their part of the OpenAPI document.
pub fn routes() -> Routes {
    api::routes()
}
