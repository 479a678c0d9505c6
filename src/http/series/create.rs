//! `POST /api/v1/series` and `POST /api/v1/series/{id}/events`: many dates at once, all of one template.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::SeriesBody;
use crate::app::App;
use crate::domain::ids::{SeriesId, VenueId};
use crate::domain::new_series::{DateDraft, DatesDraft, NewSeries, SeriesDraft, events, layouts_named};
use crate::error::ApiError;
use crate::http::body::{Body, Object};
use crate::http::created::{Resource, created, keep};
use crate::http::events::CreateBody;
use crate::http::events::layouts::{RequestedLayouts, judged, layouts};
use crate::http::events::summary::SummaryBody;
use crate::http::idempotency::IdempotencyKey;
use crate::http::path::Id;
use crate::http::permission::Operator;
use crate::ops::add_to_series::{Dates, add_to_series};
use crate::ops::create_series::{SeriesWithEvents, create_series};
use crate::ops::creation::Created;
use crate::telemetry::request::RequestLine;

/// Names the request in its fingerprint.
const ROUTE: &str = "POST /api/v1/series";

/// A series to be created, with its first dates if they are known: then both `template` and `dates` are given.
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
    /// What the dates have in common: an event as it would be created by itself, but without its times.
    #[schema(value_type = Option<CreateBody>)]
    template: Option<Object<CreateBody>>,
    /// 1 to 200.
    #[schema(value_type = Option<Vec<DateBody>>, min_items = 1, max_items = 200)]
    dates: Option<Vec<Object<DateBody>>>,
}

/// Dates to be added to a series.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AddDates, example = json!({
    "template": {"name": "The Winter's Tale", "total_seats": 500, "time_zone": "Europe/Berlin"},
    "dates": [{"starts_at": "2027-03-03T20:00:00+01:00"}],
}))]
pub struct AddDatesBody {
    /// What the dates have in common: an event as it would be created by itself, but without its times.
    #[schema(value_type = CreateBody)]
    template: Object<CreateBody>,
    #[schema(value_type = Vec<DateBody>, min_items = 1, max_items = 200)]
    dates: Vec<Object<DateBody>>,
}

