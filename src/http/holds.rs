//! Holds: place, look, change, extend, release, expire.

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

mod hold_body;
mod place_body;
mod wanted_body;

pub use hold_body::HoldBody;
pub use place_body::{ChangeItemsBody, PlaceBody};
pub use wanted_body::{ItemWantedBody, portion, seats_named};

use super::body::Body;
use super::command::{submit, unexpected};
use super::idempotency::{IdempotencyKey, REPLAYED_HEADER};
use super::path::Id;
use super::permission::{ClaimedHold, Operator};
use super::read::with_deadline;
use crate::app::App;
use crate::domain::hold::HoldStatus;
use crate::domain::ids::HoldId;
use crate::error::{ApiError, ErrorCode};
use crate::inventory::command::{Command, ExpiryCause, Outcome, Place};
use crate::queries;
use crate::telemetry::request::RequestLine;

/// What says that it worked, for changes with nothing else to tell.
#[derive(Serialize, ToSchema)]
pub struct HoldEndedBody {
    /// Always true; a failure is a problem document.
    success: bool,
    hold_id: HoldId,
    status: HoldStatus,
}

/// Place a hold
///
/// All or nothing: if one item cannot be had, nothing is held, and the refusal says what could be. Prices are fixed now
/// and do not change while the hold lives. The answer's `payment_token` proves possession and is told only here: keep it.
/// `server_time` and `expires_in_ms` are by the database's clock, so a client whose clock is wrong counts down correctly.
/// Where room is lacking the refusal has `server_time` too, beside `retry_at`; its `shortages` name each pool that lacks
/// room, and the `ticket_type_ids` of the request that draw from it.
///
/// With an `Idempotency-Key` a repeat gives the same answer with `Idempotent-Replayed: true`; a refusal is not
/// remembered, so that the next try is judged afresh.
#[utoipa::path(
    post,
    path = "/api/v1/holds",
    tag = "holds",
    operation_id = "place_hold",
    request_body = PlaceBody,
    params(("Idempotency-Key" = Option<Uuid>, Header, description = "A UUID made for this request")),
    responses(
        (status = 201, description = "Held", body = HoldBody, headers(
            ("Location" = String, description = "The hold"),
            ("Idempotent-Replayed" = bool, description = "Present on the answer to a repeat"),
        )),
        (status = 403, description = "SALE_NOT_STARTED"),
        (status = 404, description = "EVENT_NOT_FOUND, TICKET_TYPE_NOT_FOUND, SEATS_NOT_FOUND, SECTION_NOT_FOUND"),
        (status = 409, description = "INSUFFICIENT_SEATS, SEATS_UNAVAILABLE naming exactly those that are gone, SEATS_NOT_TOGETHER with the `most` that could be had, LEAVES_ORPHANS naming those that would be left alone, EVENT_NOT_ON_SALE"),
        (status = 422, description = "VALIDATION_FAILED, QUANTITY_OUT_OF_RANGE, IDEMPOTENCY_KEY_REUSED"),
    ),
)]
pub async fn place(
    app: web::Data<App>,
    line: RequestLine,
    key: IdempotencyKey,
    Body(body): Body<PlaceBody>,
) -> Result<HttpResponse, ApiError> {
    line.note_event(body.event_id());
    let command = Place {
        hold_id: HoldId::generate(body.event_id()),
        event_id: body.event_id(),
        wanted: body.wanted(app.settings.hold_rules.quantity_max)?,
        ttl_seconds: body.ttl_seconds()?,
        idempotency: key.of("POST /api/v1/holds", &body),
    };
    let (hold, replayed) = match submit(&app, Command::Place(command)).await? {
        Outcome::Placed { hold, replayed } => (hold, replayed),
        other => return Err(unexpected(&other)),
    };
    line.note_hold(hold.hold_id);

    let mut response = HttpResponse::Created();
    response.insert_header((LOCATION, format!("/api/v1/holds/{}", hold.hold_id)));
    if replayed {
        response.insert_header((REPLAYED_HEADER, "true"));
    }
    Ok(response.json(HoldBody::placed(&hold, app.tokens.token(hold.hold_id))))
}

/// Look at a hold
///
/// Without its token. A hold whose time has come is shown as expired, swept or not.
#[utoipa::path(
    get,
    path = "/api/v1/holds/{id}",
    tag = "holds",
    operation_id = "get_hold",
    params(("id" = HoldId, Path, description = "The hold")),
    responses(
        (status = 200, description = "The hold as it is now", body = HoldBody),
        (status = 404, description = "HOLD_NOT_FOUND"),
    ),
)]
pub async fn show(app: web::Data<App>, line: RequestLine, Id(hold_id): Id<HoldId>) -> Result<HttpResponse, ApiError> {
    let found = with_deadline(&app, queries::hold::hold(&app.pool, hold_id)).await?;
    let found = found.ok_or_else(|| ApiError::new(ErrorCode::HoldNotFound))?;
    line.note_event(found.hold.event_id);
    Ok(HttpResponse::Ok().json(HoldBody::now(&found)))
}

