//! HTTP: one file per resource, each straight down: body -> domain -> inventory, ops or queries -> response.
//!
//! No SQL and no rules live here. A body is parsed into domain types once, at the top of its handler. Wire structs are
//! private to their resource, because they are a promise to clients and the domain is not. What a caller may do is an
//! argument of the handler (`permission`), never a call inside it. A handler that fails returns an `ApiError`; it neither
//! chooses a status nor logs: `answer` does both for every request, once.

pub mod body; // Body<T>: a JSON object, or the problem that says where it is wrong
pub mod cached; // entity tags, and who has what already
pub mod command; // a command to inventory and back
pub mod created; // the answer to a creation, and to its repeat
pub mod docs; // /openapi.json, /docs and the page that problems point to
pub mod errors_page; // every code of the table of errors, explained
pub mod idempotency; // the Idempotency-Key header
pub mod middleware; // the middleware that ends every request: ids, problem documents, metrics
pub mod openapi; // the document that describes all of this
pub mod page; // a page of a listing, and its cursor
pub mod path; // Id<T>: an id in the path
pub mod permission; // who may: an argument of the handler
pub mod problem; // ApiError -> RFC 9457
pub mod prometheus; // GET /metrics
pub mod query_string; // QueryString<T>: the query parameters, unknown ones refused
pub mod read; // a read that answers in time, or 503
pub mod refusal; // what inventory and the database refuse -> ApiError, in one place
pub mod wire; // what several resources write

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
