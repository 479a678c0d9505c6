//! Blocks: what an organiser keeps back of an event, and why.

use std::collections::BTreeSet;

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use super::command::{submit, unexpected};
use super::holds::seats_named;
use super::path::{Id, uuid_in_path};
use super::permission::Operator;
use super::read::with_deadline;
use super::wire::Timestamp;
use crate::app::App;
use crate::domain::block::{BLOCK_REASON_LENGTH_MAX, Block, BlockPart, BlockWanted, BlockedPlaces};
use crate::domain::ids::{BlockId, EventId, PoolId};
use crate::domain::quantity::{CAPACITY_MAX, Quantity};
use crate::domain::text;
use crate::error::{ApiError, ErrorCode};
use crate::inventory::command::{Command, Outcome};
use crate::queries;

/// What a block shall be: either seats, or a quantity of a pool without seats.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PutBlock, example = json!({"reason": "EventSeats seats", "seat_ids": [17, 18]}))]
pub struct PutBlockBody {
    /// Why: house seats, a camera, a broken chair.
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
    /// All seats that the block keeps from now on, of whichever pools.
    #[schema(min_items = 1, max_items = 100_000)]
    seat_ids: Option<Vec<i64>>,
    /// The pool of `qty`.
    pool_id: Option<PoolId>,
    /// All places that the block keeps from now on.
    #[schema(minimum = 1, maximum = 10_000_000)]
    qty: Option<i64>,
}

/// A block.
#[derive(Serialize, ToSchema)]
#[schema(as = Block)]
struct BlockBody {
    block_id: BlockId,
    event_id: EventId,
    reason: String,
    /// Of all pools.
    #[schema(minimum = 1, example = 2)]
    qty: u32,
    pools: Vec<BlockedPoolBody>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// What a block keeps of one pool.
#[derive(Serialize, ToSchema)]
#[schema(as = BlockedPool)]
struct BlockedPoolBody {
    pool_id: PoolId,
    #[schema(minimum = 1, example = 2)]
    qty: u32,
    /// Absent where the pool has no seats.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    seat_ids: Vec<u32>,
}

/// The blocks of an event.
#[derive(Serialize, ToSchema)]
#[schema(as = Blocks)]
struct BlocksBody {
    blocks: Vec<BlockBody>,
}

/// Block places
///
/// The block has exactly these seats, or this many places, from then on, all or nothing: sent with other places or another
/// reason it changes, and sent again it does nothing more. What it keeps already counts as free. Held and booked seats cannot
/// be blocked. Whoever makes a block chooses its id.
#[utoipa::path(
    put,
    path = "/api/v1/events/{id}/blocks/{block_id}",
    tag = "blocks",
    operation_id = "put_block",
    params(
        ("id" = EventId, Path, description = "The event"),
        ("block_id" = BlockId, Path, description = "The block: a UUID made for it"),
    ),
    request_body = PutBlockBody,
    responses(
        (status = 200, description = "It was there before; the block as it is now", body = BlockBody),
        (status = 201, description = "Blocked", body = BlockBody, headers(
            ("Location" = String, description = "The blocks of the event"),
        )),
        (status = 404, description = "EVENT_NOT_FOUND, POOL_NOT_FOUND, SEATS_NOT_FOUND"),
        (status = 422, description = "VALIDATION_FAILED"),
        (status = 409, description = "SEATS_UNAVAILABLE naming those that are gone, INSUFFICIENT_SEATS, POOL_OF_SEATS"),
    ),
)]
pub async fn put(
    app: web::Data<App>,
    _: Operator,
    request: HttpRequest,
    Id(event_id): Id<EventId>,
    Body(body): Body<PutBlockBody>,
) -> Result<HttpResponse, ApiError> {
    let block_id = block_id(&request)?;
    let wanted = wanted(body)?;
    match submit(&app, Command::Block { event_id, block_id, wanted }).await? {
        Outcome::Blocked { block, created: false } => Ok(HttpResponse::Ok().json(BlockBody::from(&block))),
        Outcome::Blocked { block, created: true } => Ok(HttpResponse::Created()
            .insert_header((LOCATION, format!("/api/v1/events/{event_id}/blocks")))
            .json(BlockBody::from(&block))),
        outcome => Err(unexpected(&outcome)),
    }
}

