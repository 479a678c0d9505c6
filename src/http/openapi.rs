//! The OpenAPI document, generated from the annotations of the handlers.

mod failures;

use utoipa::OpenApi;

use self::failures::Failures;
use super::problem::Problem;
use super::{
    blocks, bookings, events, health, holds, invariants, pools, prometheus, seats, series, status, totals, venues,
};

/// The document. Schemas come from the bodies of the listed operations; [`Failures`] adds the common failures.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Box Office API",
        description = "Holds and bookings for anything with limited capacity. It does not oversell, does not lose an \
                       acknowledged write, and every write can be repeated safely (creations with an \
                       `Idempotency-Key`).\n\n\
                       Times are RFC 3339 in UTC, ids are UUIDs, money is in minor units (cents) with an ISO 4217 \
                       currency. Failures are `application/problem+json` with a `code`; `/docs/errors` explains each \
                       code. Every response has the header `X-Request-Id`."
    ),
    paths(
        events::create,
        events::list,
        events::show,
        events::amend,
        events::delete,
        status::show,
        seats::show,
        seats::draw,
        venues::create,
        venues::list,
        venues::show,
        venues::amend,
        venues::layout,
        series::create,
        series::show,
        series::list_events,
        series::add,
        pools::resize,
        blocks::put,
        blocks::delete,
        blocks::list,
        holds::place,
        holds::show,
        holds::change_items,
        holds::extend,
        holds::release,
        holds::expire,
        bookings::book,
        bookings::show,
        bookings::cancel,
        totals::show,
        prometheus::scrape,
        invariants::show,
        health::health,
        health::status,
        health::live,
        health::ready,
    ),
    // No annotation mentions it; `Failures` refers to it by name.
    components(schemas(Problem)),
    modifiers(&Failures),
    tags(
        (name = "events", description = "Events and their terms of sale"),
        (name = "seats", description = "Numbered seats of an event and their states"),
        (name = "venues", description = "Venues and their layouts"),
        (name = "series", description = "Productions with many dates, at one or several venues"),
        (name = "pools", description = "Parts of an event's capacity"),
        (name = "blocks", description = "Capacity and seats that the organiser withholds from sale"),
        (name = "holds", description = "Temporary claims on capacity, with an expiry"),
        (name = "bookings", description = "Holds made permanent"),
        (name = "operations", description = "Health, metrics and checks, for operators of the service"),
    ),
)]
pub struct Document;
