//! The HTTP kit: what every feature needs to serve a route, and nothing about any feature.
//!
//! A handler goes from the body to domain types, to the engine or to its feature's SQL, and to the response. Wire structs
//! are separate from domain types, because they are the API's contract and the domain may change. A permission is an
//! argument of the handler (`auth`), not a call inside it. A handler that fails returns an `ApiError`; it neither chooses
//! a status nor logs: `middleware` writes the problem document of every failure.

pub mod auth; // who may: an argument of the handler
pub mod body; // Body<T>: a parsed JSON object
pub mod cached; // entity tags and cache headers
pub mod command; // submits commands to inventory
pub mod docs; // /openapi.json, /docs and the page of error codes
pub mod errors_page; // HTML of the page of error codes
pub mod fault; // errors of deserialising bodies and query strings
pub mod middleware; // completes every response: request id, problem document, metrics
pub mod openapi; // the OpenAPI document
pub mod page; // pages of listings and their cursors
pub mod path; // Id<T>: an id in the path
pub mod problem; // ApiError -> RFC 9457
pub mod query_string; // QueryString<T>: parsed query parameters
pub mod read; // reads with a deadline
pub mod refusal; // refusals and database errors -> ApiError
pub mod routes; // the routes of a feature, each written once
pub mod timestamp; // instants as responses write them
