//! `/api/v1/series`: productions with many dates, at one or several venues.

mod create;

pub use create::{__path_add, __path_create, add, create};

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::events::api::summary::{EventPageBody, parse_cursor};
use crate::fields::page;
use crate::http::body::LISTS_BODY_BYTES_MAX;
use crate::http::page::rows_to_fetch;
use crate::http::path::Id;
use crate::http::query_string::QueryString;
use crate::http::read::with_deadline;
use crate::http::routes::{Routes, routes};
use crate::http::timestamp::Timestamp;
use crate::series::model::series::Series;
use crate::series::sql;
use boxoffice_engine::ids::SeriesId;

/// The routes of this feature.
pub fn routes() -> Routes {
    routes![create, list_events, add]
        .bodies_up_to(LISTS_BODY_BYTES_MAX)
        .and(routes![show])
        .tag("series", "Productions with many dates, at one or several venues")
}

/// A series. Its dates are events: see `GET /api/v1/series/{id}/events`.
#[derive(Serialize, ToSchema)]
#[schema(as = Series)]
struct SeriesBody<'a> {
    series_id: SeriesId,
    #[schema(example = "The Winter's Tale")]
    name: &'a str,
    description: Option<&'a str>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// Query parameters of the listing.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DatesParams {
    /// Events per page. Default: 20.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<String>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// Show a series
#[utoipa::path(
    get,
    path = "/api/v1/series/{id}",
    tag = "series",
    operation_id = "get_series",
    params(("id" = SeriesId, Path, description = "The series")),
    responses(
        (status = 200, description = "The series", body = SeriesBody),
        (status = 404, description = "SERIES_NOT_FOUND"),
    ),
)]
pub async fn show(app: web::Data<App>, Id(series_id): Id<SeriesId>) -> Result<HttpResponse, ApiError> {
    let series = find_series(&app, series_id).await?;
    Ok(HttpResponse::Ok().json(SeriesBody::from(&series)))
}

/// List the dates of a series
///
/// Ordered by start; events without a start come last.
#[utoipa::path(
    get,
    path = "/api/v1/series/{id}/events",
    tag = "series",
    operation_id = "list_events_of_series",
    params(("id" = SeriesId, Path, description = "The series"), DatesParams),
    responses(
        (status = 200, description = "A page of events", body = EventPageBody),
        (status = 404, description = "SERIES_NOT_FOUND"),
        (status = 422, description = "VALIDATION_FAILED with the parameter's name as `pointer`"),
    ),
)]
pub async fn list_events(
    app: web::Data<App>,
    Id(series_id): Id<SeriesId>,
    QueryString(params): QueryString<DatesParams>,
) -> Result<HttpResponse, ApiError> {
    let limit = page::parse_limit(params.limit.as_deref())?;
    let after = parse_cursor(params.cursor.as_deref())?;
    let found =
        with_deadline(&app, sql::series_events::series_events(&app.pool, series_id, after, rows_to_fetch(limit)))
            .await?;
    if found.is_empty() {
        // No events: 404 if the series does not exist, else an empty page.
        find_series(&app, series_id).await?;
    }
    Ok(HttpResponse::Ok().json(EventPageBody::new(found, limit)))
}

/// The series. `SERIES_NOT_FOUND` if it does not exist.
async fn find_series(app: &App, series_id: SeriesId) -> Result<Series, ApiError> {
    let series = with_deadline(app, sql::series::series(&app.pool, series_id)).await?;
    series.ok_or(ApiError::new(ErrorCode::SeriesNotFound))
}

impl<'a> From<&'a Series> for SeriesBody<'a> {
    fn from(series: &'a Series) -> Self {
        Self {
            series_id: series.series_id,
            name: &series.name,
            description: series.description.as_deref(),
            created_at: Timestamp(series.created_at),
            updated_at: Timestamp(series.updated_at),
        }
    }
}
