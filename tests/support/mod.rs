//! What all tests share: a database of their own, the real server, and a client that speaks JSON.
//!
//! Test binaries include it as `pub mod`: each uses another part, and what one leaves unused is no mistake.

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
