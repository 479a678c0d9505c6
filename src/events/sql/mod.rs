//! Statements about events.

pub mod create;
pub mod currencies;
pub mod event;
pub mod events;
pub mod named;
pub mod status;
