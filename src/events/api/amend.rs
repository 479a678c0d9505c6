//! `PATCH /api/v1/events/{id}`.

use actix_web::{HttpResponse, web};
use boxoffice_engine::ids::EventId;
use boxoffice_engine::invalid::Invalid;
use boxoffice_engine::inventory::command::{Command, Outcome};
use boxoffice_engine::model::event::{EventChanges, EventStatus, TermChanges};
use serde::Deserialize;
use utoipa::ToSchema;

use super::event_body::EventBody;
use super::event_response;
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::events::details::amend_body;
use crate::events::model::event_fields;
use crate::fields::patch::{Change, deserialize_change, parse_clearable, parse_required};
use crate::http::auth::Operator;
use crate::http::body::Body;
use crate::http::command::{submit, unexpected_outcome};
use crate::http::path::Id;

amend_body! {
    /// Fields to change. An omitted field keeps its value; `null` clears an optional field.
    #[derive(Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    #[schema(as = AmendEvent, example = json!({"status": "closed", "venue_name": null}))]
    pub struct AmendBody {
        last {
            /// Allowed: draft → on_sale → closed, and any → cancelled. Cancelling releases the active holds. Cannot be
            /// cleared.
            #[serde(default, deserialize_with = "deserialize_change")]
            #[schema(value_type = EventStatus, required = false)]
            status: Change<String>,
            /// Seconds. `null`: the service's default. Existing holds keep their expiry.
            #[serde(default, deserialize_with = "deserialize_change")]
            #[schema(value_type = Option<i64>, minimum = 10, maximum = 900)]
            hold_ttl_seconds: Change<i64>,
            /// `null`: the service's maximum.
            #[serde(default, deserialize_with = "deserialize_change")]
            #[schema(value_type = Option<i64>, minimum = 1, maximum = 10_000_000)]
            max_quantity_per_hold: Change<i64>,
            #[serde(default, deserialize_with = "deserialize_change")]
            #[schema(value_type = Option<String>, format = DateTime)]
            sale_starts_at: Change<String>,
            /// Must be after `sale_starts_at`.
            #[serde(default, deserialize_with = "deserialize_change")]
            #[schema(value_type = Option<String>, format = DateTime)]
            sale_ends_at: Change<String>,
            /// Whether to refuse seat selections that leave single free seats without need. Only for events with seats.
            /// Cannot be cleared.
            #[serde(default, deserialize_with = "deserialize_change")]
            #[schema(value_type = bool, required = false)]
            orphans_refused: Change<bool>,
        }
    }
}

/// Amend an event
///
/// Changes all given fields, or none if one is refused. Repeating the same request has no further effect.
#[utoipa::path(
    patch,
    path = "/api/v1/events/{id}",
    tag = "events",
    operation_id = "amend_event",
    params(("id" = EventId, Path, description = "The event")),
    request_body = AmendBody,
    responses(
        (status = 200, description = "The event after the change", body = EventBody),
        (status = 404, description = "EVENT_NOT_FOUND"),
        (status = 409, description = "ILLEGAL_TRANSITION, with `from` and `to`"),
    ),
)]
pub async fn amend(
    app: web::Data<App>,
    _: Operator,
    Id(event_id): Id<EventId>,
    Body(body): Body<AmendBody>,
) -> Result<HttpResponse, ApiError> {
    let changes = Box::new(EventChanges::try_from(body)?);
    match submit(&app, Command::Amend { event_id, changes }).await? {
        // The change is committed. UNAVAILABLE from reading the event back would mean that nothing was done.
        Outcome::Amended => event_response(&app, event_id).await.map_err(|error| match error.code {
            ErrorCode::Unavailable => ApiError { code: ErrorCode::OutcomeUnknown, ..error },
            _ => error,
        }),
        outcome => Err(unexpected_outcome(&outcome)),
    }
}

/// Parses the fields one by one. Rules that also depend on the unchanged fields (the end is after the start, the change
/// of status is legal) are checked by `inventory` under the event's row lock.
impl TryFrom<AmendBody> for EventChanges {
    type Error = Invalid;

    fn try_from(mut body: AmendBody) -> Result<Self, Invalid> {
        let details = body.take_details().parse()?;
        let instant =
            |pointer, change| parse_clearable(change, |text: String| event_fields::parse_instant(pointer, &text));
        let terms = TermChanges {
            status: parse_required("/status", body.status, |text| event_fields::parse_status(&text))?,
            hold_ttl_seconds: parse_clearable(body.hold_ttl_seconds, event_fields::parse_hold_ttl_seconds)?,
            max_quantity_per_hold: parse_clearable(
                body.max_quantity_per_hold,
                event_fields::parse_max_quantity_per_hold,
            )?,
            sale_starts_at: instant("/sale_starts_at", body.sale_starts_at)?,
            sale_ends_at: instant("/sale_ends_at", body.sale_ends_at)?,
            orphans_refused: parse_required("/orphans_refused", body.orphans_refused, Ok)?,
        };
        Ok(Self { details, terms })
    }
}
