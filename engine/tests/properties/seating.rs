//! Reserved seating: picks compared with a naive model that tries all groups, layouts from
//! descriptions, examples.

mod descriptions;
mod examples;
mod layouts;
pub mod model;
mod orphans;
mod picks;
mod small_house;
