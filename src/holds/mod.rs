//! Holds: temporary claims on capacity, with an expiry and a payment token.

pub mod api;
pub mod claimed_hold;
pub mod payment_token;
pub mod sql;
pub mod worker;

use crate::http::routes::Routes;

/// The routes of this feature, with their part of the OpenAPI document.
pub fn routes() -> Routes {
    api::routes()
}
