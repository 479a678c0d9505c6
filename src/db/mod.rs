//! Database access: how the service reaches PostgreSQL and what it insists on finding there.
//!
//! Here live the pools and their session settings, the one way to open a transaction outside `inventory`, the names of
//! all constraints, the migrations, the check that a database keeps our promises, and the embedded PostgreSQL of `dev`
//! and the tests. No business rule and no statement about events, holds or bookings belongs here.

pub mod column; // numbers and names of the schema as domain values, and back
pub mod connect; // the pools: for requests and workers, for the lanes, for the status of events
pub mod constraints; // every constraint of the schema: its name, and what it guards
pub mod contract; // what a database must offer before the service serves from it
#[cfg(feature = "embedded")]
pub mod embedded; // a PostgreSQL of our own, for development and tests
pub mod enforced; // what a database enforces, compared with that
pub mod failure; // which failures pass by themselves
pub mod held_connection; // a connection that its task keeps
pub mod migrate; // the files of migrations/, applied
pub mod row_count; // did a statement touch as many rows as it must have?
pub mod transaction; // a named, measured, retried transaction that no dropped request can leave open
