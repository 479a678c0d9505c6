//! Operations: health, metrics and the invariants, for operators.

pub mod health;
pub mod invariants;
pub mod prometheus;
pub mod sql;
pub mod totals;
pub mod worker;

use crate::http::routes::Routes;

/// The routes of this feature, with their part of the OpenAPI document.
pub fn routes() -> Routes {
    health::routes().and(invariants::routes()).and(prometheus::routes()).and(totals::routes())
}
