//! The OpenAPI document, generated from the annotations of the handlers.

mod failures;

use utoipa::openapi::OpenApi;
use utoipa::{Modify, OpenApi as _};

use self::failures::Failures;
use super::problem::Problem;

/// The document without its routes.
#[derive(utoipa::OpenApi)]
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
    // No annotation mentions it; `Failures` refers to it by name.
    components(schemas(Problem)),
)]
struct Frame;

/// The whole document: the frame, the routes, and the failures that operations have in common.
pub fn document(routes: OpenApi) -> OpenApi {
    let mut document = Frame::openapi().merge_from(routes);
    Failures.modify(&mut document);
    document
}
