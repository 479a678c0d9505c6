//! Statements of the operators' routes.

pub mod database;
pub mod totals;
