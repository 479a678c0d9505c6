//! The load generator of Boxoffice: it drives a server binary over HTTP, and knows nothing of its inside.
#![warn(clippy::unwrap_used)] // a reason belongs to whatever cannot fail: `expect` has room for it

pub mod acknowledged; // the file of what a server said yes to
pub mod api; // the requests that load is made of, and what is read from their answers
pub mod client; // one keep-alive connection
pub mod database; // what PostgreSQL is set to, and what it counted
pub mod engines; // what is measured side by side
pub mod environment; // what the figures depend on
pub mod load; // closed and open loops, and what they record
pub mod mixed; // `mixed`: holds, bookings, releases and reads through failures
pub mod processes; // processor time and memory
pub mod progress; // how far a run is
pub mod report; // `report`: docs/benchmarks.md and its plots, from the results
pub mod results; // the JSON of a run
pub mod run; // `run`: a suite, from start to finish
pub mod scenarios; // what is measured
pub mod suite; // suite files
pub mod target; // where load may be sent
pub mod verify; // `verify`: is everything there that was acknowledged?
