//! The scenarios, and the rig that all of them run on.

pub mod capacity; // measures the present capacity of the service
pub mod freshness; // checks that a status has all acknowledged holds
pub mod grid; // scenarios with numbers of clients by engines
pub mod house; // a venue with numbered seats, and events in it
pub mod long; // a sale of several minutes
pub mod overload; // load above the capacity
pub mod rig; // a new database, the engines, the invariants check
pub mod seats; // sales of numbered seats, and reads of the seat map
pub mod series; // summary of the windows of a cell
pub mod stampede; // overload of one event, and the others meanwhile
pub mod sweep; // many holds that expire in the same second
