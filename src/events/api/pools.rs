//! `/api/v1/pools`: the pools of an event's capacity.

use actix_web::{HttpResponse, web};
use boxoffice_engine::ids::{EventId, PoolId};
use boxoffice_engine::inventory::command::{Command, Outcome, Pool};
use boxoffice_engine::quantity::{CAPACITY_MAX, Capacity};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::error::ApiError;
use crate::http::auth::Operator;
use crate::http::body::Body;
use crate::http::command::{submit, unexpected_outcome};
use crate::http::path::Id;
use crate::http::routes::{Routes, routes};

/// The routes of this feature.
pub fn routes() -> Routes {
    routes![resize].tag("pools", "Parts of an event's capacity")
}

/// New capacity of a pool.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ResizePool, example = json!({"capacity": 450}))]
pub struct ResizeBody {
    /// Number of places. At least the sum of held, booked and blocked places; together with the event's other pools at
    /// most 10,000,000.
    #[schema(minimum = 0, maximum = 10_000_000)]
    capacity: i64,
}

/// A pool and its counters.
#[derive(Serialize, ToSchema)]
#[schema(as = Pool)]
struct PoolBody {
    pool_id: PoolId,
    event_id: EventId,
    #[schema(minimum = 0, maximum = 10_000_000, example = 450)]
    capacity: u32,
    /// Places that are not held, booked or blocked.
    #[schema(minimum = 0, example = 120)]
    available: u32,
    /// Places in holds, including overdue holds that were not swept yet.
    #[schema(minimum = 0, example = 30)]
    held: u32,
    #[schema(minimum = 0, example = 300)]
    booked: u32,
    /// Places that the organiser keeps from sale.
    #[schema(minimum = 0, example = 0)]
    blocked: u32,
}

/// Resize a pool
///
/// Sets the pool's capacity, effective at once. It cannot become less than the held, booked and blocked places. The
/// capacity of a pool of seats is its number of seats and cannot be changed.
#[utoipa::path(
    patch,
    path = "/api/v1/pools/{id}",
    tag = "pools",
    operation_id = "resize_pool",
    params(("id" = PoolId, Path, description = "The pool")),
    request_body = ResizeBody,
    responses(
        (status = 200, description = "The resized pool", body = PoolBody),
        (status = 404, description = "POOL_NOT_FOUND"),
        (status = 409, description = "CAPACITY_BELOW_COMMITTED with `requested` and `least`, the smallest possible capacity; POOL_OF_SEATS"),
        (status = 422, description = "VALIDATION_FAILED with the field's `pointer` and, if the event would become too large, `max`, the largest possible capacity"),
    ),
)]
pub async fn resize(
    app: web::Data<App>,
    _: Operator,
    Id(pool_id): Id<PoolId>,
    Body(body): Body<ResizeBody>,
) -> Result<HttpResponse, ApiError> {
    let out_of_range = || {
        let detail = format!("must be 0 to {CAPACITY_MAX}");
        ApiError::invalid("/capacity", detail).with_member("min", 0).with_member("max", CAPACITY_MAX)
    };
    let capacity = Capacity::new(body.capacity).ok_or_else(out_of_range)?;
    match submit(&app, Command::Resize { pool_id, capacity }).await? {
        Outcome::Resized(pool) => Ok(HttpResponse::Ok().json(PoolBody::from(&pool))),
        outcome => Err(unexpected_outcome(&outcome)),
    }
}

impl From<&Pool> for PoolBody {
    fn from(pool: &Pool) -> Self {
        Self {
            pool_id: pool.pool_id,
            event_id: pool.event_id,
            capacity: pool.capacity,
            available: pool.available(),
            held: pool.held,
            booked: pool.booked,
            blocked: pool.blocked,
        }
    }
}
