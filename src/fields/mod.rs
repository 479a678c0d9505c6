//! Values that several features validate.

pub mod page;
pub mod patch;
pub mod time_zone;
