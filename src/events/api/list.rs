//! `GET /api/v1/events`: the listing of events, with filters and pages.

use actix_web::{HttpResponse, web};
use boxoffice_engine::model::event::EventStatus;
use serde::Deserialize;
use utoipa::IntoParams;

use super::summary::{EventPageBody, parse_cursor};
use crate::app::App;
use crate::error::ApiError;
use crate::events::model::event_search::{EventSearch, EventSearchDraft};
use crate::events::sql::events::events;
use crate::http::page::rows_to_fetch;
use crate::http::query_string::QueryString;
use crate::http::read::with_deadline;

/// Query parameters of the listing. An event must pass all filters.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// Text in the name of the event or of its venue. Upper and lower case are the same.
    #[param(max_length = 200)]
    q: Option<String>,
    #[param(value_type = Option<EventStatus>)]
    status: Option<String>,
    /// Only events that start at this time or later. RFC 3339 with an offset (write `+` as `%2B`).
    #[param(format = DateTime)]
    from: Option<String>,
    /// Only events that start before this time. RFC 3339 with an offset (write `+` as `%2B`).
    #[param(format = DateTime)]
    to: Option<String>,
    /// Events per page. Default: 20.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<String>,
    /// `next_cursor` of the previous page. The filters must be the same as for that page.
    cursor: Option<String>,
}

/// List events
///
/// Ordered by start; events without a start come last.
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
    let after = parse_cursor(params.cursor.as_deref())?;
    let search = EventSearch::parse(&EventSearchDraft::from(params), after)?;
    let found = with_deadline(&app, events(&app.pool, &search, rows_to_fetch(search.limit))).await?;
    Ok(HttpResponse::Ok().json(EventPageBody::new(found, search.limit)))
}

impl From<ListParams> for EventSearchDraft {
    fn from(params: ListParams) -> Self {
        Self { q: params.q, status: params.status, from: params.from, to: params.to, limit: params.limit }
    }
}
