//! Decide: applies the rules to each command, in the order of arrival. Pure: no I/O, no clock, no randomness.
//!
//! The rules are here; `BatchState` changes the rows. The usual order of the checks: existence, permission, status,
//! then available capacity.

mod blocks;
mod change;
mod choose;
mod events;
mod holds;
mod place;
mod seats;

use super::batch_state::BatchState;
use super::changes::Changes;
use super::command::{Command, Decision};
use crate::settings::HoldRules;

/// Decides every command, and returns the changes that must be stored before the decisions are returned to their
/// callers.
pub fn decide(rules: &HoldRules, mut state: BatchState, commands: &[Command]) -> (Vec<Decision>, Changes) {
    let decisions = commands.iter().map(|command| decide_one(rules, &mut state, command)).collect();
    (decisions, state.into_changes())
}

fn decide_one(rules: &HoldRules, state: &mut BatchState, command: &Command) -> Decision {
    match command {
        Command::Place(place) => place::place(rules, state, place),
        Command::Extend { hold_id, possession } => holds::extend(rules, state, *hold_id, *possession),
        Command::Release { hold_id, possession } => holds::release(state, *hold_id, *possession),
        Command::Expire { hold_id, cause } => holds::expire(state, *hold_id, *cause),
        Command::ChangeItems { hold_id, possession, wanted } => {
            change::change_items(rules, state, (*hold_id, *possession), wanted)
        }
        Command::Book { booking_id, hold_id, possession, portion } => {
            holds::book(state, (*booking_id, *hold_id), *possession, portion.as_ref())
        }
        Command::Cancel { booking_id } => holds::cancel(state, *booking_id),
        Command::Resize { pool_id, capacity } => events::resize(state, *pool_id, *capacity),
        Command::Block { event_id, block_id, wanted } => blocks::block(state, *event_id, *block_id, wanted),
        Command::Unblock { event_id, block_id } => blocks::unblock(state, *event_id, *block_id),
        Command::Amend { event_id, changes } => events::amend(state, *event_id, changes),
        Command::Delete { event_id } => events::delete(state, *event_id),
    }
}
