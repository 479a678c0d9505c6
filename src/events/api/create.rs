//! `POST /api/v1/events`.

use actix_web::{HttpResponse, web};
use boxoffice_engine::ids::{SeriesId, VenueId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::event_body::EventBody;
use super::layouts::{find_layouts, parse_with_layouts};
use crate::app::App;
use crate::error::ApiError;
use crate::events::details::create_body;
use crate::events::model::new_event::{EventDraft, NewEvent, PoolDraft, PriceZoneDraft, TicketTypeDraft};
use crate::events::model::seated_event::RequestedLayout;
use crate::events::sql::create::{EventWithSeats, create_event};
use crate::http::auth::Operator;
use crate::http::body::{Body, Object};
use crate::idempotency::created::{Resource, created_response, find_replay, response_to_store};
use crate::idempotency::key::IdempotencyKey;
use crate::telemetry::request::RequestLine;

/// Operation name, part of the idempotency fingerprint.
const ROUTE: &str = "POST /api/v1/events";

create_body! {
    /// An event to create. Needs either `total_seats` (one pool with one free ticket type), or `pools`, or a `venue_id`
    /// (the sections of the venue's layout become the pools). Without `ticket_types` each pool has one free ticket
    /// type. Times are RFC 3339 with an offset.
    // `Serialize` is for the fingerprint. Fields that were added later are skipped if absent, so that a request has the
    // same fingerprint before and after the release that added them.
    #[derive(Deserialize, Serialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    #[schema(as = CreateEvent, example = json!({"name": "Winter concert", "total_seats": 500}))]
    pub struct CreateBody {
        after_name {
            /// The series that the event belongs to. Cannot be changed later.
            #[serde(skip_serializing_if = "Option::is_none")]
            series_id: Option<SeriesId>,
            /// Capacity of a single pool "General admission", with one free ticket type. Not allowed together with
            /// `pools`, `ticket_types` or `venue_id`.
            #[schema(minimum = 1, maximum = 10_000_000)]
            total_seats: Option<i64>,
        }
        last {
            /// ISO 4217 code. Required if a ticket type has a price.
            #[schema(pattern = "^[A-Z]{3}$", example = "EUR")]
            currency: Option<String>,
            /// Time to live of holds, in seconds, unless the hold's request sets one. Default: the service's default.
            #[schema(minimum = 10, maximum = 900)]
            hold_ttl_seconds: Option<i64>,
            /// Maximum quantity of one hold. The service's own maximum applies too.
            #[schema(minimum = 1, maximum = 10_000_000)]
            max_quantity_per_hold: Option<i64>,
            /// Time from which holds are allowed. Default: immediately.
            #[schema(format = DateTime)]
            sale_starts_at: Option<String>,
            /// Time from which holds are no longer allowed. Must be after `sale_starts_at`.
            #[schema(format = DateTime)]
            sale_ends_at: Option<String>,
            /// `draft` or `on_sale`. Default: `on_sale`.
            #[schema(example = "on_sale")]
            status: Option<String>,
            /// 1 to 100 pools with unique names and a total capacity of at most 10,000,000.
            #[schema(value_type = Option<Vec<CreatePool>>)]
            pools: Option<Vec<Object<CreatePool>>>,
            /// 1 to 200 ticket types with unique names.
            #[schema(value_type = Option<Vec<CreateTicketType>>)]
            ticket_types: Option<Vec<Object<CreateTicketType>>>,
            /// Venue whose layout the event is sold with. Each section becomes a pool with the section's name, and with
            /// its seats, or with its capacity if it has no seats. Not allowed together with `pools`. Cannot be changed
            /// later.
            #[serde(skip_serializing_if = "Option::is_none")]
            venue_id: Option<VenueId>,
            /// Version of the venue's layout. Default: the newest. The event keeps this version. Only with `venue_id`.
            #[schema(minimum = 1)]
            #[serde(skip_serializing_if = "Option::is_none")]
            layout_version: Option<i64>,
            /// Zones that divide sections with seats. Each zone becomes a pool "Section, Zone"; rows in no zone stay in
            /// the pool "Section". 1 to 1,000 zones without common rows. Only with `venue_id`.
            #[schema(value_type = Option<Vec<CreatePriceZone>>)]
            #[serde(skip_serializing_if = "Option::is_none")]
            price_zones: Option<Vec<Object<CreatePriceZone>>>,
            /// Whether to refuse seat selections that leave single free seats without need. Default: `false`. Only with
            /// `venue_id`.
            #[serde(skip_serializing_if = "Option::is_none")]
            orphans_refused: Option<bool>,
        }
    }
}

/// Named rows of a section that have their own ticket types.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreatePriceZone {
    /// Name of a section with seats.
    #[schema(example = "Stalls")]
    section: String,
    /// Unique in its section; other sections may have zones of the same name. Pool name ("Section, Zone") at most 100
    /// characters.
    #[schema(min_length = 1, max_length = 100, example = "Premium")]
    name: String,
    /// Labels of the zone's rows.
    #[schema(min_items = 1, example = json!(["A", "B"]))]
    rows: Vec<String>,
}

