//! The OpenAPI document, from the annotations of the handlers.

mod failures;

use utoipa::OpenApi;

use self::failures::Failures;
use super::problem::Problem;
use super::{
    blocks, bookings, events, health, holds, invariants, pools, prometheus, seats, series, status, totals, venues,
};

/// Lists every operation; schemas follow from their bodies, and common failures from what they are.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Box Office API",
        description = "Holds and bookings for anything with limited capacity. It cannot oversell, loses nothing that it has \
                       acknowledged, and every write can be repeated safely.\n\n\
                       Times are RFC 3339 in UTC, ids are UUIDs, money is in minor units (cents) with an ISO 4217 currency. \
                       Failures are `application/problem+json` with a `code`; `/docs/errors` says what to do about each. \
                       Every answer has `X-Request-Id`."
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
    // No handler names it: `Failures` does, for all.
    components(schemas(Problem)),
    modifiers(&Failures),
    tags(
        (name = "events", description = "What is on, and on which terms it is sold"),
        (name = "seats", description = "The numbered seats of an event, and the state of each"),
        (name = "venues", description = "The places where events happen, and where their seats are"),
        (name = "series", description = "One production, many dates and places"),
        (name = "pools", description = "Counted amounts of an event's capacity"),
        (name = "blocks", description = "What an organiser keeps back, and why"),
        (name = "holds", description = "Temporary claims on capacity"),
        (name = "bookings", description = "Holds made permanent"),
        (name = "operations", description = "For those who run the service"),
    ),
)]
pub struct Document;
