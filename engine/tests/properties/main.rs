//! Property tests of the engine: thousands of random histories through `decide`, compared with a naive model, and the
//! same for seating and the queue. Plain examples complete them. They use neither database nor clock.
//!
//! A failure prints the shortest history that it found and the command that plays it again; `BOXOFFICE_SEED` and
//! `BOXOFFICE_CASES` set the first seed and the number of cases.
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
mod rows;
mod seating;
mod seats;
mod shelves;
mod stage;
mod theatre;
mod turns;
