//! Plain examples of the rules that `decide` owns, one for each row of the semantics.

mod capacity;
mod events;
mod expiry;
mod repeats;
mod states;
