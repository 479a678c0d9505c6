//! `/api/v1/metrics`: totals over all events, as JSON. Metrics for Prometheus are at `/metrics`.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::error::ApiError;
use crate::http::read::with_deadline;
use crate::http::routes::{Routes, routes};
use crate::operations::sql::{Totals, totals};

/// The routes of this feature.
pub fn routes() -> Routes {
    routes![show]
}

/// Totals over all events at one moment, counted in the database, so independent of the instance.
#[derive(Serialize, ToSchema)]
#[schema(as = Totals)]
struct TotalsBody {
    #[schema(minimum = 0, example = 12)]
    total_events: i64,
    /// Confirmed bookings; cancelled ones do not count.
    #[schema(minimum = 0, example = 3480)]
    total_bookings: i64,
    /// Active holds, including overdue ones until they are swept.
    #[schema(minimum = 0, example = 214)]
    active_holds: i64,
    /// Places of confirmed bookings.
    #[schema(minimum = 0, example = 9012)]
    total_seats_booked: i64,
    /// Holds that have expired so far, by time or by an operator.
    #[schema(minimum = 0, example = 977)]
    expired_holds_total: i64,
}

/// Show totals over all events
#[utoipa::path(
    get,
    path = "/api/v1/metrics",
    tag = "operations",
    operation_id = "get_totals",
    responses(
        (status = 200, description = "The totals", body = TotalsBody),
        (status = 503, description = "UNAVAILABLE"),
    ),
)]
pub async fn show(app: web::Data<App>) -> Result<HttpResponse, ApiError> {
    let totals = with_deadline(&app, totals(&app.pool)).await?;
    Ok(HttpResponse::Ok().json(TotalsBody::from(totals)))
}

impl From<Totals> for TotalsBody {
    fn from(totals: Totals) -> Self {
        Self {
            total_events: totals.total_events,
            total_bookings: totals.total_bookings,
            active_holds: totals.active_holds,
            total_seats_booked: totals.total_seats_booked,
            expired_holds_total: totals.expired_holds_total,
        }
    }
}
