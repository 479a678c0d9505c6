//! Property tests of the server: random histories over HTTP, compared with a naive model, and seats read from CSV. The
//! property tests of the engine are in `engine/tests/properties`.
//!
//! A failure prints the shortest history that it found and the command that plays it again; `BOXOFFICE_SEED` and
//! `BOXOFFICE_CASES` set the first seed and the number of cases.
#![expect(
    clippy::cast_possible_truncation,
    reason = "the numbers of these tests are small, and a wrong one fails the test"
)]

mod service;
mod sheets;
#[path = "../support/mod.rs"]
pub mod support;
