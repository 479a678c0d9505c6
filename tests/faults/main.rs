//! Faults: servers die, connections break, the database refuses. What was acknowledged stays; nothing is done twice.

#[path = "../support/mod.rs"]
pub mod support;

mod disconnects;
mod kill;
mod lost_commit;
mod panics;
mod past_the_lock;
mod patience;
mod pressure;
mod proxy;
