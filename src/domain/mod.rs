//! Domain types: ids, quantities, money, times, and the states of events, holds, bookings, blocks and seats. Requests
//! are parsed into them here. Nothing here does I/O.

pub mod change;
pub mod csv;
mod event_fields;
pub mod event_patch;
pub mod event_search;
pub mod new_event;
pub mod new_series;
pub mod new_venue;
pub mod page;
pub mod payment_token;
pub mod seat_map;
pub mod seated_event;
pub mod series;
pub mod venue;
pub mod whole_event;
pub mod zone;
