//! Boxoffice: a booking engine that cannot oversell. ARCHITECTURE.md describes the parts.
#![warn(clippy::unwrap_used)] // use `expect`, whose text is the reason why it cannot fail

pub mod app; // state shared by handlers and workers
pub mod config; // every setting: flag, environment variable, default, range
pub mod domain; // ids, quantities, money, times, states; imports no other module of this crate
pub mod error; // the closed table of error codes
pub mod http; // one file per resource: body -> domain -> inventory, ops, queries -> response
pub mod ops; // every other writing transaction
pub mod queries; // read-only SQL
pub mod reads; // status reads: one statement answers all requests that wait
pub mod server; // middleware, limits, the route table, graceful shutdown
pub mod telemetry; // logs, traces, and every metric name
pub mod workers; // idempotent ticks and their supervisor
