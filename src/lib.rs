//! Boxoffice: a booking engine that cannot oversell. ARCHITECTURE.md is the map.

pub mod app; // what handlers and workers share
pub mod config; // every setting: flag, environment variable, default, range
pub mod db; // pools, named transactions, constraint names, migrations, embedded PostgreSQL
pub mod domain; // ids, quantities, money, times, states; imports nothing of ours
pub mod error; // the closed table of error codes
pub mod inventory; // the only place where capacity changes
