//! Shared test support: a database per test, the HTTP server, and a JSON client.
//!
//! Each test binary includes it as `pub mod`, because a binary uses only a part and must get no warning for the rest.

pub mod client;
pub mod cluster;
pub mod database;
pub mod process;
pub mod service;
pub mod theatre;

pub use client::{Client, Reply};
pub use database::Database;
pub use service::Service;
pub use theatre::Theatre;
