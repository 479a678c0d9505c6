//! `POST /api/v1/series` and `POST /api/v1/series/{id}/events`: creation of many dates from one template.

use actix_web::{HttpResponse, web};
use boxoffice_engine::ids::{SeriesId, VenueId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::SeriesBody;
use crate::app::App;
use crate::error::ApiError;
use crate::events::api::CreateBody;
use crate::events::api::layouts::{find_layouts, parse_with_layouts};
use crate::events::api::summary::SummaryBody;
use crate::http::auth::Operator;
use crate::http::body::{Body, Object};
use crate::http::path::Id;
use crate::idempotency::created::{Resource, created_response, find_replay, response_to_store};
use crate::idempotency::key::IdempotencyKey;
use crate::series::model::new_series::{DateDraft, DatesDraft, NewSeries, SeriesDraft, parse_dates, requested_layouts};
use crate::series::sql::add_dates::{AddedDates, add_to_series};
use crate::series::sql::create::{SeriesWithEvents, create_series};
use crate::telemetry::request::RequestLine;

/// Operation name, part of the idempotency fingerprint.
const ROUTE: &str = "POST /api/v1/series";

/// A series to create. `template` and `dates` create its first dates; send both or neither.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateSeries, example = json!({
    "name": "The Winter's Tale",
    "template": {"name": "The Winter's Tale", "total_seats": 500, "time_zone": "Europe/Berlin"},
    "dates": [
        {"starts_at": "2027-03-01T20:00:00+01:00", "ends_at": "2027-03-01T22:30:00+01:00"},
        {"starts_at": "2027-03-02T20:00:00+01:00", "venue_name": "City Hall"},
    ],
}))]
pub struct CreateSeriesBody {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    #[schema(max_length = 5000)]
    description: Option<String>,
    /// Values that all dates share: the body of a single event, without times.
    #[schema(value_type = Option<CreateBody>)]
    template: Option<Object<CreateBody>>,
    /// 1 to 200 dates.
    #[schema(value_type = Option<Vec<DateBody>>, min_items = 1, max_items = 200)]
    dates: Option<Vec<Object<DateBody>>>,
}

/// Dates to add to a series.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AddDates, example = json!({
    "template": {"name": "The Winter's Tale", "total_seats": 500, "time_zone": "Europe/Berlin"},
    "dates": [{"starts_at": "2027-03-03T20:00:00+01:00"}],
}))]
pub struct AddDatesBody {
    /// Values that all dates share: the body of a single event, without times.
    #[schema(value_type = CreateBody)]
    template: Object<CreateBody>,
    #[schema(value_type = Vec<DateBody>, min_items = 1, max_items = 200)]
    dates: Vec<Object<DateBody>>,
}

/// One date: its times, and values that replace those of the template.
// `Serialize` is for the fingerprint, as in the event's body.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateDate)]
pub struct DateBody {
    #[schema(format = DateTime, example = "2027-03-01T20:00:00+01:00")]
    starts_at: String,
    /// Must be after `starts_at`.
    #[schema(format = DateTime, example = "2027-03-01T22:30:00+01:00")]
    ends_at: Option<String>,
    /// Time from which holds are allowed. Default: immediately.
    #[schema(format = DateTime)]
    sale_starts_at: Option<String>,
    /// Time from which holds are no longer allowed. Must be after `sale_starts_at`.
    #[schema(format = DateTime)]
    sale_ends_at: Option<String>,
    /// Venue of this date, instead of the template's. The date is sold with the venue's newest layout.
    #[serde(skip_serializing_if = "Option::is_none")]
    venue_id: Option<VenueId>,
    /// Default: the name of the date's own venue if it has a `venue_id`, else the template's value.
    #[schema(min_length = 1, max_length = 200, example = "City Hall")]
    venue_name: Option<String>,
    /// IANA name. Default: the template's time zone.
    #[schema(example = "Europe/Berlin")]
    time_zone: Option<String>,
}

/// A series and the events that were created with it, in the order of the request's dates.
#[derive(Serialize, ToSchema)]
#[schema(as = CreatedSeries)]
struct CreatedSeriesBody<'a> {
    #[serde(flatten)]
    series: SeriesBody<'a>,
    events: Vec<SummaryBody>,
}

/// The events that were created, in the order of the request's dates.
#[derive(Serialize, ToSchema)]
#[schema(as = AddedDates)]
struct AddedDatesBody {
    series_id: SeriesId,
    events: Vec<SummaryBody>,
}

