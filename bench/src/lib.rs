//! The load generator of Boxoffice: it drives a server binary over HTTP, and knows nothing of its inside.
#![warn(clippy::unwrap_used)] // a reason belongs to whatever cannot fail: `expect` has room for it

pub mod acknowledged; // the file of what a server said yes to
pub mod api; // the requests that load is made of, and what is read from their answers
pub mod client; // one keep-alive connection
pub mod closed_loop; // clients that send the next request when the last is answered
pub mod database; // what PostgreSQL is set to, and what it has in the end
pub mod environment; // what the figures depend on
pub mod mixed; // `mixed`: holds, bookings, releases and reads through failures
pub mod recorder; // latencies and errors of one window
pub mod report; // sections of docs/benchmarks.md
pub mod scenarios; // what is measured
pub mod server; // the server binary as child processes
pub mod target; // where load may be sent
pub mod verify; // `verify`: is everything there that was acknowledged?
