//! Bookings: book a hold, show a booking, cancel it.

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use boxoffice_engine::ids::{BookingId, EventId, HoldId};
use boxoffice_engine::inventory::command::{Command, Outcome};
use boxoffice_engine::model::booking::{Booking, BookingStatus, Payment};
use boxoffice_engine::model::hold::Item;
use boxoffice_engine::money::Currency;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::bookings::sql;
use crate::error::{ApiError, ErrorCode};
use crate::holds::api::item_body::ItemBody;
use crate::holds::api::{ItemWantedBody, parse_portion};
use crate::holds::payment_token::PaymentTokens;
use crate::http::body::{Body, Object};
use crate::http::command::{submit, unexpected_outcome};
use crate::http::path::Id;
use crate::http::read::with_deadline;
use crate::http::routes::{Routes, routes};
use crate::http::timestamp::Timestamp;
use crate::idempotency::key::REPLAYED_HEADER;
use crate::telemetry::request::RequestLine;

/// The routes of this feature.
pub fn routes() -> Routes {
    routes![book].frequent().and(routes![show, cancel]).tag("bookings", "Holds made permanent")
}

/// The hold to book.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookBody {
    hold_id: HoldId,
    /// The hold's payment token, from the response to placing it.
    payment_token: String,
    /// Books only this part of the hold: quantities of its ticket types, or some of its seats. The rest is released.
    #[schema(value_type = Option<Vec<ItemWantedBody>>, min_items = 1, max_items = 50)]
    items: Option<Vec<Object<ItemWantedBody>>>,
    /// Books only these seats of the hold. Not together with `items`.
    #[schema(min_items = 1)]
    seat_ids: Option<Vec<i64>>,
}

/// A booking.
#[derive(Serialize, ToSchema)]
pub struct BookingBody {
    booking_id: BookingId,
    hold_id: HoldId,
    event_id: EventId,
    status: BookingStatus,
    /// Total quantity of the items.
    #[schema(minimum = 1, example = 2)]
    qty: u32,
    items: Vec<ItemBody>,
    /// Total price of the items in minor units of the currency (cents), at the prices of the hold.
    #[schema(minimum = 0, example = 5000)]
    total: i64,
    /// ISO 4217 code; null when the event is free.
    #[schema(value_type = Option<String>, example = "EUR")]
    currency: Option<Currency>,
    /// How it was paid. There are no payments yet, so nothing is charged, not even for holds with a price.
    payment: Payment,
    created_at: Timestamp,
    /// Only in a cancelled booking.
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled_at: Option<Timestamp>,
}

impl BookingBody {
    fn new(booking: &Booking, items: &[Item], currency: Option<Currency>) -> Self {
        let items: Vec<_> = items.iter().map(ItemBody::from).collect();
        Self {
            booking_id: booking.booking_id,
            hold_id: booking.hold_id,
            event_id: booking.event_id,
            status: booking.status,
            qty: items.iter().map(ItemBody::qty).sum(),
            total: items.iter().map(ItemBody::total).sum(),
            items,
            currency,
            payment: booking.payment,
            created_at: Timestamp(booking.created_at),
            cancelled_at: booking.cancelled_at.map(Timestamp),
        }
    }
}

