//! What the tests of engine and server share: a naive model of the service, random histories of requests to it, and the
//! runner that plays and shrinks them. For development only; the server never depends on it.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the numbers of these tests are small, and a wrong one fails the test"
)]

pub mod cases;
pub mod dice;
pub mod history;
pub mod model;
pub mod reach;
pub mod script;
pub mod translate;
pub mod violation;
