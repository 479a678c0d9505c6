//! Statements about events.

pub mod create;
pub mod event;
pub mod events;
pub mod named;
pub mod status;
