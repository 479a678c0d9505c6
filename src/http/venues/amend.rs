//! `PATCH /api/v1/venues/{id}`.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::sections::{SectionBody, layout_draft};
use super::sheet::{SheetParams, of_parameter};
use super::shown;
use super::wire::{PointBody, VenueBody};
use crate::app::App;
use crate::domain::change::Change;
use crate::domain::ids::VenueId;
use crate::domain::new_venue::{VenueChanges, VenuePatch};
use crate::error::{ApiError, ErrorCode};
use crate::http::body::{Media, Object, RawBody, change, parse};
use crate::http::path::Id;
use crate::http::permission::Operator;
use crate::http::query_string::QueryString;
use crate::ops::amend_venue::{AmendVenueError, amend_venue};

/// What shall change. A field that is left out stays; `null` clears the address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AmendVenue, example = json!({"name": "New City Hall", "address": null}))]
pub struct AmendVenueBody {
    /// Cannot be cleared.
    #[serde(default, deserialize_with = "change")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 200)]
    name: Change<String>,
    #[serde(default, deserialize_with = "change")]
    #[schema(value_type = Option<String>, max_length = 500)]
    address: Change<String>,
    /// Only together with `sections`, of whose layout it is a part. Without it: as in the newest layout.
    #[schema(value_type = Option<PointBody>)]
    focal_point: Option<Object<PointBody>>,
    /// Another layout: all its sections. It gets a version of its own, and events keep theirs.
    #[schema(value_type = Option<Vec<SectionBody>>, min_items = 1, max_items = 1_000)]
    sections: Option<Vec<Object<SectionBody>>>,
}

/// Amend a venue
///
/// What is told about it, and its layout: all or nothing. `sections` make another version of the layout, unless they are
/// what the newest says already: repeating the same request changes nothing more. Where people look stays, unless a
/// `focal_point` is given. A body of `text/csv` is another layout
/// too, as for `POST /api/v1/venues`; then `name` and `address` are query parameters.
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
        (status = 200, description = "The venue as it is now", body = VenueBody),
        (status = 404, description = "VENUE_NOT_FOUND"),
        (status = 422, description = "VALIDATION_FAILED with the field's `pointer`, of CSV `/lines/2/x`"),
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
    let changes = web::block(move || understood(&params, &body)).await.map_err(ApiError::internal)??;
    amend_venue(&app.pool, venue_id, changes).await?;
    // What was asked for is done. That the answer cannot be read is no reason to say that it was not.
    shown(&app, venue_id).await.map_err(|error| match error.code {
        ErrorCode::Unavailable => ApiError { code: ErrorCode::OutcomeUnknown, ..error },
        _ => error,
    })
}

/// What is asked for.
fn understood(params: &SheetParams, body: &RawBody) -> Result<VenueChanges, ApiError> {
    match body.media {
        Media::Json => {
            params.absent()?;
            let body: AmendVenueBody = parse(&body.bytes)?;
            Ok(body.patch()?.try_into()?)
        }
        Media::Csv => {
            let given = |value: &Option<String>| value.clone().map_or(Change::Keep, Change::Set);
            let layout = Some(params.layout_draft(&body.bytes)?);
            let patch = VenuePatch { name: given(&params.name), address: given(&params.address), layout };
            patch.try_into().map_err(of_parameter)
        }
    }
}

impl AmendVenueBody {
    fn patch(self) -> Result<VenuePatch, ApiError> {
        let layout = match (self.focal_point, self.sections) {
            (focal_point, Some(sections)) => Some(layout_draft(focal_point, sections)),
            (None, None) => None,
            (Some(_), None) => {
                return Err(ApiError::invalid("/sections", "is required where a focal_point is given"));
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
