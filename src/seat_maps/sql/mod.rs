//! Statements about the states of an event's seats.

pub mod seat_changes;
pub mod seat_map;
pub mod seated_event;
