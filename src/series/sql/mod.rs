//! Statements about series and their dates.

pub mod add_dates;
pub mod create;
pub mod series;
pub mod series_events;
