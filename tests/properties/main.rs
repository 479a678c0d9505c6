//! Properties: random histories against a naive model, of the pure decision by the thousand and of the whole service by the
//! dozen, and plain examples beside them.
//!
//! `service` drives real servers over HTTP; all else has no database and no clock. A failure prints the shortest history it could find and the line that plays it again;
//! `BOXOFFICE_SEED` and `BOXOFFICE_CASES` choose what is played.
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
