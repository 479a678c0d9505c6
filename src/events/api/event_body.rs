//! The response body of an event.

use std::borrow::Cow;

use boxoffice_engine::ids::{EventId, PoolId, SeriesId, TicketTypeId, VenueId};
use boxoffice_engine::model::event::EventStatus;
use serde::Serialize;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::events::details::DetailsBody;
use crate::events::model::whole_event::{EventPool, EventTicketType, WholeEvent};
use crate::http::timestamp::Timestamp;

/// The response: one JSON object with the members of both parts.
#[derive(Serialize)]
pub(super) struct EventBody<'a> {
    #[serde(flatten)]
    details: DetailsBody<'a>,
    #[serde(flatten)]
    sale: SaleBody<'a>,
}

/// An event with its pools and ticket types. Times are UTC unless their name ends in `_local`. `venue_id`,
/// `layout_version`, `orphans_refused` and a pool's `section` are present only if the event is sold with a venue's
/// layout.
// The comment above is the description of the whole object in the OpenAPI document.
#[derive(Serialize, ToSchema)]
struct SaleBody<'a> {
    event_id: EventId,
    /// The series that the event belongs to. `null`: none.
    series_id: Option<SeriesId>,
    /// Total capacity of all pools.
    #[schema(minimum = 0, example = 500)]
    total_seats: u64,
    created_at: Timestamp,
    updated_at: Timestamp,
    status: EventStatus,
    /// ISO 4217 code. `null` is possible only if every ticket type is free.
    #[schema(example = "EUR")]
    currency: Option<String>,
    /// Time to live of holds, in seconds, unless the hold's request sets one. `null`: the service's default.
    #[schema(minimum = 10, maximum = 900, example = 120)]
    hold_ttl_seconds: Option<u32>,
    /// Maximum quantity of one hold. `null`: only the service's maximum, which applies in any case.
    #[schema(minimum = 1, example = 8)]
    max_quantity_per_hold: Option<u32>,
    /// Start of the sale. `null`: when `status` becomes `on_sale`.
    sale_starts_at: Option<Timestamp>,
    /// End of the sale, exclusive. `null`: when `status` changes.
    sale_ends_at: Option<Timestamp>,
    /// The event's venue.
    #[serde(skip_serializing_if = "Option::is_none")]
    venue_id: Option<VenueId>,
    /// Version of the venue's layout that the event is sold with. It does not change.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, example = 1)]
    layout_version: Option<u32>,
    /// Whether seat selections are refused that leave single free seats without need.
    #[serde(skip_serializing_if = "Option::is_none")]
    orphans_refused: Option<bool>,
    pools: Vec<PoolBody<'a>>,
    ticket_types: Vec<TicketTypeBody<'a>>,
}

/// A part of the event's capacity, counted separately.
#[derive(Serialize, ToSchema)]
#[schema(as = EventPool)]
pub(super) struct PoolBody<'a> {
    pool_id: PoolId,
    #[schema(example = "Stalls")]
    name: &'a str,
    /// Number of places.
    #[schema(minimum = 0, maximum = 10_000_000, example = 500)]
    capacity: u32,
    /// Section of the layout that the pool, or its price zone, belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Stalls")]
    section: Option<&'a str>,
    /// Whether the places are numbered seats.
    seated: bool,
    /// Places that the organiser has blocked.
    #[schema(minimum = 0, example = 0)]
    blocked: u32,
}

/// A kind of ticket, with its price and limits.
#[derive(Serialize, ToSchema)]
#[schema(as = EventTicketType)]
pub(super) struct TicketTypeBody<'a> {
    ticket_type_id: TicketTypeId,
    #[schema(example = "Adult")]
    name: &'a str,
    /// The pool whose capacity is sold. Several ticket types can share a pool.
    pool_id: PoolId,
    /// Price in minor units of the event's currency (cents). 0: free.
    #[schema(minimum = 0, example = 2500)]
    price: i64,
    /// Minimum quantity in a hold that has this ticket type. `null`: 1.
    #[schema(minimum = 1, example = 1)]
    min_quantity: Option<u32>,
    /// Maximum quantity in one hold. `null`: the event's maximum.
    #[schema(minimum = 1, example = 4)]
    max_quantity: Option<u32>,
}

impl ToSchema for EventBody<'_> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Event")
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        DetailsBody::schemas(schemas);
        SaleBody::schemas(schemas);
    }
}

impl PartialSchema for EventBody<'_> {
    /// One object with the members of both parts. The derived schema would be an `allOf`, which generators of client
    /// code turn into several types.
    fn schema() -> RefOr<Schema> {
        let mut schema = SaleBody::schema();
        if let (RefOr::T(Schema::Object(sale)), RefOr::T(Schema::Object(details))) =
            (&mut schema, DetailsBody::schema())
        {
            sale.properties.extend(details.properties);
            sale.required.extend(details.required);
        }
        schema
    }
}

impl<'a> From<&'a WholeEvent> for EventBody<'a> {
    fn from(event: &'a WholeEvent) -> Self {
        let terms = &event.terms;
        let sale = SaleBody {
            event_id: event.event_id,
            series_id: event.series_id,
            total_seats: event.total_capacity(),
            created_at: Timestamp(event.created_at),
            updated_at: Timestamp(event.updated_at),
            status: terms.status,
            currency: terms.currency.map(String::from),
            hold_ttl_seconds: terms.hold_ttl_seconds,
            max_quantity_per_hold: terms.max_quantity_per_hold,
            sale_starts_at: terms.sale_starts_at.map(Timestamp),
            sale_ends_at: terms.sale_ends_at.map(Timestamp),
            venue_id: event.seating.map(|seating| seating.venue_id),
            layout_version: event.seating.map(|seating| seating.layout_version),
            orphans_refused: event.seating.map(|_| event.terms.orphans_refused),
            pools: event.pools.iter().map(PoolBody::from).collect(),
            ticket_types: event.ticket_types.iter().map(TicketTypeBody::from).collect(),
        };
        Self { details: DetailsBody::from(&event.details), sale }
    }
}

impl<'a> From<&'a EventPool> for PoolBody<'a> {
    fn from(pool: &'a EventPool) -> Self {
        Self {
            pool_id: pool.pool_id,
            name: &pool.name,
            capacity: pool.capacity,
            section: pool.section.as_ref().map(|section| section.name.as_str()),
            seated: pool.seated,
            blocked: pool.blocked,
        }
    }
}

impl<'a> From<&'a EventTicketType> for TicketTypeBody<'a> {
    fn from(ticket_type: &'a EventTicketType) -> Self {
        Self {
            ticket_type_id: ticket_type.ticket_type_id,
            name: &ticket_type.name,
            pool_id: ticket_type.pool_id,
            price: ticket_type.price,
            min_quantity: ticket_type.min_quantity,
            max_quantity: ticket_type.max_quantity,
        }
    }
}