/// A part of the event's capacity, counted separately.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreatePool {
    #[schema(min_length = 1, max_length = 100, example = "Stalls")]
    name: String,
    /// Number of places.
    #[schema(minimum = 0, maximum = 10_000_000, example = 500)]
    capacity: i64,
}

/// A kind of ticket, with its price and limits.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateTicketType {
    #[schema(min_length = 1, max_length = 100, example = "Adult")]
    name: String,
    /// Name of the pool whose capacity is sold. Several ticket types can share a pool. Required if there is no
    /// `price_zone`.
    #[schema(example = "Stalls")]
    pool: Option<String>,
    /// Name of a price zone. The ticket type is sold in every section that has a zone of this name, as one ticket type
    /// per section. If there are several, the section is appended to their names: "Adult (Stalls)". Not allowed
    /// together with `pool`.
    #[schema(example = "Premium")]
    #[serde(skip_serializing_if = "Option::is_none")]
    price_zone: Option<String>,
    /// Price in minor units of the currency (cents). 0: free.
    #[schema(minimum = 0, maximum = 100_000_000, example = 2500)]
    price: i64,
    /// Minimum quantity in a hold that has this ticket type. Default: 1.
    #[schema(minimum = 1, maximum = 10_000_000)]
    min_quantity: Option<i64>,
    /// Maximum quantity in one hold; at least `min_quantity`. Default: the event's maximum.
    #[schema(minimum = 1, maximum = 10_000_000)]
    max_quantity: Option<i64>,
}

/// Create an event
///
/// With an `Idempotency-Key` (a UUID) the request can be repeated for 24 hours: the event is created once, and a repeat
/// gets the first response again, with `Idempotent-Replayed: true`.
#[utoipa::path(
    post,
    path = "/api/v1/events",
    tag = "events",
    operation_id = "create_event",
    params(("Idempotency-Key" = Option<uuid::Uuid>, Header, description = "Makes the request repeatable for 24 hours")),
    request_body = CreateBody,
    responses(
        (status = 201, description = "The event, with the ids of its pools and ticket types", body = EventBody,
            headers(
                ("Location" = String, description = "Path of the event"),
                ("Idempotent-Replayed" = bool, description = "`true` if this is the response of an earlier request"),
            )),
        (status = 404, description = "SERIES_NOT_FOUND; VENUE_NOT_FOUND or LAYOUT_NOT_FOUND with the field's `pointer`"),
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
    Body(body): Body<CreateBody>,
) -> Result<HttpResponse, ApiError> {
    let to_store = response_to_store(&key, ROUTE, &body);
    let has_key = to_store.is_some();
    let draft = EventDraft::from(body);
    let requested = draft.layout_reference()?.map(|reference| RequestedLayout { pointer: String::new(), reference });
    if let Some(replay) = find_replay(&app, &line, to_store.as_ref()).await? {
        return Ok(replay);
    }
    let layouts = find_layouts(&app, requested.as_slice()).await?;
    let new = parse_with_layouts(layouts, |layouts| NewEvent::parse(draft, layouts)).await?;
    created_response(&line, create_event(&app.pool, app.settings.event_affinities, new, to_store).await?, has_key)
}

impl Resource for EventWithSeats {
    const ID_MEMBER: &'static str = "event_id";

    fn body(&self) -> impl Serialize {
        EventBody::from(&self.event)
    }

    fn path(id: Uuid) -> String {
        format!("/api/v1/events/{id}")
    }

    fn note_id(id: Uuid, line: &RequestLine) {
        line.note_event(id.into());
    }
}

impl From<CreateBody> for EventDraft {
    fn from(mut body: CreateBody) -> Self {
        let pool = |Object(CreatePool { name, capacity })| PoolDraft { name, capacity };
        let price_zone = |Object(CreatePriceZone { section, name, rows })| PriceZoneDraft { section, name, rows };
        Self {
            details: body.take_details(),
            series_id: body.series_id,
            total_seats: body.total_seats,
            currency: body.currency,
            hold_ttl_seconds: body.hold_ttl_seconds,
            max_quantity_per_hold: body.max_quantity_per_hold,
            sale_starts_at: body.sale_starts_at,
            sale_ends_at: body.sale_ends_at,
            status: body.status,
            pools: body.pools.map(|pools| pools.into_iter().map(pool).collect()),
            ticket_types: body
                .ticket_types
                .map(|types| types.into_iter().map(|Object(ticket_type)| ticket_type.into()).collect()),
            venue_id: body.venue_id,
            layout_version: body.layout_version,
            price_zones: body.price_zones.map(|zones| zones.into_iter().map(price_zone).collect()),
            orphans_refused: body.orphans_refused,
        }
    }
}

impl From<CreateTicketType> for TicketTypeDraft {
    fn from(ticket_type: CreateTicketType) -> Self {
        Self {
            name: ticket_type.name,
            pool: ticket_type.pool,
            price_zone: ticket_type.price_zone,
            price: ticket_type.price,
            min_quantity: ticket_type.min_quantity,
            max_quantity: ticket_type.max_quantity,
        }
    }
}
