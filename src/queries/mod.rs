//! Queries: read-only SQL without locks. One query per file, named after its result; a few need several statements
//! (`layout`, `invariants`), and `venue_layout` only combines others.

pub mod blocks; // GET /events/{id}/blocks
pub mod booking; // GET /bookings/{id}
pub mod database; // readiness
pub mod event; // GET /events/{id}
pub mod events; // GET /events
pub mod hold; // GET /holds/{id}
pub mod overdue_holds; // the sweeper
pub mod seat_changes; // GET /events/{id}/seats?since=
pub mod seat_map; // GET /events/{id}/seats and seats.svg
pub mod seated_event; // first statement of all requests about seats
pub mod series; // GET /series/{id}
pub mod series_events; // GET /series/{id}/events
pub mod status; // GET /events/{id}/status
pub mod totals; // GET /api/v1/metrics and the gauges of GET /metrics
pub mod venue; // GET /venues/{id}
pub mod venue_layout; // layouts that POST /events and POST /series refer to
pub mod venues; // GET /venues
