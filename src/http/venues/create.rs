//! `POST /api/v1/venues`.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::sections::{SectionBody, layout_draft};
use super::sheet::{SheetParams, of_parameter};
use super::wire::{PointBody, VenueBody};
use crate::app::App;
use crate::domain::new_venue::{NewVenue, VenueDraft};
use crate::error::ApiError;
use crate::http::body::{Media, Object, RawBody, parse};
use crate::http::created::{Resource, created, keep};
use crate::http::idempotency::IdempotencyKey;
use crate::http::permission::Operator;
use crate::http::query_string::QueryString;
use crate::ops::create_venue::{VenueWithLayout, create_venue};
use crate::ops::stored_response::ResponseToStore;
use crate::telemetry::request::RequestLine;

/// Names the request in its fingerprint.
const ROUTE: &str = "POST /api/v1/venues";

/// A venue to be created, with the first version of its layout.
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
    /// What people come to look at: the nearer, the better a seat. Without it: the middle of the front.
    #[schema(value_type = Option<PointBody>)]
    focal_point: Option<Object<PointBody>>,
    /// 1 to 1,000 with unique names; together at most 100,000 seats.
    #[schema(value_type = Vec<SectionBody>, min_items = 1, max_items = 1_000)]
    sections: Vec<Object<SectionBody>>,
}

/// Create a venue
///
/// Sections are described in a line, or seat by seat, or have just a capacity. The body can be `text/csv` instead: a header
/// `section,row,number,x,y,attributes` (the last three may be missing), then a line for each seat, its attributes separated by
/// blanks; then the other fields are query parameters. With an `Idempotency-Key` (a UUID) the request can be repeated for 24 hours.
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
        (status = 201, description = "The venue, with its sections in short", body = VenueBody,
            headers(
                ("Location" = String, description = "The venue's address"),
                ("Idempotent-Replayed" = bool, description = "`true` where an earlier answer is given again"),
            )),
        (status = 409, description = "REQUEST_IN_PROGRESS: the first request with this key still runs; with `Retry-After`"),
        (status = 422, description = "VALIDATION_FAILED with the field's `pointer`, of CSV `/lines/2/x`; or IDEMPOTENCY_KEY_REUSED"),
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
    // A hundred thousand seats take a while to read, and whoever came over the same thread would wait for it.
    let (new, keep) = web::block(move || understood(&key, &params, &body)).await.map_err(ApiError::internal)??;
    let repeatable = keep.is_some();
    created(&line, create_venue(&app.pool, new, keep).await?, repeatable)
}

/// The venue that is asked for, and the request's key.
fn understood(
    key: &IdempotencyKey,
    params: &SheetParams,
    body: &RawBody,
) -> Result<(NewVenue, Option<ResponseToStore<VenueWithLayout>>), ApiError> {
    match body.media {
        Media::Json => {
            params.absent()?;
            let body: CreateVenueBody = parse(&body.bytes)?;
            let keep = keep(key, ROUTE, &body);
            Ok((VenueDraft::from(body).try_into()?, keep))
        }
        Media::Csv => {
            let name = params.name.clone().ok_or_else(|| ApiError::invalid("name", "is required"))?;
            let layout = params.layout_draft(&body.bytes)?;
            let draft = VenueDraft { name, address: params.address.clone(), layout };
            Ok((draft.try_into().map_err(of_parameter)?, keep(key, ROUTE, &(params, &body.bytes[..]))))
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
    const ID: &'static str = "venue_id";

    fn body(&self) -> impl Serialize {
        VenueBody::from(&self.venue)
    }

    fn address(id: Uuid) -> String {
        format!("/api/v1/venues/{id}")
    }
}
