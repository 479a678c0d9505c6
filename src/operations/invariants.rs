//! `/api/v1/invariants`: checks the invariants of the data.

use actix_web::{HttpResponse, web};
use boxoffice_engine::invariants::{Invariant, InvariantReport, check_invariants};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::http::auth::Operator;
use crate::http::routes::{Routes, routes};
use crate::http::timestamp::Timestamp;

/// The routes of this feature.
pub fn routes() -> Routes {
    routes![show]
}

/// Result of an invariants check. All numbers belong to the same moment.
#[derive(Serialize, ToSchema)]
#[schema(as = Invariants)]
struct InvariantsBody {
    /// Whether every invariant holds.
    clean: bool,
    as_of: Timestamp,
    invariants: Vec<InvariantBody>,
}

/// One invariant: two numbers that are computed in different ways, and the verdict.
#[derive(Serialize, ToSchema)]
#[schema(as = Invariant)]
struct InvariantBody {
    #[schema(example = "held_equals_active_holds")]
    name: &'static str,
    /// The two numbers that are compared, and the meaning of a breach.
    description: &'static str,
    #[schema(example = 30)]
    expected: i64,
    #[schema(example = 30)]
    actual: i64,
    /// Number of pools, holds, events … that break the invariant.
    #[schema(minimum = 0, example = 0)]
    breaches: i64,
    /// Whether there is no breach.
    holds: bool,
}

/// Check the invariants
///
/// For operators, because it reads whole tables. The status is 200 also if an invariant is broken; `clean` is the
/// verdict.
#[utoipa::path(
    get,
    path = "/api/v1/invariants",
    tag = "operations",
    operation_id = "get_invariants",
    responses(
        (status = 200, description = "Every invariant with its two numbers and the verdict", body = InvariantsBody),
        (status = 503, description = "UNAVAILABLE, or OVERLOADED while another check of the invariants runs"),
    ),
)]
pub async fn show(app: web::Data<App>, _: Operator) -> Result<HttpResponse, ApiError> {
    let Ok(permit) = app.invariants_semaphore.clone().try_acquire_owned() else {
        return Err(ApiError::new(ErrorCode::Overloaded).with_detail("A check of the invariants is running already"));
    };
    let pool = app.pool.clone();
    // In its own task, because the check continues when the client disconnects, and must keep the permit until its end.
    let task = tokio::spawn(async move {
        let report = check_invariants(&pool).await;
        drop(permit);
        report
    });
    let report = task.await.map_err(ApiError::internal)?.map_err(failure)?;
    Ok(HttpResponse::Ok().json(InvariantsBody::from(&report)))
}

/// A failure of the database is converted as usual (503 if it is temporary); any other error is a bug.
fn failure(error: anyhow::Error) -> ApiError {
    match error.downcast::<sqlx::Error>() {
        Ok(error) => error.into(),
        Err(error) => ApiError::internal(error),
    }
}

impl From<&InvariantReport> for InvariantsBody {
    fn from(report: &InvariantReport) -> Self {
        Self {
            clean: report.clean(),
            as_of: Timestamp(report.as_of),
            invariants: report.invariants.iter().map(InvariantBody::from).collect(),
        }
    }
}

impl From<&Invariant> for InvariantBody {
    fn from(invariant: &Invariant) -> Self {
        Self {
            name: invariant.name,
            description: invariant.description,
            expected: invariant.expected,
            actual: invariant.actual,
            breaches: invariant.breaches,
            holds: invariant.holds(),
        }
    }
}