/// One date: its times, and what it has instead of the template's.
// Written back for the fingerprint, like the event's body.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateDate)]
pub struct DateBody {
    #[schema(format = DateTime, example = "2027-03-01T20:00:00+01:00")]
    starts_at: String,
    /// After `starts_at`.
    #[schema(format = DateTime, example = "2027-03-01T22:30:00+01:00")]
    ends_at: Option<String>,
    /// No holds before. Without it: at once.
    #[schema(format = DateTime)]
    sale_starts_at: Option<String>,
    /// No holds from this instant on; after `sale_starts_at`.
    #[schema(format = DateTime)]
    sale_ends_at: Option<String>,
    /// Another venue than the template's. The date is sold with its newest layout.
    #[serde(skip_serializing_if = "Option::is_none")]
    venue_id: Option<VenueId>,
    /// Without it: the name of the date's own venue if it has one, else what the template says.
    #[schema(min_length = 1, max_length = 200, example = "City Hall")]
    venue_name: Option<String>,
    /// IANA name.
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
/// With its first dates, if they are given: all of them or nothing, with at most 10,000 pools and 200,000 numbered seats
/// together. With an `Idempotency-Key` (a UUID) the request can be repeated for 24 hours: everything is created once, and a
/// repeat is given the first answer again, with `Idempotent-Replayed: true`.
#[utoipa::path(
    post,
    path = "/api/v1/series",
    tag = "series",
    operation_id = "create_series",
    params(("Idempotency-Key" = Option<uuid::Uuid>, Header, description = "Makes the request repeatable for 24 hours")),
    request_body = CreateSeriesBody,
    responses(
        (status = 201, description = "The series, with its events in short", body = CreatedSeriesBody,
            headers(
                ("Location" = String, description = "The series' address"),
                ("Idempotent-Replayed" = bool, description = "`true` where an earlier answer is given again"),
            )),
        (status = 404, description = "VENUE_NOT_FOUND or LAYOUT_NOT_FOUND with the field's `pointer`"),
        (status = 409, description = "REQUEST_IN_PROGRESS: the first request with this key still runs; with `Retry-After`"),
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
    let keep = keep(&key, ROUTE, &body);
    let repeatable = keep.is_some();
    let draft = body.draft()?;
    let named = draft.dates.as_ref().map(layouts_named).transpose()?.unwrap_or_default();
    let layouts = match layouts(&app, &named, keep.as_ref()).await? {
        RequestedLayouts::New(layouts) => layouts,
        RequestedLayouts::Replayed(answer) => {
            return created::<SeriesWithEvents>(&line, Created::Replayed(answer), repeatable);
        }
    };
    let new = judged(layouts, |layouts| NewSeries::parse(draft, layouts)).await?;
    created(&line, create_series(&app.pool, new, keep).await?, repeatable)
}

/// Add dates to a series
///
/// All of them or nothing, with at most 10,000 pools and 200,000 numbered seats together. With an `Idempotency-Key` (a UUID)
/// the request can be repeated for 24 hours.
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
        (status = 201, description = "The new events in short", body = AddedDatesBody,
            headers(
                ("Location" = String, description = "Where all dates of the series are listed"),
                ("Idempotent-Replayed" = bool, description = "`true` where an earlier answer is given again"),
            )),
        (status = 404, description = "SERIES_NOT_FOUND; VENUE_NOT_FOUND or LAYOUT_NOT_FOUND with the field's `pointer`"),
        (status = 409, description = "REQUEST_IN_PROGRESS: the first request with this key still runs; with `Retry-After`"),
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
    let keep = keep(&key, &format!("POST {}", Dates::address(series_id.as_uuid())), &body);
    let repeatable = keep.is_some();
    let draft = dates_draft(body.template, body.dates);
    let layouts = match layouts(&app, &layouts_named(&draft)?, keep.as_ref()).await? {
        RequestedLayouts::New(layouts) => layouts,
        RequestedLayouts::Replayed(answer) => return created::<Dates>(&line, Created::Replayed(answer), repeatable),
    };
    let events = judged(layouts, |layouts| events(draft, layouts)).await?;
    created(&line, add_to_series(&app.pool, series_id, events, keep).await?, repeatable)
}

impl CreateSeriesBody {
    fn draft(self) -> Result<SeriesDraft, ApiError> {
        let dates = match (self.template, self.dates) {
            (Some(template), Some(dates)) => Some(dates_draft(template, dates)),
            (None, None) => None,
            (Some(_), None) => return Err(ApiError::invalid("/dates", "is required where a template is given")),
            (None, Some(_)) => return Err(ApiError::invalid("/template", "is required where dates are given")),
        };
        Ok(SeriesDraft { name: self.name, description: self.description, dates })
    }
}

fn dates_draft(Object(template): Object<CreateBody>, dates: Vec<Object<DateBody>>) -> DatesDraft {
    let date = |Object(date): Object<DateBody>| DateDraft {
        starts_at: date.starts_at,
        ends_at: date.ends_at,
        sale_starts_at: date.sale_starts_at,
        sale_ends_at: date.sale_ends_at,
        venue_id: date.venue_id,
        venue_name: date.venue_name,
        time_zone: date.time_zone,
    };
    DatesDraft { template: template.into(), dates: dates.into_iter().map(date).collect() }
}

impl Resource for SeriesWithEvents {
    const ID: &'static str = "series_id";

    fn body(&self) -> impl Serialize {
        let events = self.events.iter().map(|event| SummaryBody::from(&event.event)).collect();
        CreatedSeriesBody { series: SeriesBody::from(&self.series), events }
    }

    fn address(id: Uuid) -> String {
        format!("/api/v1/series/{id}")
    }
}

impl Resource for Dates {
    const ID: &'static str = "series_id";

    fn body(&self) -> impl Serialize {
        AddedDatesBody {
            series_id: self.series_id,
            events: self.events.iter().map(|event| SummaryBody::from(&event.event)).collect(),
        }
    }

    fn address(id: Uuid) -> String {
        format!("/api/v1/series/{id}/events")
    }
}
