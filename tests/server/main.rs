//! Tests of the server that share one process: one binary links faster than four.

mod api;
mod operations;
mod plans;
mod races;
#[path = "../support/mod.rs"]
pub mod support;
