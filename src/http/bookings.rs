//! Bookings: book a hold, look, cancel.

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{Body, Object};
use super::command::{submit, unexpected};
use super::holds::{ItemWantedBody, portion};
use super::idempotency::REPLAYED_HEADER;
use super::path::Id;
use super::read::with_deadline;
use super::wire::{ItemBody, Timestamp};
use crate::app::App;
use crate::domain::booking::{Booking, BookingStatus, Payment};
use crate::domain::hold::Item;
use crate::domain::ids::{BookingId, EventId, HoldId};
use crate::domain::money::Currency;
use crate::error::{ApiError, ErrorCode};
use crate::inventory::command::{Command, Outcome};
use crate::queries;
use crate::telemetry::request::RequestLine;

/// A hold to be made permanent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookBody {
    hold_id: HoldId,
    /// What the hold was answered with.
    payment_token: String,
    /// Which part of the hold, where it is not all: quantities of its ticket types, or some of their seats. The rest is
    /// released.
    #[schema(value_type = Option<Vec<ItemWantedBody>>, min_items = 1, max_items = 50)]
    items: Option<Vec<Object<ItemWantedBody>>>,
    /// The same, of a hold of seats. Not together with `items`.
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
    /// Sum of the items.
    #[schema(minimum = 1, example = 2)]
    qty: u32,
    items: Vec<ItemBody>,
    /// Minor units of the currency (cents), at the prices of the hold.
    #[schema(minimum = 0, example = 5000)]
    total: i64,
    /// ISO 4217; null when the event is free.
    #[schema(value_type = Option<String>, example = "EUR")]
    currency: Option<Currency>,
    /// How it was paid. Until payments exist nothing is charged, priced holds included.
    payment: Payment,
    created_at: Timestamp,
    /// Only on a cancelled booking.
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
/// Makes it permanent. Idempotent by the hold: the same request again answers the same booking, also long after the
/// hold's expiry, with `Idempotent-Replayed: true` (and tells if it was cancelled since). A wrong token is refused in the
/// same way whether or not there is a booking.
///
/// Without `items` or `seat_ids` all of the hold is booked. With them only that part, and the rest is released in the same
/// moment; what is not in the hold is refused and changes nothing. A repeat answers what was booked first, whatever part it
/// names.
///
/// There are no payments yet: a hold with a price is booked without one, and the answer says `payment: "not_required"`.
#[utoipa::path(
    post,
    path = "/api/v1/book",
    tag = "bookings",
    operation_id = "book_hold",
    request_body = BookBody,
    responses(
        (status = 201, description = "Booked, now or before", body = BookingBody, headers(
            ("Location" = String, description = "The booking"),
            ("Idempotent-Replayed" = bool, description = "Present on the answer to a repeat"),
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
    line: RequestLine,
    Body(body): Body<BookBody>,
) -> Result<HttpResponse, ApiError> {
    let hold_id = body.hold_id;
    line.note_hold(hold_id);
    let command = Command::Book {
        booking_id: BookingId::generate_for(hold_id),
        hold_id,
        possession: app.tokens.verify(hold_id, &body.payment_token),
        portion: portion(body.items.as_deref(), body.seat_ids.as_deref(), app.settings.hold_rules.quantity_max)?,
    };
    let (booking, hold, replayed) = match submit(&app, command).await? {
        Outcome::Booked { booking, hold, replayed } => (booking, hold, replayed),
        other => return Err(unexpected(&other)),
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

/// Look at a booking
#[utoipa::path(
    get,
    path = "/api/v1/bookings/{id}",
    tag = "bookings",
    operation_id = "get_booking",
    params(("id" = BookingId, Path, description = "The booking")),
    responses(
        (status = 200, description = "The booking as it is now", body = BookingBody),
        (status = 404, description = "BOOKING_NOT_FOUND"),
    ),
)]
pub async fn show(
    app: web::Data<App>,
    line: RequestLine,
    Id(booking_id): Id<BookingId>,
) -> Result<HttpResponse, ApiError> {
    let found = with_deadline(&app, queries::booking::booking(&app.pool, booking_id)).await?;
    let found = found.ok_or_else(|| ApiError::new(ErrorCode::BookingNotFound))?;
    line.note_event(found.booking.event_id);
    line.note_hold(found.booking.hold_id);
    Ok(HttpResponse::Ok().json(BookingBody::new(&found.booking, &found.items, found.currency)))
}

/// Cancel a booking
///
/// Gives its room back, exactly once. Cancelling a cancelled booking answers the same again. Until there are accounts,
/// whoever knows a booking's id may cancel it.
#[utoipa::path(
    post,
    path = "/api/v1/bookings/{id}/cancel",
    tag = "bookings",
    operation_id = "cancel_booking",
    params(("id" = BookingId, Path, description = "The booking")),
    responses(
        (status = 200, description = "Cancelled, now or before", body = BookingBody),
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
        other => Err(unexpected(&other)),
    }
}