/// Unblock places
///
/// Ends the block: what it kept is available again. To unblock only some of it, put the block with what it shall keep.
#[utoipa::path(
    delete,
    path = "/api/v1/events/{id}/blocks/{block_id}",
    tag = "blocks",
    operation_id = "delete_block",
    params(
        ("id" = EventId, Path, description = "The event"),
        ("block_id" = BlockId, Path, description = "The block"),
    ),
    responses(
        (status = 200, description = "Unblocked; the block as it was", body = BlockBody),
        (status = 404, description = "EVENT_NOT_FOUND, BLOCK_NOT_FOUND: also when it was unblocked before"),
    ),
)]
pub async fn delete(
    app: web::Data<App>,
    _: Operator,
    request: HttpRequest,
    Id(event_id): Id<EventId>,
) -> Result<HttpResponse, ApiError> {
    let block_id = block_id(&request)?;
    match submit(&app, Command::Unblock { event_id, block_id }).await? {
        Outcome::Unblocked { block } => Ok(HttpResponse::Ok().json(BlockBody::from(&block))),
        outcome => Err(unexpected(&outcome)),
    }
}

/// List the blocks of an event
#[utoipa::path(
    get,
    path = "/api/v1/events/{id}/blocks",
    tag = "blocks",
    operation_id = "list_blocks",
    params(("id" = EventId, Path, description = "The event")),
    responses(
        (status = 200, description = "All of them, the oldest first", body = BlocksBody),
        (status = 404, description = "EVENT_NOT_FOUND"),
    ),
)]
pub async fn list(app: web::Data<App>, _: Operator, Id(event_id): Id<EventId>) -> Result<HttpResponse, ApiError> {
    let blocks = with_deadline(&app, queries::blocks::blocks(&app.pool, event_id)).await?;
    let blocks = blocks.ok_or_else(|| ApiError::new(ErrorCode::EventNotFound))?;
    Ok(HttpResponse::Ok().json(BlocksBody { blocks: blocks.iter().map(BlockBody::from).collect() }))
}

fn wanted(body: PutBlockBody) -> Result<BlockWanted, ApiError> {
    let reason = text::line("/reason", &body.reason, BLOCK_REASON_LENGTH_MAX)?;
    let places = match (body.seat_ids, body.pool_id, body.qty) {
        (Some(seats), None, None) => BlockedPlaces::Seats(seats_named(&seats, "/seat_ids", &mut BTreeSet::new())?),
        (None, Some(pool_id), Some(qty)) => {
            let wrong = || ApiError::invalid("/qty", format!("must be 1 to {CAPACITY_MAX}"));
            BlockedPlaces::Places { pool_id, quantity: Quantity::new(qty).ok_or_else(wrong)? }
        }
        (None, Some(_), None) => return Err(ApiError::invalid("/qty", "Say how many places of the pool")),
        (None, None, Some(_)) => return Err(ApiError::invalid("/pool_id", "Say of which pool")),
        (None, None, None) => return Err(ApiError::invalid("/seat_ids", "Give either seat_ids, or pool_id and qty")),
        (Some(_), _, _) => {
            return Err(ApiError::invalid("/seat_ids", "Give either seat_ids, or pool_id and qty, not both"));
        }
    };
    Ok(BlockWanted { reason, places })
}

fn block_id(request: &HttpRequest) -> Result<BlockId, ApiError> {
    uuid_in_path(request, "block_id", "The block's id").map(BlockId::from)
}

impl From<&Block> for BlockBody {
    fn from(block: &Block) -> Self {
        Self {
            block_id: block.block_id,
            event_id: block.event_id,
            reason: block.reason.clone(),
            qty: block.quantity(),
            pools: block.parts.iter().map(BlockedPoolBody::from).collect(),
            created_at: Timestamp(block.created_at),
            updated_at: Timestamp(block.updated_at),
        }
    }
}

impl From<&BlockPart> for BlockedPoolBody {
    fn from(part: &BlockPart) -> Self {
        Self { pool_id: part.pool_id, qty: part.quantity, seat_ids: part.seats.iter().map(|seat| seat.0).collect() }
    }
}
