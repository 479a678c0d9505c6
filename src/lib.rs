//! Boxoffice: a booking engine that cannot oversell. ARCHITECTURE.md describes the parts.
//!
//! The engine is the crate `boxoffice-engine`. This one is the server around it, cut by feature.

// Modules that put everything together.
pub mod app; // state shared by handlers and workers
pub mod config; // every setting: flag, environment variable, default, range
pub mod demo_events; // the events that `boxoffice dev` starts with
pub mod server; // middleware, limits, the features' routes, graceful shutdown
pub mod workers; // the supervisor of the features' ticks

// Modules that every feature uses.
pub mod error; // the closed table of error codes
pub mod fields; // values that several features validate
pub mod http; // the HTTP kit
pub mod idempotency; // keys, fingerprints, stored responses
pub mod telemetry; // logs, traces, and the server's metrics

// The features, each complete in its folder.
pub mod blocks;
pub mod bookings;
pub mod events;
pub mod holds;
pub mod operations;
pub mod seat_maps;
pub mod series;
pub mod venues;
