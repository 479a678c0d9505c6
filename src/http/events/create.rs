//! `POST /api/v1/events`.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::layouts::{RequestedLayouts, judged, layouts};
use super::wire::EventBody;
use crate::app::App;
use crate::domain::ids::{SeriesId, VenueId};
use crate::domain::new_event::{EventDraft, NewEvent, PoolDraft, PriceZoneDraft, TicketTypeDraft};
use crate::domain::seated_event::NamedLayout;
use crate::error::ApiError;
use crate::http::body::{Body, Object};
use crate::http::created::{Resource, created, keep};
use crate::http::idempotency::IdempotencyKey;
use crate::http::permission::Operator;
use crate::ops::create_event::{EventWithSeats, create_event};
use crate::ops::creation::Created;
use crate::telemetry::request::RequestLine;

/// Names the request in its fingerprint.
const ROUTE: &str = "POST /api/v1/events";

/// An event to be created. Either `total_seats` (one pool, one free ticket type), or `pools`, or a `venue_id`: the sections of
/// the venue's layout are the pools. With or without `ticket_types` (without: one free ticket type per pool). Times are
/// RFC 3339 with an offset.
// Written back for the fingerprint, hence `Serialize`. A field that came later is left out where it is absent, so that a repeat
// across its release is still the same request.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateEvent, example = json!({"name": "Winter concert", "total_seats": 500}))]
pub struct CreateBody {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// The production that it is one date of. Cannot be changed later.
    #[serde(skip_serializing_if = "Option::is_none")]
    series_id: Option<SeriesId>,
    /// One pool "General admission" of this size, with one free ticket type. Not together with `pools`, `ticket_types` or a
    /// `venue_id`.
    #[schema(minimum = 1, maximum = 10_000_000)]
    total_seats: Option<i64>,
    #[schema(max_length = 5000)]
    description: Option<String>,
    /// Without it: the name of the venue, if there is a `venue_id`.
    #[schema(min_length = 1, max_length = 200)]
    venue_name: Option<String>,
    #[schema(format = DateTime, example = "2027-03-01T20:00:00+01:00")]
    starts_at: Option<String>,
    /// After `starts_at`.
    #[schema(format = DateTime, example = "2027-03-01T22:30:00+01:00")]
    ends_at: Option<String>,
    /// IANA name of the zone in which people read the event's times. Without it: UTC.
    #[schema(example = "Europe/Berlin")]
    time_zone: Option<String>,
    /// ISO 4217; required where a ticket type has a price.
    #[schema(pattern = "^[A-Z]{3}$", example = "EUR")]
    currency: Option<String>,
    /// How long a hold lives unless its request says, in seconds. Without it: the service's default.
    #[schema(minimum = 10, maximum = 900)]
    hold_ttl_seconds: Option<i64>,
    /// The most that one hold may contain. It can lower the service's maximum, never raise it.
    #[schema(minimum = 1, maximum = 10_000_000)]
    max_quantity_per_hold: Option<i64>,
    /// No holds before. Without it: at once.
    #[schema(format = DateTime)]
    sale_starts_at: Option<String>,
    /// No holds from this instant on; after `sale_starts_at`.
    #[schema(format = DateTime)]
    sale_ends_at: Option<String>,
    /// `draft` or `on_sale`. Without it: `on_sale`.
    #[schema(example = "on_sale")]
    status: Option<String>,
    /// 1 to 100 pools with unique names, together at most 10,000,000 places.
    #[schema(value_type = Option<Vec<CreatePool>>)]
    pools: Option<Vec<Object<CreatePool>>>,
    /// 1 to 200 ticket types with unique names.
    #[schema(value_type = Option<Vec<CreateTicketType>>)]
    ticket_types: Option<Vec<Object<CreateTicketType>>>,
    /// Sells the seats of this venue: each section of its layout is a pool of that name, with the section's seats, or with its
    /// capacity where it has none. Not together with `pools`. Cannot be changed later.
    #[serde(skip_serializing_if = "Option::is_none")]
    venue_id: Option<VenueId>,
    /// Of the venue's layout. Without it: the newest. The event stays with it. Only with `venue_id`.
    #[schema(minimum = 1)]
    #[serde(skip_serializing_if = "Option::is_none")]
    layout_version: Option<i64>,
    /// Divides sections with seats; each zone is a pool "Section, Zone", and the rows that are in none remain the pool
    /// "Section". 1 to 1,000, of which no two have a row in common. Only with `venue_id`.
    #[schema(value_type = Option<Vec<CreatePriceZone>>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    price_zones: Option<Vec<Object<CreatePriceZone>>>,
    /// Whether a selection by hand may not leave single seats. Without it: it may. Only with `venue_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    orphans_refused: Option<bool>,
}

