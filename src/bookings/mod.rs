//! Bookings: holds made permanent.

pub mod api;
pub mod sql;

use crate::http::routes::Routes;

/// The routes of this feature, with their part of the OpenAPI document.
pub fn routes() -> Routes {
    api::routes()
}
