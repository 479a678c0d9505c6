//! `GET /api/v1/events`: a page at a time.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::summary::{EventPageBody, position};
use crate::app::App;
use crate::domain::event::EventStatus;
use crate::domain::event_search::{EventSearch, EventSearchDraft};
use crate::error::ApiError;
use crate::http::page::rows;
use crate::http::query_string::QueryString;
use crate::http::read::with_deadline;
use crate::queries::events::events;

/// Filters are combined: an event must pass all of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// Text in the event's or the venue's name, in any case.
    #[param(max_length = 200)]
    q: Option<String>,
    #[param(value_type = Option<EventStatus>)]
    status: Option<String>,
    /// Starts at this time or later; RFC 3339 with an offset (`+` is written `%2B`). Leaves out events without a start.
    #[param(format = DateTime)]
    from: Option<String>,
    /// Starts before this time. Leaves out events without a start.
    #[param(format = DateTime)]
    to: Option<String>,
    /// Events per page; 20 unless given.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<String>,
    /// `next_cursor` of the page before, with the same filters.
    cursor: Option<String>,
}

/// List events
///
/// By start; events without a start come last.
#[utoipa::path(
    get,
    path = "/api/v1/events",
    tag = "events",
    operation_id = "list_events",
    params(ListParams),
    responses(
        (status = 200, description = "A page of events", body = EventPageBody),
        (status = 422, description = "VALIDATION_FAILED with the parameter's name as `pointer`"),
    ),
)]
pub async fn list(app: web::Data<App>, QueryString(params): QueryString<ListParams>) -> Result<HttpResponse, ApiError> {
    let after = position(params.cursor.as_deref())?;
    let search = EventSearch::parse(&EventSearchDraft::from(params), after)?;
    let found = with_deadline(&app, events(&app.pool, &search, rows(search.limit))).await?;
    Ok(HttpResponse::Ok().json(EventPageBody::of(found, search.limit)))
}

impl From<ListParams> for EventSearchDraft {
    fn from(params: ListParams) -> Self {
        Self { q: params.q, status: params.status, from: params.from, to: params.to, limit: params.limit }
    }
}
