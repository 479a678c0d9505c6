//! `POST /api/v1/venues`.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::sections::{SectionBody, layout_draft};
use super::sheet::{SheetParams, parameter_error};
use super::venue_body::{PointBody, VenueBody};
use crate::app::App;
use crate::error::ApiError;
use crate::http::auth::Operator;
use crate::http::body::{Media, Object, RawBody, parse};
use crate::http::query_string::QueryString;
use crate::idempotency::created::{Resource, created_response, response_to_store};
use crate::idempotency::key::IdempotencyKey;
use crate::idempotency::sql::stored_response::ResponseToStore;
use crate::telemetry::request::RequestLine;
use crate::venues::model::new_venue::{NewVenue, VenueDraft};
use crate::venues::sql::create::{VenueWithLayout, create_venue};

/// Operation name, part of the idempotency fingerprint.
const ROUTE: &str = "POST /api/v1/venues";

/// A venue to create, with the first version of its layout.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateVenue, example = json!({
    "name": "City Hall",
    "sections": [
        {"name": "Stalls", "rows": "rows A-T, 1-40, aisle after 12 and 28"},
        {"name": "Boxes", "seats": [{"row": "1", "number": "1"}, {"row": "1", "number": "2"}]},
        {"name": "Standing", "capacity": 500},
    ],
}))]
pub struct CreateVenueBody {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    #[schema(max_length = 500)]
    address: Option<String>,
    /// Point that the audience looks at. Seats nearer to it count as better. Default: the middle of the front.
    #[schema(value_type = Option<PointBody>)]
    focal_point: Option<Object<PointBody>>,
    /// 1 to 1,000 sections with unique names and at most 100,000 seats together.
    #[schema(value_type = Vec<SectionBody>, min_items = 1, max_items = 1_000)]
    sections: Vec<Object<SectionBody>>,
}

/// Create a venue
///
/// A section is described in one line, or seat by seat, or has only a capacity. The body can also be `text/csv`: the
/// header `section,row,number,x,y,attributes` (the last three are optional), then one line per seat, with attributes
/// separated by spaces. With CSV the other fields are query parameters. With an `Idempotency-Key` (a UUID) the request
/// can be repeated for 24 hours.
#[utoipa::path(
    post,
    path = "/api/v1/venues",
    tag = "venues",
    operation_id = "create_venue",
    params(
        SheetParams,
        ("Idempotency-Key" = Option<uuid::Uuid>, Header, description = "Makes the request repeatable for 24 hours"),
    ),
    request_body(content(
        (CreateVenueBody = "application/json"),
        (String = "text/csv", example = "section,row,number\nStalls,A,1\nStalls,A,2\n"),
    )),
    responses(
        (status = 201, description = "The venue, with summaries of its sections", body = VenueBody,
            headers(
                ("Location" = String, description = "Path of the venue"),
                ("Idempotent-Replayed" = bool, description = "`true` if this is the response of an earlier request"),
            )),
        (status = 409, description = "REQUEST_IN_PROGRESS: the first request still runs; repeat after `Retry-After`"),
        (status = 422, description = "VALIDATION_FAILED with the field's `pointer` (in CSV like `/lines/2/x`), \
            or IDEMPOTENCY_KEY_REUSED"),
        (status = 503, description = "UNAVAILABLE or OUTCOME_UNKNOWN"),
    ),
)]
pub async fn create(
    app: web::Data<App>,
    _: Operator,
    line: RequestLine,
    key: IdempotencyKey,
    QueryString(params): QueryString<SheetParams>,
    body: RawBody,
) -> Result<HttpResponse, ApiError> {
    // A body can have 100,000 seats. Parsing it on this thread would delay other requests.
    let parsed = web::block(move || parse_request(&key, &params, &body)).await.map_err(ApiError::internal)?;
    let (new, to_store) = parsed?;
    let has_key = to_store.is_some();
    created_response(&line, create_venue(&app.pool, new, to_store).await?, has_key)
}

/// The venue to create, and the response to store if the request has an idempotency key.
fn parse_request(
    key: &IdempotencyKey,
    params: &SheetParams,
    body: &RawBody,
) -> Result<(NewVenue, Option<ResponseToStore<VenueWithLayout>>), ApiError> {
    match body.media {
        Media::Json => {
            params.reject_all()?;
            let body: CreateVenueBody = parse(&body.bytes)?;
            let to_store = response_to_store(key, ROUTE, &body);
            Ok((VenueDraft::from(body).try_into()?, to_store))
        }
        Media::Csv => {
            let name = params.name.clone().ok_or_else(|| ApiError::invalid("name", "is required"))?;
            let layout = params.layout_draft(&body.bytes)?;
            let draft = VenueDraft { name, address: params.address.clone(), layout };
            let to_store = response_to_store(key, ROUTE, &(params, &body.bytes[..]));
            Ok((draft.try_into().map_err(parameter_error)?, to_store))
        }
    }
}

impl From<CreateVenueBody> for VenueDraft {
    fn from(body: CreateVenueBody) -> Self {
        let layout = layout_draft(body.focal_point, body.sections);
        Self { name: body.name, address: body.address, layout }
    }
}

impl Resource for VenueWithLayout {
    const ID_MEMBER: &'static str = "venue_id";

    fn body(&self) -> impl Serialize {
        VenueBody::from(&self.venue)
    }

    fn path(id: Uuid) -> String {
        format!("/api/v1/venues/{id}")
    }
}
