//! API tests: every endpoint and every error code over HTTP. One file per resource.

mod blocks;
mod bookings;
mod codes;
mod docs;
mod events;
mod health;
mod holds;
mod invariants;
mod metrics;
mod pools;
mod requests;
mod seats;
mod series;
mod stage;
mod status;
mod venues;
