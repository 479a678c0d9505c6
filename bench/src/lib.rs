//! The load generator of Boxoffice: it sends requests to a server binary over HTTP and does not use the server's
//! library.

pub mod acknowledged; // the file of acknowledged work
pub mod api; // requests, and their answers
pub mod client; // one keep-alive connection
pub mod database; // settings and statistics of PostgreSQL
pub mod engines; // the engines that are compared
pub mod environment; // machine, versions, settings
pub mod load; // closed and open loops, and their recorder
pub mod mixed; // `mixed`: holds, bookings, releases and reads during failures
pub mod processes; // processor time and memory
pub mod progress; // progress of a run on standard error
pub mod report; // `report`: docs/benchmarks.md and its plots, from the results
pub mod results; // the JSON of a run
pub mod run; // `run`: a suite, from start to finish
pub mod scenarios; // the scenarios
pub mod suite; // suite files
pub mod target; // addresses that load may be sent to
pub mod verify; // `verify`: is all acknowledged work in the database?
