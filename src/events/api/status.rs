//! `/api/v1/events/{id}/status`: the counters of an event.

use actix_web::http::header::ContentType;
use actix_web::web::Bytes;
use actix_web::{HttpResponse, web};
use boxoffice_engine::ids::{EventId, PoolId, TicketTypeId};
use boxoffice_engine::model::event::EventStatus;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{ApiError, ErrorCode};
use crate::events::sql::status::{EventCounts, PoolCounts, TicketTypeCounts};
use crate::events::status_reads::StatusReads;
use crate::http::path::Id;
use crate::http::routes::{Routes, routes};
use crate::http::timestamp::Timestamp;

/// The routes of this feature.
pub fn routes() -> Routes {
    routes![show].frequent()
}

/// An event's counters at one moment. `total` = `available` + `held` + `booked` + `blocked`, for each pool and for the
/// event.
#[derive(Serialize, ToSchema)]
#[schema(as = EventCounts)]
struct StatusBody<'a> {
    event_id: EventId,
    status: EventStatus,
    #[schema(example = 500)]
    total: i64,
    /// Places that are not held, booked or blocked.
    #[schema(example = 120)]
    available: i64,
    /// Places in holds, including overdue holds that were not swept yet; the places of those can already be held again.
    #[schema(example = 30)]
    held: i64,
    #[schema(example = 350)]
    booked: i64,
    /// Places that the organiser keeps from sale.
    #[schema(example = 0)]
    blocked: i64,
    pools: Vec<PoolBody<'a>>,
    ticket_types: Vec<TicketTypeBody<'a>>,
    /// ISO 4217 code of the prices; `null` when every ticket type is free.
    #[schema(example = "EUR")]
    currency: Option<String>,
    /// Number of changes of the event's inventory so far. Of two responses, the one with the higher number is newer.
    #[schema(example = 1042)]
    sequence: i64,
    /// The response includes every change that was committed before this time.
    as_of: Timestamp,
}

/// One pool's counters.
#[derive(Serialize, ToSchema)]
#[schema(as = PoolCounts)]
struct PoolBody<'a> {
    pool_id: PoolId,
    #[schema(example = "Stalls")]
    name: &'a str,
    total: i32,
    available: i32,
    held: i32,
    booked: i32,
    blocked: i32,
}

/// Price and availability of one ticket type.
#[derive(Serialize, ToSchema)]
#[schema(as = TicketTypeCounts)]
struct TicketTypeBody<'a> {
    ticket_type_id: TicketTypeId,
    #[schema(example = "Adult")]
    name: &'a str,
    pool_id: PoolId,
    /// Price in minor units of the currency (cents).
    #[schema(example = 2500)]
    price: i64,
    /// Available places of its pool. All ticket types of a pool share them, so these numbers must not be added up.
    available: i32,
}

/// Show the counters of an event
///
/// Available, held, booked and blocked places. All numbers belong to the same moment. They may have changed when the
/// response arrives; only a hold guarantees places.
#[utoipa::path(
    get,
    path = "/api/v1/events/{id}/status",
    tag = "events",
    operation_id = "get_event_status",
    params(("id" = EventId, Path, description = "The event")),
    responses(
        (status = 200, description = "The counters", body = StatusBody),
        (status = 404, description = "EVENT_NOT_FOUND"),
        (status = 503, description = "OVERLOADED, UNAVAILABLE"),
    ),
)]
pub async fn show(reads: web::Data<StatusReads>, Id(event_id): Id<EventId>) -> Result<HttpResponse, ApiError> {
    let counts = reads.status(event_id).await?;
    let counts = counts.ok_or(ApiError::new(ErrorCode::EventNotFound))?;
    Ok(HttpResponse::Ok().content_type(ContentType::json()).body(counts.body(write)))
}

fn write(counts: &EventCounts) -> Bytes {
    let body = serde_json::to_vec(&StatusBody::from(counts)).expect("counters and names serialise");
    body.into()
}

impl<'a> From<&'a EventCounts> for StatusBody<'a> {
    fn from(counts: &'a EventCounts) -> Self {
        let sum = |count: fn(&PoolCounts) -> i32| counts.pools.iter().map(|pool| i64::from(count(pool))).sum();
        Self {
            event_id: counts.event_id,
            status: counts.status,
            total: sum(|pool| pool.capacity),
            available: sum(PoolCounts::available),
            held: sum(|pool| pool.held),
            booked: sum(|pool| pool.booked),
            blocked: sum(|pool| pool.blocked),
            pools: counts.pools.iter().map(PoolBody::from).collect(),
            ticket_types: counts.ticket_types.iter().map(TicketTypeBody::from).collect(),
            currency: counts.currency.map(String::from),
            sequence: counts.sequence,
            as_of: Timestamp(counts.as_of),
        }
    }
}

impl<'a> From<&'a PoolCounts> for PoolBody<'a> {
    fn from(pool: &'a PoolCounts) -> Self {
        Self {
            pool_id: pool.pool_id,
            name: &pool.name,
            total: pool.capacity,
            available: pool.available(),
            held: pool.held,
            booked: pool.booked,
            blocked: pool.blocked,
        }
    }
}

impl<'a> From<&'a TicketTypeCounts> for TicketTypeBody<'a> {
    fn from(ticket_type: &'a TicketTypeCounts) -> Self {
        Self {
            ticket_type_id: ticket_type.ticket_type_id,
            name: &ticket_type.name,
            pool_id: ticket_type.pool_id,
            price: ticket_type.price,
            available: ticket_type.available,
        }
    }
}
