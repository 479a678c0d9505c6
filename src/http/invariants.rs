//! `/api/v1/invariants`: what must always be true, and whether it is.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::permission::Operator;
use super::wire::Timestamp;
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::queries::invariants::{Invariant, InvariantReport, check_invariants};

/// Every invariant, as of one moment.
#[derive(Serialize, ToSchema)]
#[schema(as = Invariants)]
struct InvariantsBody {
    /// Whether every invariant holds.
    clean: bool,
    as_of: Timestamp,
    invariants: Vec<InvariantBody>,
}

/// Two numbers that come about in different ways, and the verdict.
#[derive(Serialize, ToSchema)]
#[schema(as = Invariant)]
struct InvariantBody {
    #[schema(example = "held_equals_active_holds")]
    name: &'static str,
    /// Which two numbers are compared, and what a breach is.
    description: &'static str,
    #[schema(example = 30)]
    expected: i64,
    #[schema(example = 30)]
    actual: i64,
    /// How many pools, holds, events … break it.
    #[schema(minimum = 0, example = 0)]
    breaches: i64,
    /// The verdict: no breach.
    holds: bool,
}

/// Check what must always be true
///
/// For operators: it reads whole tables. 200 also when an invariant is broken; `clean` is the verdict.
#[utoipa::path(
    get,
    path = "/api/v1/invariants",
    tag = "operations",
    operation_id = "get_invariants",
    responses(
        (status = 200, description = "Every invariant with both numbers and a verdict", body = InvariantsBody),
        (status = 503, description = "UNAVAILABLE, or OVERLOADED while another check_invariants runs"),
    ),
)]
pub async fn show(app: web::Data<App>, _: Operator) -> Result<HttpResponse, ApiError> {
    let Ok(turn) = app.invariants_turn.clone().try_acquire_owned() else {
        return Err(ApiError::new(ErrorCode::Overloaded).detail("An check_invariants is running already"));
    };
    let pool = app.pool.clone();
    // The turn ends with the check_invariants, which goes on when the client goes away.
    let task = tokio::spawn(async move {
        let check_invariants = check_invariants(&pool).await;
        drop(turn);
        check_invariants
    });
    let check_invariants = task.await.map_err(ApiError::internal)?.map_err(failure)?;
    Ok(HttpResponse::Ok().json(InvariantsBody::from(&check_invariants)))
}

/// A database that cannot be reached will be back; anything else is a bug of ours.
fn failure(error: anyhow::Error) -> ApiError {
    match error.downcast::<sqlx::Error>() {
        Ok(error) => error.into(),
        Err(error) => ApiError::internal(error),
    }
}

impl From<&InvariantReport> for InvariantsBody {
    fn from(check_invariants: &InvariantReport) -> Self {
        Self {
            clean: check_invariants.clean(),
            as_of: Timestamp(check_invariants.as_of),
            invariants: check_invariants.invariants.iter().map(InvariantBody::from).collect(),
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
