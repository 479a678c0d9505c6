//! Races: many clients, one truth. Each test ends with the audit.

#[path = "../support/mod.rs"]
pub mod support;

mod expiry;
mod last_seats;
mod lock;
mod once;
mod resize;
mod seats;
