//! What is measured: one module per scenario, and the rig that all of them run on.

pub mod capacity; // what the service can do just now
pub mod freshness; // does a status know of everything that was acknowledged before?
pub mod grid; // clients by engines: most scenarios
pub mod house; // numbered seats: a venue, events of it, seats that others have
pub mod long; // does a sale slow down as it goes on?
pub mod overload; // more than the service can do
pub mod rig; // a new database, the engines on it, the audit afterwards
pub mod seats; // a house that is sold until nothing is left, and looked at
pub mod series; // what the windows of a cell come to
pub mod stampede; // one event overrun, others meanwhile
pub mod sweep; // many holds that expire in the same second