/// Book a hold
///
/// Makes a hold permanent. The request is idempotent by its hold: a repeat returns the same booking with
/// `Idempotent-Replayed: true`, also long after the hold's expiry. Its status is the current one: it may be cancelled.
/// A wrong token is refused in the same way whether or not there is a booking.
///
/// Without `items` and `seat_ids` the whole hold is booked. Otherwise only the given part is booked, and the rest is
/// released in the same transaction. If the given part is not in the hold, the request is refused and nothing changes.
/// A repeat returns the first booking, whatever part it names.
///
/// There are no payments yet: a hold with a price is booked without payment, and the response has
/// `payment: "not_required"`.
#[utoipa::path(
    post,
    path = "/api/v1/book",
    tag = "bookings",
    operation_id = "book_hold",
    request_body = BookBody,
    responses(
        (status = 201, description = "The hold is booked, now or by an earlier request", body = BookingBody, headers(
            ("Location" = String, description = "Path of the booking"),
            ("Idempotent-Replayed" = bool, description = "Present if the response repeats an earlier one"),
        )),
        (status = 403, description = "INVALID_PAYMENT_TOKEN"),
        (status = 404, description = "HOLD_NOT_FOUND"),
        (status = 409, description = "HOLD_NOT_ACTIVE, NOT_IN_HOLD"),
        (status = 410, description = "HOLD_EXPIRED"),
        (status = 422, description = "VALIDATION_FAILED, QUANTITY_OUT_OF_RANGE"),
    ),
)]
pub async fn book(
    app: web::Data<App>,
    tokens: web::Data<PaymentTokens>,
    line: RequestLine,
    Body(body): Body<BookBody>,
) -> Result<HttpResponse, ApiError> {
    let hold_id = body.hold_id;
    line.note_hold(hold_id);
    let command = Command::Book {
        booking_id: BookingId::generate_from_hold(hold_id),
        hold_id,
        possession: tokens.verify(hold_id, &body.payment_token),
        portion: parse_portion(body.items.as_deref(), body.seat_ids.as_deref(), app.settings.hold_rules.quantity_max)?,
    };
    let (booking, hold, replayed) = match submit(&app, command).await? {
        Outcome::Booked { booking, hold, replayed } => (booking, hold, replayed),
        other => return Err(unexpected_outcome(&other)),
    };
    line.note_event(booking.event_id);
    line.note_booking(booking.booking_id);

    let mut response = HttpResponse::Created();
    response.insert_header((LOCATION, format!("/api/v1/bookings/{}", booking.booking_id)));
    if replayed {
        response.insert_header((REPLAYED_HEADER, "true"));
    }
    Ok(response.json(BookingBody::new(&booking, &hold.items, hold.currency)))
}

/// Show a booking
#[utoipa::path(
    get,
    path = "/api/v1/bookings/{id}",
    tag = "bookings",
    operation_id = "get_booking",
    params(("id" = BookingId, Path, description = "The booking")),
    responses(
        (status = 200, description = "The current booking", body = BookingBody),
        (status = 404, description = "BOOKING_NOT_FOUND"),
    ),
)]
pub async fn show(
    app: web::Data<App>,
    line: RequestLine,
    Id(booking_id): Id<BookingId>,
) -> Result<HttpResponse, ApiError> {
    let found = with_deadline(&app, sql::booking(&app.pool, booking_id)).await?;
    let found = found.ok_or_else(|| ApiError::new(ErrorCode::BookingNotFound))?;
    line.note_event(found.booking.event_id);
    line.note_hold(found.booking.hold_id);
    Ok(HttpResponse::Ok().json(BookingBody::new(&found.booking, &found.items, found.currency)))
}

/// Cancel a booking
///
/// Makes the booking's seats and places available again, exactly once. Cancelling a cancelled booking returns the same
/// response again. There are no accounts yet, so every client that knows a booking's id may cancel it.
#[utoipa::path(
    post,
    path = "/api/v1/bookings/{id}/cancel",
    tag = "bookings",
    operation_id = "cancel_booking",
    params(("id" = BookingId, Path, description = "The booking")),
    responses(
        (status = 200, description = "The booking is cancelled, now or by an earlier request", body = BookingBody),
        (status = 404, description = "BOOKING_NOT_FOUND"),
    ),
)]
pub async fn cancel(
    app: web::Data<App>,
    line: RequestLine,
    Id(booking_id): Id<BookingId>,
) -> Result<HttpResponse, ApiError> {
    match submit(&app, Command::Cancel { booking_id }).await? {
        Outcome::Cancelled { booking, hold } => {
            line.note_event(booking.event_id);
            line.note_hold(booking.hold_id);
            Ok(HttpResponse::Ok().json(BookingBody::new(&booking, &hold.items, hold.currency)))
        }
        other => Err(unexpected_outcome(&other)),
    }
}
