//! Queries: read-only SQL, one statement per file, named after what asks for it. No locks, no writes.

pub mod blocks; // GET /events/{id}/blocks
pub mod booking; // GET /bookings/{id}
pub mod database; // whether it answers
pub mod event; // GET /events/{id}
pub mod events; // GET /events
pub mod hold; // GET /holds/{id}
pub mod invariants; // every invariant, in one snapshot: GET /invariants, the auditor, `boxoffice check_invariants`, the tests
pub mod layout; // GET /venues/{id}/layouts/{version}, and whoever needs the seats of one
pub mod overdue_holds; // the sweeper's candidates
pub mod seat_changes; // GET /events/{id}/seats?since=
pub mod seat_map; // GET /events/{id}/seats and seats.svg
pub mod seated_event; // what both ask first
pub mod series; // GET /series/{id}
pub mod series_events; // GET /series/{id}/events
pub mod status; // GET /events/{id}/status
pub mod totals; // GET /api/v1/metrics and the gauges of GET /metrics
pub mod venue; // GET /venues/{id}
pub mod venue_layout; // what POST /events and /series name
pub mod venues; // GET /venues
