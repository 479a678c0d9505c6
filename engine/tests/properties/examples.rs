//! Plain examples of the rules in `decide`.

mod capacity;
mod events;
mod expiry;
mod repeats;
mod states;
