//! Database access: connections, transactions and the requirements for the database.
//!
//! Contains the connection pools and their session settings, the transaction helper for code outside `inventory`, the
//! names of constraints that code depends on, the migrations and the start-up check of the database. Business rules and
//! statements about events, holds or bookings do not belong here.

pub mod column; // conversion between column values and domain values
pub mod connect; // connection pools for requests and workers, lanes, event status
pub mod constraints; // names of the constraints that code maps to a response
pub mod contract; // start-up check of the database
pub mod failure; // classification of database errors
pub mod guards; // the constraints without which a server does not start
pub mod held_connection; // a connection that a task keeps between uses
pub mod migrate; // the migrations, and the state of a database's schema
pub mod row_count; // check of the number of rows that a statement changed
pub mod transaction; // named, measured and retried transactions
