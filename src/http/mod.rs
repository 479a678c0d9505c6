//! HTTP: one file per resource. Each handler goes from the body to domain types, to inventory, ops or queries, and to
//! the response.
//!
//! There is no SQL and there are no business rules here. A body is parsed into domain types once, at the top of its
//! handler. Wire structs are separate from domain types, because they are the API's contract and the domain may
//! change. A permission is an argument of the handler (`permission`), not a call inside it. A handler that fails
//! returns an `ApiError`; it neither chooses a status nor logs: `middleware` writes the problem document and the log
//! line of every request.

pub mod body; // Body<T>: a parsed JSON object
pub mod cached; // entity tags and cache headers
pub mod command; // submits commands to inventory
pub mod created; // the response to a creation and to its repeats
pub mod docs; // /openapi.json, /docs and the page of error codes
pub mod errors_page; // HTML of the page of error codes
pub mod idempotency; // the Idempotency-Key header
pub mod middleware; // completes every response: request id, problem document, metrics, log line
pub mod openapi; // the OpenAPI document
pub mod page; // pages of listings and their cursors
pub mod path; // Id<T>: an id in the path
pub mod permission; // permissions as arguments of handlers
pub mod problem; // ApiError -> RFC 9457
pub mod prometheus; // GET /metrics
pub mod query_string; // QueryString<T>: parsed query parameters
pub mod read; // reads with a deadline
pub mod refusal; // refusals and database errors -> ApiError
pub mod routes; // the routes of a feature, each written once
pub mod wire; // response fields that several resources share

pub mod blocks;
pub mod bookings;
pub mod events;
pub mod health;
pub mod holds;
pub mod invariants;
pub mod pools;
pub mod seats;
pub mod series;
pub mod status;
pub mod totals;
pub mod venues;
