//! `GET /metrics`: Prometheus' text format.

use actix_web::{HttpResponse, web};

use crate::app::App;
use crate::db::connect::Connections;
use crate::queries::totals::totals;
use crate::telemetry::metrics;

/// The version of the format that the recorder writes.
const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Metrics for Prometheus
///
/// Gauges of what is, not of what happened, are read when they are scraped.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "operations",
    operation_id = "get_prometheus_metrics",
    responses((status = 200, description = "Everything measured so far", body = String, content_type = "text/plain")),
)]
pub async fn scrape(app: web::Data<App>) -> HttpResponse {
    let pools = [
        ("requests", Connections::of(&app.pool)),
        ("lanes", app.inventory.connections()),
        ("status", app.status_reads.connections()),
    ];
    for (pool, connections) in pools {
        metrics::db_pool(pool, connections.idle, connections.used);
    }
    let lanes = app.inventory.lanes();
    metrics::lanes(lanes.alive, lanes.queue_depth);
    // With the database down the gauges keep their last values; everything else is still worth telling.
    if let Ok(totals) = totals(&app.pool).await {
        metrics::totals(totals.active_holds, totals.total_bookings);
    }
    HttpResponse::Ok().content_type(PROMETHEUS_TEXT).body(metrics::render())
}
