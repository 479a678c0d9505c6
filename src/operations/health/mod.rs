//! Health: for people (`/api/v1/health`), for operators (`/api/v1/health/status`), and for load balancers and
//! orchestrators (`/health/live`, `/health/ready`).

mod components;

use actix_web::{HttpResponse, web};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use self::components::Components;
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::http::routes::{Routes, routes};
use crate::http::timestamp::Timestamp;

/// The routes of this feature.
pub fn routes() -> Routes {
    routes![health, live, ready]
        .with_head()
        .and(routes![status])
        .tag("operations", "Health, metrics and checks, for operators of the service")
}

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
    /// Time of this server's own clock, for information only.
    timestamp: Timestamp,
}

/// Health of the service and of its components.
#[derive(Serialize, ToSchema)]
#[schema(as = HealthStatus)]
struct StatusBody<'a> {
    status: Verdict,
    #[schema(example = "Box Office API")]
    service: &'a str,
    #[schema(example = "0.1.0")]
    version: &'static str,
    /// Time of this server's own clock, for information only.
    timestamp: Timestamp,
    /// Whether it accepts requests; false while it stops.
    ready: bool,
    components: Components,
}

/// Answer to a probe. The result is the HTTP status.
#[derive(Serialize, ToSchema)]
#[schema(as = Probe)]
struct ProbeBody {
    #[schema(example = "ready")]
    status: &'static str,
}

/// Health of the service or of a component.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HealthVerdict)]
enum Verdict {
    Healthy,
    Degraded,
}

impl Verdict {
    fn from_healthy(healthy: bool) -> Self {
        if healthy { Self::Healthy } else { Self::Degraded }
    }
}

/// Show that the service is up
///
/// Does not check the database or other components.
#[utoipa::path(
    get,
    path = "/api/v1/health",
    tag = "operations",
    operation_id = "get_health",
    responses((status = 200, description = "The service is up", body = HealthBody)),
)]
pub async fn health(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok().json(HealthBody {
        status: "healthy",
        service: &app.settings.app_name,
        version: env!("CARGO_PKG_VERSION"),
        timestamp: Timestamp(OffsetDateTime::now_utc()),
    })
}

/// Show the health of the service
///
/// Checks each component.
///
/// The status is 200 for `healthy` and for `degraded`, because a degraded component does not always need a reaction.
/// Load balancers should use `/health/ready`.
#[utoipa::path(
    get,
    path = "/api/v1/health/status",
    tag = "operations",
    operation_id = "get_health_status",
    responses((status = 200, description = "The health of every component", body = StatusBody)),
)]
pub async fn status(app: web::Data<App>) -> HttpResponse {
    let components = components::check(&app).await;
    HttpResponse::Ok().json(StatusBody {
        status: components.verdict(),
        service: &app.settings.app_name,
        version: env!("CARGO_PKG_VERSION"),
        timestamp: Timestamp(OffsetDateTime::now_utc()),
        ready: app.readiness.is_ready(),
        components,
    })
}

/// Liveness probe
///
/// Answers 200 while the process works. It does not check the database: without an answer the process is restarted, and
/// a restart does not repair a database.
#[utoipa::path(
    get,
    path = "/health/live",
    tag = "operations",
    operation_id = "get_liveness",
    responses((status = 200, description = "The process works", body = ProbeBody)),
)]
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(ProbeBody { status: "live" })
}

/// Readiness probe
///
/// Answers 503 if the database is not available, and while the process is stopping. During the drain window it still
/// serves requests.
#[utoipa::path(
    get,
    path = "/health/ready",
    tag = "operations",
    operation_id = "get_readiness",
    responses(
        (status = 200, description = "The process accepts requests", body = ProbeBody),
        (status = 503, description = "UNAVAILABLE: send no requests"),
    ),
)]
pub async fn ready(app: web::Data<App>) -> Result<HttpResponse, ApiError> {
    let unavailable = |detail| Err(ApiError::new(ErrorCode::Unavailable).with_detail(detail));
    if !app.readiness.is_ready() {
        return unavailable("This process is stopping");
    }
    if !components::database_is_available(&app).await {
        return unavailable("The database does not answer");
    }
    Ok(HttpResponse::Ok().json(ProbeBody { status: "ready" }))
}
