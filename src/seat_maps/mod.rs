//! Seat maps: the numbered seats of an event, their states, and a drawing of both.

pub mod api;
pub mod model;
pub mod sql;
pub mod svg;

use crate::http::routes::Routes;

/// The routes of this feature, with their part of the OpenAPI document.
pub fn routes() -> Routes {
    api::routes()
}
