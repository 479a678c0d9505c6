//! Rules of venues beyond the engine's: what a new venue, a change and an uploaded seat list must be.

pub mod csv;
pub mod new_venue;
pub mod venue;
