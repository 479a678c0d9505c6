//! `/api/v1/pools`: the counted amounts of an event's capacity.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use super::command::{submit, unexpected};
use super::path::Id;
use super::permission::Operator;
use crate::app::App;
use crate::domain::ids::{EventId, PoolId};
use crate::domain::quantity::{CAPACITY_MAX, Capacity};
use crate::error::ApiError;
use crate::inventory::command::{Command, Outcome, Pool};

/// The capacity that a pool shall have.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ResizePool, example = json!({"capacity": 450}))]
pub struct ResizeBody {
    /// Not less than what is held, booked and blocked; with the event's other pools at most 10,000,000.
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
    /// Places that nobody has.
    #[schema(minimum = 0, example = 120)]
    available: u32,
    /// Places in live holds.
    #[schema(minimum = 0, example = 30)]
    held: u32,
    #[schema(minimum = 0, example = 300)]
    booked: u32,
    /// Places that the organiser keeps back.
    #[schema(minimum = 0, example = 0)]
    blocked: u32,
}

/// Resize a pool
///
/// It is effective at once. A pool of seats has one place for each, and cannot be resized. Holds count as well as bookings: their owners were promised the places.
#[utoipa::path(
    patch,
    path = "/api/v1/pools/{id}",
    tag = "pools",
    operation_id = "resize_pool",
    params(("id" = PoolId, Path, description = "The pool")),
    request_body = ResizeBody,
    responses(
        (status = 200, description = "The pool as it is now", body = PoolBody),
        (status = 404, description = "POOL_NOT_FOUND"),
        (status = 409, description = "CAPACITY_BELOW_COMMITTED, with `requested` and the `least` possible capacity; POOL_OF_SEATS"),
        (status = 422, description = "VALIDATION_FAILED with the field's `pointer` and, where the event would get too large, the `max` that is possible"),
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
        ApiError::invalid("/capacity", detail).with("min", 0).with("max", CAPACITY_MAX)
    };
    let capacity = Capacity::new(body.capacity).ok_or_else(out_of_range)?;
    match submit(&app, Command::Resize { pool_id, capacity }).await? {
        Outcome::Resized(pool) => Ok(HttpResponse::Ok().json(PoolBody::from(&pool))),
        outcome => Err(unexpected(&outcome)),
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
