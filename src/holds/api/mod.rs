//! Holds: place, show, change, extend, release, expire.

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

mod hold_body;
pub mod item_body;
mod place_body;
mod wanted_body;

pub use hold_body::HoldBody;
pub use place_body::{ChangeItemsBody, PlaceBody};
pub use wanted_body::{ItemWantedBody, parse_portion, parse_seat_ids};

use super::claimed_hold::ClaimedHold;
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::holds::payment_token::PaymentTokens;
use crate::holds::sql;
use crate::http::auth::Operator;
use crate::http::body::Body;
use crate::http::command::{submit, unexpected_outcome};
use crate::http::path::Id;
use crate::http::read::with_deadline;
use crate::http::routes::{Routes, routes};
use crate::idempotency::key::{IdempotencyKey, REPLAYED_HEADER};
use crate::telemetry::request::RequestLine;
use boxoffice_engine::ids::HoldId;
use boxoffice_engine::inventory::command::{Command, ExpiryCause, NewHold, Outcome};
use boxoffice_engine::model::hold::HoldStatus;

/// The routes of this feature.
pub fn routes() -> Routes {
    routes![place]
        .frequent()
        .and(routes![show, change_items, extend, release, expire])
        .tag("holds", "Temporary claims on capacity, with an expiry")
}

/// Success of a change that has no other result.
#[derive(Serialize, ToSchema)]
pub struct HoldEndedBody {
    /// Always true; a failure is a problem document.
    success: bool,
    hold_id: HoldId,
    status: HoldStatus,
}

/// Place a hold
///
/// All or nothing: if one item is not available, nothing is held, and the error says what is available. Prices are
/// fixed now and do not change while the hold is active. The `payment_token` proves possession of the hold. It is
/// returned only here, so store it. `server_time` and `expires_in_ms` come from the database's clock, so a countdown is
/// correct even if the client's clock is wrong. If capacity is missing, the error also has `server_time`, besides
/// `retry_at`; `shortages` lists each pool without enough capacity, and the `ticket_type_ids` of the request that use
/// it.
///
/// With an `Idempotency-Key`, a repeated request returns the same response with `Idempotent-Replayed: true`. Errors are
/// not stored, so a request repeated after an error is executed again.
#[utoipa::path(
    post,
    path = "/api/v1/holds",
    tag = "holds",
    operation_id = "place_hold",
    request_body = PlaceBody,
    params(("Idempotency-Key" = Option<Uuid>, Header, description = "A UUID generated for this request")),
    responses(
        (status = 201, description = "The hold was placed", body = HoldBody, headers(
            ("Location" = String, description = "Path of the hold"),
            ("Idempotent-Replayed" = bool, description = "Present if the response repeats an earlier one"),
        )),
        (status = 403, description = "SALE_NOT_STARTED"),
        (status = 404, description = "EVENT_NOT_FOUND, TICKET_TYPE_NOT_FOUND, SEATS_NOT_FOUND, SECTION_NOT_FOUND"),
        (status = 409, description = "INSUFFICIENT_SEATS, SEATS_UNAVAILABLE with exactly the seats that are not available, SEATS_NOT_TOGETHER with `most`, the largest possible group, LEAVES_ORPHANS with the seats that would be left single, EVENT_NOT_ON_SALE"),
        (status = 422, description = "VALIDATION_FAILED, QUANTITY_OUT_OF_RANGE, IDEMPOTENCY_KEY_REUSED"),
    ),
)]
pub async fn place(
    app: web::Data<App>,
    tokens: web::Data<PaymentTokens>,
    line: RequestLine,
    key: IdempotencyKey,
    Body(body): Body<PlaceBody>,
) -> Result<HttpResponse, ApiError> {
    line.note_event(body.event_id());
    let command = NewHold {
        hold_id: HoldId::generate(body.event_id()),
        event_id: body.event_id(),
        wanted: body.requested_items(app.settings.hold_rules.quantity_max)?,
        ttl_seconds: body.ttl_seconds()?,
        idempotency: key.idempotency("POST /api/v1/holds", &body),
    };
    let (hold, replayed) = match submit(&app, Command::Place(command)).await? {
        Outcome::Placed { hold, replayed } => (hold, replayed),
        other => return Err(unexpected_outcome(&other)),
    };
    line.note_hold(hold.hold_id);

    let mut response = HttpResponse::Created();
    response.insert_header((LOCATION, format!("/api/v1/holds/{}", hold.hold_id)));
    if replayed {
        response.insert_header((REPLAYED_HEADER, "true"));
    }
    Ok(response.json(HoldBody::from_placed(&hold, tokens.token(hold.hold_id))))
}

