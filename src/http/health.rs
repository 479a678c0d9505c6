//! Health: for people (`/api/v1/health`), operators (`/api/v1/health/status`), and whoever sends traffic here
//! (`/health/live`, `/health/ready`).

mod components;

use actix_web::{HttpResponse, web};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use self::components::Components;
use super::wire::Timestamp;
use crate::app::App;
use crate::error::{ApiError, ErrorCode};

/// The service is up.
#[derive(Serialize, ToSchema)]
#[schema(as = Health)]
struct HealthBody<'a> {
    #[schema(example = "healthy")]
    status: &'static str,
    #[schema(example = "Box Office API")]
    service: &'a str,
    #[schema(example = "0.1.0")]
    version: &'static str,
    /// This server's own clock. Nothing is decided by it.
    timestamp: Timestamp,
}

/// The service and what it depends on.
#[derive(Serialize, ToSchema)]
#[schema(as = HealthStatus)]
struct StatusBody<'a> {
    status: Verdict,
    #[schema(example = "Box Office API")]
    service: &'a str,
    #[schema(example = "0.1.0")]
    version: &'static str,
    /// This server's own clock. Nothing is decided by it.
    timestamp: Timestamp,
    /// Whether it wants requests; false while it stops.
    ready: bool,
    components: Components,
}

/// For whoever sends traffic here; the HTTP status says it all.
#[derive(Serialize, ToSchema)]
#[schema(as = Probe)]
struct ProbeBody {
    #[schema(example = "ready")]
    status: &'static str,
}

/// Healthy, or not fully.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HealthVerdict)]
enum Verdict {
    Healthy,
    Degraded,
}

impl Verdict {
    fn of(healthy: bool) -> Self {
        if healthy { Self::Healthy } else { Self::Degraded }
    }
}

/// The service is up
///
/// Says so without asking anybody else.
#[utoipa::path(
    get,
    path = "/api/v1/health",
    tag = "operations",
    operation_id = "get_health",
    responses((status = 200, description = "It is", body = HealthBody)),
)]
pub async fn health(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok().json(HealthBody {
        status: "healthy",
        service: &app.settings.app_name,
        version: env!("CARGO_PKG_VERSION"),
        timestamp: Timestamp(OffsetDateTime::now_utc()),
    })
}

/// How the service is
///
/// And what it depends on, one by one.
///
/// 200 both when it is healthy and when it is degraded: what to do about a component is for its reader to judge.
/// Load balancers ask `/health/ready`.
#[utoipa::path(
    get,
    path = "/api/v1/health/status",
    tag = "operations",
    operation_id = "get_health_status",
    responses((status = 200, description = "Every component", body = StatusBody)),
)]
pub async fn status(app: web::Data<App>) -> HttpResponse {
    let components = components::components(&app).await;
    HttpResponse::Ok().json(StatusBody {
        status: components.verdict(),
        service: &app.settings.app_name,
        version: env!("CARGO_PKG_VERSION"),
        timestamp: Timestamp(OffsetDateTime::now_utc()),
        ready: app.readiness.is_ready(),
        components,
    })
}

/// This process answers
///
/// Whoever gets no answer restarts it, so nobody else is asked: a database that is
/// down is not mended by restarts.
#[utoipa::path(
    get,
    path = "/health/live",
    tag = "operations",
    operation_id = "get_liveness",
    responses((status = 200, description = "This process answers", body = ProbeBody)),
)]
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(ProbeBody { status: "live" })
}

/// Whether to send requests here
///
/// Not while it is stopping, though it still serves what comes until its drain window is over, and not without its
/// database.
#[utoipa::path(
    get,
    path = "/health/ready",
    tag = "operations",
    operation_id = "get_readiness",
    responses(
        (status = 200, description = "Send requests", body = ProbeBody),
        (status = 503, description = "UNAVAILABLE"),
    ),
)]
pub async fn ready(app: web::Data<App>) -> Result<HttpResponse, ApiError> {
    let unavailable = |detail| Err(ApiError::new(ErrorCode::Unavailable).detail(detail));
    if !app.readiness.is_ready() {
        return unavailable("This process is stopping");
    }
    if !components::database_answers(&app).await {
        return unavailable("The database does not answer");
    }
    Ok(HttpResponse::Ok().json(ProbeBody { status: "ready" }))
}
