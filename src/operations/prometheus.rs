//! `GET /metrics`: the metrics in Prometheus' text format.

use actix_web::{HttpResponse, web};
use boxoffice_engine::db::connect::Connections;
use boxoffice_engine::metrics as engine_metrics;

use crate::app::App;
use crate::http::routes::{Routes, routes};
use crate::operations::sql::totals;
use crate::telemetry::metrics;

/// The routes of this feature.
pub fn routes() -> Routes {
    routes![scrape]
}

/// Content type of the text format that the recorder writes.
const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Show the metrics for Prometheus
///
/// Gauges of the current state (pools, lanes, totals) are read at each scrape.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "operations",
    operation_id = "get_prometheus_metrics",
    responses((status = 200, description = "All metrics of this instance", body = String, content_type = "text/plain")),
)]
pub async fn scrape(app: web::Data<App>) -> HttpResponse {
    let pools = [
        ("requests", Connections::from_pool(&app.pool)),
        ("lanes", app.inventory.connections()),
        ("status", Connections::from_pool(&app.status_pool)),
    ];
    for (pool, connections) in pools {
        metrics::db_pool(pool, connections.idle, connections.used);
    }
    let lanes = app.inventory.lanes_health();
    engine_metrics::lanes(lanes.alive, lanes.queue_depth);
    // If the database does not answer, these gauges keep their last values, and the other metrics are still served.
    if let Ok(totals) = totals(&app.pool).await {
        metrics::totals(totals.active_holds, totals.total_bookings);
    }
    HttpResponse::Ok().content_type(PROMETHEUS_TEXT).body(metrics::render())
}
