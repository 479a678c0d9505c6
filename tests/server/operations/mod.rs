//! Operations: the command line, the start-up contract, the embedded PostgreSQL, and documents that must agree with the
//! code.

mod command_line;
mod currencies;
mod database;
mod demo_events;
mod embedded_postgres;
mod golden_schema;
mod log_lines;
mod metrics_doc;
mod nginx;
mod rolling_restarts;
mod settings;
mod stopping;
mod stopping_under_load;
