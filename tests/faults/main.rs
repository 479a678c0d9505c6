//! Faults: killed servers, broken connections, a database that refuses. Acknowledged work stays; nothing is done twice.

#[path = "../support/mod.rs"]
pub mod support;

mod crash;
mod crowd;
mod disconnects;
mod kill;
mod lost_commit;
mod outage;
mod panics;
mod past_the_lock;
mod patience;
mod pressure;
mod proxy;
mod seats;
mod wired;
