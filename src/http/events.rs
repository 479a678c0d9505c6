//! `/api/v1/events`: what is on, where, when, and on which terms it is sold.

mod amend;
mod create;
pub mod layouts; // for series too
mod list;
pub mod summary; // for series too
mod wire;

// `__path_…` is what `#[utoipa::path]` leaves beside a handler for the OpenAPI document.
pub use amend::{__path_amend, amend};
pub use create::{__path_create, CreateBody, create};
pub use list::{__path_list, list};

use actix_web::{HttpResponse, web};

use self::wire::EventBody;
use super::command::{submit, unexpected};
use super::path::Id;
use super::permission::Operator;
use super::read::with_deadline;
use crate::app::App;
use crate::domain::ids::EventId;
use crate::error::{ApiError, ErrorCode};
use crate::inventory::command::{Command, Outcome};
use crate::queries;

/// Look at an event
///
/// With its pools and ticket types. Counters are not part of it: see `GET /api/v1/events/{id}/status`.
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
    shown(&app, event_id).await
}

/// Delete an event that nobody ever held
///
/// Once something was held or sold, an event can only be cancelled: set its `status` to `cancelled`.
#[utoipa::path(
    delete,
    path = "/api/v1/events/{id}",
    tag = "events",
    operation_id = "delete_event",
    params(("id" = EventId, Path, description = "The event")),
    responses(
        (status = 204, description = "The event is gone"),
        (status = 404, description = "EVENT_NOT_FOUND"),
        (status = 409, description = "EVENT_HAS_HISTORY: something was held or sold"),
    ),
)]
pub async fn delete(app: web::Data<App>, _: Operator, Id(event_id): Id<EventId>) -> Result<HttpResponse, ApiError> {
    match submit(&app, Command::Delete { event_id }).await? {
        Outcome::Deleted => Ok(HttpResponse::NoContent().finish()),
        outcome => Err(unexpected(&outcome)),
    }
}

/// The event as it is now: 200.
async fn shown(app: &App, event_id: EventId) -> Result<HttpResponse, ApiError> {
    let event = with_deadline(app, queries::event::event(&app.pool, event_id)).await?;
    let event = event.ok_or(ApiError::new(ErrorCode::EventNotFound))?;
    Ok(HttpResponse::Ok().json(EventBody::from(&event)))
}