/// Change what a hold has
///
/// Other seats, more or fewer places: the hold has exactly these items then, all or nothing, and keeps its expiry. What it has
/// already counts as free, so seats and places that it keeps are no obstacle, and keep their price. The event must be on sale.
/// Sending the same again changes nothing more; the best seats are picked anew.
#[utoipa::path(
    put,
    path = "/api/v1/holds/{id}/items",
    tag = "holds",
    operation_id = "change_items",
    request_body = ChangeItemsBody,
    params(
        ("id" = HoldId, Path, description = "The hold"),
        ("X-Payment-Token" = String, Header, description = "The hold's payment token"),
    ),
    responses(
        (status = 200, description = "The hold as it is now", body = HoldBody),
        (status = 403, description = "INVALID_PAYMENT_TOKEN, SALE_NOT_STARTED"),
        (status = 404, description = "HOLD_NOT_FOUND, TICKET_TYPE_NOT_FOUND, SEATS_NOT_FOUND, SECTION_NOT_FOUND"),
        (status = 409, description = "HOLD_NOT_ACTIVE, EVENT_NOT_ON_SALE, INSUFFICIENT_SEATS, SEATS_UNAVAILABLE, SEATS_NOT_TOGETHER, LEAVES_ORPHANS"),
        (status = 410, description = "HOLD_EXPIRED"),
        (status = 422, description = "VALIDATION_FAILED, QUANTITY_OUT_OF_RANGE"),
    ),
)]
pub async fn change_items(
    app: web::Data<App>,
    line: RequestLine,
    claimed: ClaimedHold,
    Body(body): Body<ChangeItemsBody>,
) -> Result<HttpResponse, ApiError> {
    let ClaimedHold { hold_id, possession } = claimed;
    let wanted = body.wanted(app.settings.hold_rules.quantity_max)?;
    match submit(&app, Command::ChangeItems { hold_id, possession, wanted }).await? {
        Outcome::ItemsChanged { hold, at } => {
            line.note_event(hold.event_id);
            Ok(HttpResponse::Ok().json(HoldBody::changed(&hold, at)))
        }
        other => Err(unexpected(&other)),
    }
}

/// Extend a hold
///
/// The hold gets its time to live again, counted from now, within the longest life that the service allows, counted
/// from when it was placed. `extensions_left` says how often this can still be done.
///
/// A repeat uses nothing up: if the hold was extended before and would gain less than 5 seconds, nothing changes, and the
/// answer is the hold as it is now, with `Idempotent-Replayed: true`. So a request whose answer was lost can be sent again
/// within 5 seconds of the first, also if that was the last extension; what comes later extends the hold once more. Once
/// the longest life is reached, each further request is answered so.
#[utoipa::path(
    post,
    path = "/api/v1/holds/{id}/extend",
    tag = "holds",
    operation_id = "extend_hold",
    params(
        ("id" = HoldId, Path, description = "The hold"),
        ("X-Payment-Token" = String, Header, description = "The hold's payment token"),
    ),
    responses(
        (status = 200, description = "Extended, now or a moment ago", body = HoldBody, headers(
            ("Idempotent-Replayed" = bool, description = "Present on the answer to a repeat"),
        )),
        (status = 403, description = "INVALID_PAYMENT_TOKEN"),
        (status = 404, description = "HOLD_NOT_FOUND"),
        (status = 409, description = "HOLD_NOT_ACTIVE, EXTENSION_LIMIT_REACHED"),
        (status = 410, description = "HOLD_EXPIRED"),
    ),
)]
pub async fn extend(app: web::Data<App>, line: RequestLine, claimed: ClaimedHold) -> Result<HttpResponse, ApiError> {
    let ClaimedHold { hold_id, possession } = claimed;
    match submit(&app, Command::Extend { hold_id, possession }).await? {
        Outcome::Extended { hold, extensions_left, at, replayed } => {
            line.note_event(hold.event_id);
            let mut response = HttpResponse::Ok();
            if replayed {
                response.insert_header((REPLAYED_HEADER, "true"));
            }
            Ok(response.json(HoldBody::extended(&hold, extensions_left, at)))
        }
        other => Err(unexpected(&other)),
    }
}

/// Release a hold
///
/// Gives its room back at once. Releasing a released hold succeeds again.
#[utoipa::path(
    delete,
    path = "/api/v1/holds/{id}",
    tag = "holds",
    operation_id = "release_hold",
    params(
        ("id" = HoldId, Path, description = "The hold"),
        ("X-Payment-Token" = String, Header, description = "The hold's payment token"),
    ),
    responses(
        (status = 200, description = "Released, now or before", body = HoldEndedBody),
        (status = 403, description = "INVALID_PAYMENT_TOKEN"),
        (status = 404, description = "HOLD_NOT_FOUND"),
        (status = 409, description = "HOLD_NOT_ACTIVE"),
        (status = 410, description = "HOLD_EXPIRED"),
    ),
)]
pub async fn release(app: web::Data<App>, claimed: ClaimedHold) -> Result<HttpResponse, ApiError> {
    let ClaimedHold { hold_id, possession } = claimed;
    match submit(&app, Command::Release { hold_id, possession }).await? {
        Outcome::Released { hold_id } => Ok(ended(hold_id, HoldStatus::Released)),
        other => Err(unexpected(&other)),
    }
}

/// Expire a hold
///
/// For operators: ends an active hold before its time. Expiring an expired hold succeeds again.
#[utoipa::path(
    post,
    path = "/api/v1/holds/{id}/expire",
    tag = "holds",
    operation_id = "expire_hold",
    params(("id" = HoldId, Path, description = "The hold")),
    responses(
        (status = 200, description = "Expired, now or before", body = HoldEndedBody),
        (status = 404, description = "HOLD_NOT_FOUND"),
        (status = 409, description = "HOLD_NOT_ACTIVE"),
    ),
)]
pub async fn expire(app: web::Data<App>, _: Operator, Id(hold_id): Id<HoldId>) -> Result<HttpResponse, ApiError> {
    let cause = ExpiryCause::Operator;
    match submit(&app, Command::Expire { hold_id, cause }).await? {
        Outcome::Expired { hold_id } => Ok(ended(hold_id, HoldStatus::Expired)),
        other => Err(unexpected(&other)),
    }
}

fn ended(hold_id: HoldId, status: HoldStatus) -> HttpResponse {
    HttpResponse::Ok().json(HoldEndedBody { success: true, hold_id, status })
}
