//! Database access: connections, transactions and the requirements for the database.
//!
//! Contains the connection pools and their session settings, the transaction helper for code outside `inventory`, the
//! names of all constraints, the migrations, the start-up check of the database, and the embedded PostgreSQL for `dev`
//! and tests. Business rules and statements about events, holds or bookings do not belong here.

pub mod column; // conversion between column values and domain values
pub mod connect; // connection pools for requests and workers, lanes, event status
pub mod constraints; // name and definition of every constraint of the schema
pub mod contract; // start-up check of the database
pub mod enforced; // comparison of a database's constraints with `constraints`
pub mod failure; // classification of database errors
pub mod held_connection; // a connection that a task keeps between uses
pub mod migrate; // the migrations, and the state of a database's schema
pub mod row_count; // check of the number of rows that a statement changed
pub mod transaction; // named, measured and retried transactions
