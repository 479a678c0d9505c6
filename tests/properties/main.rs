//! Property tests: random histories compared with a naive model, thousands for `decide` and dozens for the whole
//! service. Plain examples complete them.
//!
//! `service` drives two servers over HTTP; all other modules use neither database nor clock. A failure prints the
//! shortest history that it found and the command that plays it again; `BOXOFFICE_SEED` and `BOXOFFICE_CASES` set the
//! first seed and the number of cases.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "the numbers of these tests are small, and a wrong one fails the test"
)]

mod answers;
mod constraints;
mod decide;
mod examples;
mod invariants;
#[path = "../support/model.rs"]
mod model;
mod reach;
mod rows;
mod script;
mod seating;
mod seats;
mod service;
mod shelves;
mod stage;
#[path = "../support/mod.rs"]
pub mod support;
mod theatre;
mod translate;
mod turns;
