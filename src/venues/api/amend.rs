//! `PATCH /api/v1/venues/{id}`.

use actix_web::{HttpResponse, web};
use boxoffice_engine::ids::VenueId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::sections::{SectionBody, layout_draft};
use super::sheet::{SheetParams, parameter_error};
use super::venue_body::{PointBody, VenueBody};
use super::venue_response;
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::fields::patch::{Change, deserialize_change};
use crate::http::auth::Operator;
use crate::http::body::{Media, Object, RawBody, parse};
use crate::http::path::Id;
use crate::http::query_string::QueryString;
use crate::venues::model::new_venue::{VenueChanges, VenuePatch};
use crate::venues::sql::amend::{AmendVenueError, amend_venue};

/// Fields to change. An omitted field keeps its value; `null` clears the address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AmendVenue, example = json!({"name": "New City Hall", "address": null}))]
pub struct AmendVenueBody {
    /// Cannot be cleared.
    #[serde(default, deserialize_with = "deserialize_change")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 200)]
    name: Change<String>,
    #[serde(default, deserialize_with = "deserialize_change")]
    #[schema(value_type = Option<String>, max_length = 500)]
    address: Change<String>,
    /// Point that the audience looks at. Only together with `sections`. Default: as in the newest layout.
    #[schema(value_type = Option<PointBody>)]
    focal_point: Option<Object<PointBody>>,
    /// All sections of a new layout version. Existing events keep their version.
    #[schema(value_type = Option<Vec<SectionBody>>, min_items = 1, max_items = 1_000)]
    sections: Option<Vec<Object<SectionBody>>>,
}

/// Amend a venue
///
/// Changes all given fields, or none if one is refused. `sections` create a new version of the layout, unless the
/// newest version is the same already, so repeating the same request has no further effect. The new version keeps the
/// focal point unless the request has one. A body of `text/csv` is a new layout, as for `POST /api/v1/venues`; then
/// `name` and `address` are query parameters.
#[utoipa::path(
    patch,
    path = "/api/v1/venues/{id}",
    tag = "venues",
    operation_id = "amend_venue",
    params(("id" = VenueId, Path, description = "The venue"), SheetParams),
    request_body(content(
        (AmendVenueBody = "application/json"),
        (String = "text/csv", example = "section,row,number\nStalls,A,1\nStalls,A,2\n"),
    )),
    responses(
        (status = 200, description = "The venue after the change", body = VenueBody),
        (status = 404, description = "VENUE_NOT_FOUND"),
        (status = 422, description = "VALIDATION_FAILED with the field's `pointer` (in CSV like `/lines/2/x`)"),
        (status = 503, description = "UNAVAILABLE or OUTCOME_UNKNOWN"),
    ),
)]
pub async fn amend(
    app: web::Data<App>,
    _: Operator,
    Id(venue_id): Id<VenueId>,
    QueryString(params): QueryString<SheetParams>,
    body: RawBody,
) -> Result<HttpResponse, ApiError> {
    // A body can have 100,000 seats. Parsing it on this thread would delay other requests.
    let changes = web::block(move || parse_request(&params, &body)).await.map_err(ApiError::internal)??;
    amend_venue(&app.pool, venue_id, changes).await?;
    // The change is committed. UNAVAILABLE from reading the venue back would mean that nothing was done.
    venue_response(&app, venue_id).await.map_err(|error| match error.code {
        ErrorCode::Unavailable => ApiError { code: ErrorCode::OutcomeUnknown, ..error },
        _ => error,
    })
}

fn parse_request(params: &SheetParams, body: &RawBody) -> Result<VenueChanges, ApiError> {
    match body.media {
        Media::Json => {
            params.reject_all()?;
            let body: AmendVenueBody = parse(&body.bytes)?;
            Ok(body.into_patch()?.try_into()?)
        }
        Media::Csv => {
            let change = |value: &Option<String>| value.clone().map_or(Change::Keep, Change::Set);
            let layout = Some(params.layout_draft(&body.bytes)?);
            let patch = VenuePatch { name: change(&params.name), address: change(&params.address), layout };
            patch.try_into().map_err(parameter_error)
        }
    }
}

impl AmendVenueBody {
    fn into_patch(self) -> Result<VenuePatch, ApiError> {
        let layout = match (self.focal_point, self.sections) {
            (focal_point, Some(sections)) => Some(layout_draft(focal_point, sections)),
            (None, None) => None,
            (Some(_), None) => {
                return Err(ApiError::invalid("/sections", "is required together with focal_point"));
            }
        };
        Ok(VenuePatch { name: self.name, address: self.address, layout })
    }
}

impl From<AmendVenueError> for ApiError {
    fn from(error: AmendVenueError) -> Self {
        match error {
            AmendVenueError::NotFound => Self::new(ErrorCode::VenueNotFound),
            AmendVenueError::OutcomeUnknown(source) => {
                Self { source: Some(source.into()), ..Self::new(ErrorCode::OutcomeUnknown) }
            }
            AmendVenueError::Database(error) => error.into(),
            AmendVenueError::WrongRowCount(_) => Self::internal(error),
        }
    }
}
