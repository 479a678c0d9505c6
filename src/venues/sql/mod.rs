//! Statements about venues and their layouts.

pub mod amend;
pub mod create;
pub mod venue;
pub mod venue_layout;
pub mod venues;