/// Show a hold
///
/// The payment token is not included. An overdue hold is shown as expired, also before it is swept.
#[utoipa::path(
    get,
    path = "/api/v1/holds/{id}",
    tag = "holds",
    operation_id = "get_hold",
    params(("id" = HoldId, Path, description = "The hold")),
    responses(
        (status = 200, description = "The current hold", body = HoldBody),
        (status = 404, description = "HOLD_NOT_FOUND"),
    ),
)]
pub async fn show(app: web::Data<App>, line: RequestLine, Id(hold_id): Id<HoldId>) -> Result<HttpResponse, ApiError> {
    let found = with_deadline(&app, sql::hold(&app.pool, hold_id)).await?;
    let found = found.ok_or_else(|| ApiError::new(ErrorCode::HoldNotFound))?;
    line.note_event(found.hold.event_id);
    Ok(HttpResponse::Ok().json(HoldBody::from_current(&found)))
}

/// Change the items of a hold
///
/// Replaces the hold's items with exactly the given ones, all or nothing. The hold keeps its expiry. Its present seats
/// and places count as available for this request; those that it keeps also keep their price. The event must be on
/// sale. Repeating the request changes nothing more, except that `best_available` picks seats again.
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
        (status = 200, description = "The changed hold", body = HoldBody),
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
    let wanted = body.requested_items(app.settings.hold_rules.quantity_max)?;
    match submit(&app, Command::ChangeItems { hold_id, possession, wanted }).await? {
        Outcome::ItemsChanged { hold, at } => {
            line.note_event(hold.event_id);
            Ok(HttpResponse::Ok().json(HoldBody::from_changed(&hold, at)))
        }
        other => Err(unexpected_outcome(&other)),
    }
}

/// Extend a hold
///
/// Restarts the hold's time to live from now, up to the service's maximum lifetime since the hold was placed.
/// `extensions_left` is the number of extensions that are still possible.
///
/// A repeat does not use up an extension: if the hold was extended before and would gain less than 5 seconds, nothing
/// changes, and the response is the current hold with `Idempotent-Replayed: true`. So if a response was lost, the
/// request can be repeated within 5 seconds of the first, also if that was the last extension. A later repeat is a new
/// extension. After the maximum lifetime is reached, every further request is answered like a repeat.
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
        (status = 200, description = "The hold was extended, now or by an earlier request", body = HoldBody, headers(
            ("Idempotent-Replayed" = bool, description = "Present if the response repeats an earlier one"),
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
            Ok(response.json(HoldBody::from_extended(&hold, extensions_left, at)))
        }
        other => Err(unexpected_outcome(&other)),
    }
}

/// Release a hold
///
/// Makes the hold's seats and places available at once. Releasing a released hold succeeds again.
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
        (status = 200, description = "The hold is released, now or by an earlier request", body = HoldEndedBody),
        (status = 403, description = "INVALID_PAYMENT_TOKEN"),
        (status = 404, description = "HOLD_NOT_FOUND"),
        (status = 409, description = "HOLD_NOT_ACTIVE"),
        (status = 410, description = "HOLD_EXPIRED"),
    ),
)]
pub async fn release(app: web::Data<App>, claimed: ClaimedHold) -> Result<HttpResponse, ApiError> {
    let ClaimedHold { hold_id, possession } = claimed;
    match submit(&app, Command::Release { hold_id, possession }).await? {
        Outcome::Released { hold_id } => Ok(ended_response(hold_id, HoldStatus::Released)),
        other => Err(unexpected_outcome(&other)),
    }
}

/// Expire a hold
///
/// For operators: expires an active hold before `expires_at`. Expiring an expired hold succeeds again.
#[utoipa::path(
    post,
    path = "/api/v1/holds/{id}/expire",
    tag = "holds",
    operation_id = "expire_hold",
    params(("id" = HoldId, Path, description = "The hold")),
    responses(
        (status = 200, description = "The hold is expired, now or by an earlier request", body = HoldEndedBody),
        (status = 404, description = "HOLD_NOT_FOUND"),
        (status = 409, description = "HOLD_NOT_ACTIVE"),
    ),
)]
pub async fn expire(app: web::Data<App>, _: Operator, Id(hold_id): Id<HoldId>) -> Result<HttpResponse, ApiError> {
    let cause = ExpiryCause::Operator;
    match submit(&app, Command::Expire { hold_id, cause }).await? {
        Outcome::Expired { hold_id } => Ok(ended_response(hold_id, HoldStatus::Expired)),
        other => Err(unexpected_outcome(&other)),
    }
}

fn ended_response(hold_id: HoldId, status: HoldStatus) -> HttpResponse {
    HttpResponse::Ok().json(HoldEndedBody { success: true, hold_id, status })
}