/// A named part of a section's rows, which has ticket types of its own.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreatePriceZone {
    /// The name of a section with seats.
    #[schema(example = "Stalls")]
    section: String,
    /// Unique in its section; other sections may have zones of the same name. With the section's name at most 100 characters.
    #[schema(min_length = 1, max_length = 100, example = "Premium")]
    name: String,
    /// Their labels.
    #[schema(min_items = 1, example = json!(["A", "B"]))]
    rows: Vec<String>,
}

/// A counted amount of the event's capacity.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreatePool {
    #[schema(min_length = 1, max_length = 100, example = "Stalls")]
    name: String,
    #[schema(minimum = 0, maximum = 10_000_000, example = 500)]
    capacity: i64,
}

/// What is sold.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateTicketType {
    #[schema(min_length = 1, max_length = 100, example = "Adult")]
    name: String,
    /// The name of the pool that it draws from. Several ticket types may share one. Required, unless there is a `price_zone`.
    #[schema(example = "Stalls")]
    pool: Option<String>,
    /// The name of a price zone: it is sold there in every section that has the zone, as one ticket type per section. Where
    /// there are several, their names end in the section's: "Adult (Stalls)". Not together with `pool`.
    #[schema(example = "Premium")]
    #[serde(skip_serializing_if = "Option::is_none")]
    price_zone: Option<String>,
    /// Minor units of the currency (cents). 0: free.
    #[schema(minimum = 0, maximum = 100_000_000, example = 2500)]
    price: i64,
    /// The least that a hold with this type contains of it. Without it: 1.
    #[schema(minimum = 1, maximum = 10_000_000)]
    min_quantity: Option<i64>,
    /// The most that a hold contains of it; not less than `min_quantity`. Without it: the event's maximum.
    #[schema(minimum = 1, maximum = 10_000_000)]
    max_quantity: Option<i64>,
}

/// Create an event
///
/// With an `Idempotency-Key` (a UUID) the request can be repeated for 24 hours: the event is created once, and a repeat
/// is given the first answer again, with `Idempotent-Replayed: true`.
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
                ("Location" = String, description = "The event's address"),
                ("Idempotent-Replayed" = bool, description = "`true` where an earlier answer is given again"),
            )),
        (status = 404, description = "SERIES_NOT_FOUND; VENUE_NOT_FOUND or LAYOUT_NOT_FOUND with the field's `pointer`"),
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
    Body(body): Body<CreateBody>,
) -> Result<HttpResponse, ApiError> {
    let keep = keep(&key, ROUTE, &body);
    let repeatable = keep.is_some();
    let draft = EventDraft::from(body);
    let named = draft.layout_name()?.map(|name| NamedLayout { place: String::new(), name });
    let layouts = match layouts(&app, named.as_slice(), keep.as_ref()).await? {
        RequestedLayouts::New(layouts) => layouts,
        RequestedLayouts::Replayed(answer) => {
            return created::<EventWithSeats>(&line, Created::Replayed(answer), repeatable);
        }
    };
    let new = judged(layouts, |layouts| NewEvent::parse(draft, layouts)).await?;
    created(&line, create_event(&app.pool, new, keep).await?, repeatable)
}

impl Resource for EventWithSeats {
    const ID: &'static str = "event_id";

    fn body(&self) -> impl Serialize {
        EventBody::from(&self.event)
    }

    fn address(id: Uuid) -> String {
        format!("/api/v1/events/{id}")
    }

    fn note(id: Uuid, line: &RequestLine) {
        line.note_event(id.into());
    }
}

impl From<CreateBody> for EventDraft {
    fn from(body: CreateBody) -> Self {
        let pool = |Object(CreatePool { name, capacity })| PoolDraft { name, capacity };
        let price_zone = |Object(CreatePriceZone { section, name, rows })| PriceZoneDraft { section, name, rows };
        Self {
            name: body.name,
            series_id: body.series_id,
            total_seats: body.total_seats,
            description: body.description,
            venue_name: body.venue_name,
            starts_at: body.starts_at,
            ends_at: body.ends_at,
            time_zone: body.time_zone,
            currency: body.currency,
            hold_ttl_seconds: body.hold_ttl_seconds,
            max_quantity_per_hold: body.max_quantity_per_hold,
            sale_starts_at: body.sale_starts_at,
            sale_ends_at: body.sale_ends_at,
            status: body.status,
            pools: body.pools.map(|pools| pools.into_iter().map(pool).collect()),
            ticket_types: body
                .ticket_types
                .map(|types| types.into_iter().map(|Object(of_type)| of_type.into()).collect()),
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