/// Create a series
///
/// Creates the series and its first dates, if there are any, or nothing. The dates can have at most 10,000 pools and
/// 200,000 numbered seats together. With an `Idempotency-Key` (a UUID) the request can be repeated for 24 hours:
/// everything is created once, and a repeat gets the first response again, with `Idempotent-Replayed: true`.
#[utoipa::path(
    post,
    path = "/api/v1/series",
    tag = "series",
    operation_id = "create_series",
    params(("Idempotency-Key" = Option<uuid::Uuid>, Header, description = "Makes the request repeatable for 24 hours")),
    request_body = CreateSeriesBody,
    responses(
        (status = 201, description = "The series, with summaries of its events", body = CreatedSeriesBody,
            headers(
                ("Location" = String, description = "Path of the series"),
                ("Idempotent-Replayed" = bool, description = "`true` if this is the response of an earlier request"),
            )),
        (status = 404, description = "VENUE_NOT_FOUND or LAYOUT_NOT_FOUND with the field's `pointer`"),
        (status = 409, description = "REQUEST_IN_PROGRESS: the first request still runs; repeat after `Retry-After`"),
        (status = 422, description = "VALIDATION_FAILED with the field's `pointer`, or IDEMPOTENCY_KEY_REUSED"),
        (status = 503, description = "UNAVAILABLE or OUTCOME_UNKNOWN"),
    ),
)]
pub async fn create(
    app: web::Data<App>,
    _: Operator,
    line: RequestLine,
    key: IdempotencyKey,
    Body(body): Body<CreateSeriesBody>,
) -> Result<HttpResponse, ApiError> {
    let to_store = response_to_store(&key, ROUTE, &body);
    let has_key = to_store.is_some();
    let draft = body.into_draft()?;
    let requested = draft.dates.as_ref().map(requested_layouts).transpose()?.unwrap_or_default();
    if let Some(replay) = find_replay(&app, &line, to_store.as_ref()).await? {
        return Ok(replay);
    }
    let layouts = find_layouts(&app, &requested).await?;
    let new = parse_with_layouts(layouts, |layouts| NewSeries::parse(draft, layouts)).await?;
    created_response(&line, create_series(&app.pool, app.settings.event_affinities, new, to_store).await?, has_key)
}

/// Add dates to a series
///
/// Creates all dates or none. They can have at most 10,000 pools and 200,000 numbered seats together. With an
/// `Idempotency-Key` (a UUID) the request can be repeated for 24 hours.
#[utoipa::path(
    post,
    path = "/api/v1/series/{id}/events",
    tag = "series",
    operation_id = "add_events_to_series",
    params(
        ("id" = SeriesId, Path, description = "The series"),
        ("Idempotency-Key" = Option<uuid::Uuid>, Header, description = "Makes the request repeatable for 24 hours"),
    ),
    request_body = AddDatesBody,
    responses(
        (status = 201, description = "Summaries of the new events", body = AddedDatesBody,
            headers(
                ("Location" = String, description = "Path of the listing of the series' dates"),
                ("Idempotent-Replayed" = bool, description = "`true` if this is the response of an earlier request"),
            )),
        (status = 404, description = "SERIES_NOT_FOUND; VENUE_NOT_FOUND or LAYOUT_NOT_FOUND with the field's `pointer`"),
        (status = 409, description = "REQUEST_IN_PROGRESS: the first request still runs; repeat after `Retry-After`"),
        (status = 422, description = "VALIDATION_FAILED with the field's `pointer`, or IDEMPOTENCY_KEY_REUSED"),
        (status = 503, description = "UNAVAILABLE or OUTCOME_UNKNOWN"),
    ),
)]
pub async fn add(
    app: web::Data<App>,
    _: Operator,
    line: RequestLine,
    key: IdempotencyKey,
    Id(series_id): Id<SeriesId>,
    Body(body): Body<AddDatesBody>,
) -> Result<HttpResponse, ApiError> {
    let route = format!("POST {}", AddedDates::path(series_id.as_uuid()));
    let to_store = response_to_store(&key, &route, &body);
    let has_key = to_store.is_some();
    let draft = dates_draft(body.template, body.dates);
    let requested = requested_layouts(&draft)?;
    if let Some(replay) = find_replay(&app, &line, to_store.as_ref()).await? {
        return Ok(replay);
    }
    let layouts = find_layouts(&app, &requested).await?;
    let events = parse_with_layouts(layouts, |layouts| parse_dates(draft, layouts)).await?;
    created_response(
        &line,
        add_to_series(&app.pool, app.settings.event_affinities, series_id, events, to_store).await?,
        has_key,
    )
}

impl CreateSeriesBody {
    fn into_draft(self) -> Result<SeriesDraft, ApiError> {
        let dates = match (self.template, self.dates) {
            (Some(template), Some(dates)) => Some(dates_draft(template, dates)),
            (None, None) => None,
            (Some(_), None) => return Err(ApiError::invalid("/dates", "is required together with template")),
            (None, Some(_)) => return Err(ApiError::invalid("/template", "is required together with dates")),
        };
        Ok(SeriesDraft { name: self.name, description: self.description, dates })
    }
}

fn dates_draft(Object(template): Object<CreateBody>, dates: Vec<Object<DateBody>>) -> DatesDraft {
    let date_draft = |Object(date): Object<DateBody>| DateDraft {
        starts_at: date.starts_at,
        ends_at: date.ends_at,
        sale_starts_at: date.sale_starts_at,
        sale_ends_at: date.sale_ends_at,
        venue_id: date.venue_id,
        venue_name: date.venue_name,
        time_zone: date.time_zone,
    };
    DatesDraft { template: template.into(), dates: dates.into_iter().map(date_draft).collect() }
}

impl Resource for SeriesWithEvents {
    const ID_MEMBER: &'static str = "series_id";

    fn body(&self) -> impl Serialize {
        let events = self.events.iter().map(|event| SummaryBody::from(&event.event)).collect();
        CreatedSeriesBody { series: SeriesBody::from(&self.series), events }
    }

    fn path(id: Uuid) -> String {
        format!("/api/v1/series/{id}")
    }
}

impl Resource for AddedDates {
    const ID_MEMBER: &'static str = "series_id";

    fn body(&self) -> impl Serialize {
        AddedDatesBody {
            series_id: self.series_id,
            events: self.events.iter().map(|event| SummaryBody::from(&event.event)).collect(),
        }
    }

    fn path(id: Uuid) -> String {
        format!("/api/v1/series/{id}/events")
    }
}
