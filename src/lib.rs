//! Boxoffice: a booking engine that cannot oversell. ARCHITECTURE.md is the map.
#![warn(clippy::unwrap_used)] // a reason belongs to whatever cannot fail: `expect` has room for it

pub mod app; // what handlers and workers share
pub mod config; // every setting: flag, environment variable, default, range
pub mod db; // pools, named transactions, constraint names, migrations, embedded PostgreSQL
pub mod domain; // ids, quantities, money, times, states; imports nothing of ours
pub mod error; // the closed table of error codes
pub mod http; // one file per resource: body -> domain -> inventory, ops, queries -> response
pub mod inventory; // the only place where capacity changes
pub mod ops; // every other writing transaction
pub mod queries; // read-only SQL
pub mod reads; // what thousands ask for at once, answered by one statement
pub mod server; // middleware, limits, the route table, graceful shutdown
pub mod telemetry; // logs, traces, and every metric name
pub mod workers; // idempotent ticks and their supervisor
