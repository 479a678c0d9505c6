//! Rules of series: a new one, and dates added to one.

pub mod new_series;
pub mod series;
