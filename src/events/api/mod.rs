//! `/api/v1/events`: events with their dates, terms of sale, pools and ticket types.

mod amend;
mod create;
mod event_body;
pub mod layouts; // series use it too
mod list;
pub mod pools;
pub mod status;
pub mod summary; // series use it too

// `#[utoipa::path]` generates `__path_…` next to a handler, for the OpenAPI document.
pub use amend::{__path_amend, amend};
pub use create::{__path_create, CreateBody, create};
pub use list::{__path_list, list};

use actix_web::{HttpResponse, web};

use self::event_body::EventBody;
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::events::sql;
use crate::http::auth::Operator;
use crate::http::body::LISTS_BODY_BYTES_MAX;
use crate::http::command::{submit, unexpected_outcome};
use crate::http::path::Id;
use crate::http::read::with_deadline;
use crate::http::routes::{Routes, routes};
use boxoffice_engine::ids::EventId;
use boxoffice_engine::inventory::command::{Command, Outcome};

/// The routes of this feature.
pub fn routes() -> Routes {
    routes![create, list]
        .bodies_up_to(LISTS_BODY_BYTES_MAX)
        .and(routes![show, amend, delete])
        .tag("events", "Events and their terms of sale")
}

/// Show an event
///
/// With its pools and ticket types, but without counters: see `GET /api/v1/events/{id}/status`.
#[utoipa::path(
    get,
    path = "/api/v1/events/{id}",
    tag = "events",
    operation_id = "get_event",
    params(("id" = EventId, Path, description = "The event")),
    responses(
        (status = 200, description = "The event", body = EventBody),
        (status = 404, description = "EVENT_NOT_FOUND"),
    ),
)]
pub async fn show(app: web::Data<App>, Id(event_id): Id<EventId>) -> Result<HttpResponse, ApiError> {
    event_response(&app, event_id).await
}

/// Delete an event that never had holds
///
/// An event that has or had holds or bookings can only be cancelled: set its `status` to `cancelled`.
#[utoipa::path(
    delete,
    path = "/api/v1/events/{id}",
    tag = "events",
    operation_id = "delete_event",
    params(("id" = EventId, Path, description = "The event")),
    responses(
        (status = 204, description = "The event was deleted"),
        (status = 404, description = "EVENT_NOT_FOUND"),
        (status = 409, description = "EVENT_HAS_HISTORY: the event has or had holds or bookings"),
    ),
)]
pub async fn delete(app: web::Data<App>, _: Operator, Id(event_id): Id<EventId>) -> Result<HttpResponse, ApiError> {
    match submit(&app, Command::Delete { event_id }).await? {
        Outcome::Deleted => Ok(HttpResponse::NoContent().finish()),
        outcome => Err(unexpected_outcome(&outcome)),
    }
}

/// Response 200 with the event's current state.
async fn event_response(app: &App, event_id: EventId) -> Result<HttpResponse, ApiError> {
    let event = with_deadline(app, sql::event::event(&app.pool, event_id)).await?;
    let event = event.ok_or(ApiError::new(ErrorCode::EventNotFound))?;
    Ok(HttpResponse::Ok().json(EventBody::from(&event)))
}
