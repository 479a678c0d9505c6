//! The booking engine: holds, bookings, blocks and capacity, in batches, over PostgreSQL. No HTTP, no command line.
//!
//! [`inventory::Inventory`] is its door. ARCHITECTURE.md is the map.

pub mod db; // connections, transactions, constraint names, migrations, the start-up contract
pub mod ids; // UUIDv7, one type per thing
pub mod invalid; // a field that is not valid
pub mod invariants; // the invariants of all data, in SQL
pub mod inventory; // the only place where capacity changes
pub mod layouts; // reads a version of a venue's layout
pub mod metrics; // every metric of the engine
pub mod model; // events, holds, bookings, blocks, seats: states and their legal moves
pub mod money; // currencies and prices
pub mod quantity; // quantities and capacities
pub mod seating; // layouts, the picker, the single-seat rule
pub mod settings; // limits and connections
pub mod text; // text that people write
pub mod time; // instants
