//! Races: many concurrent clients. Each test ends with a check of all invariants.

mod expiry;
mod last_seats;
mod lock;
mod once;
mod resize;
mod seats;
