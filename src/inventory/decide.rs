//! Decide: a fold over the commands in arrival order. Pure: no I/O, no clock, no randomness.
//!
//! It judges, the state moves. The order of the checks is the order in which a client can mend its request: what does not
//! exist, who may, what state it is in, whether there is room.

mod blocks;
mod change;
mod choose;
mod events;
mod holds;
mod place;
mod seats;

use super::batch_state::BatchState;
use super::changes::Changes;
use super::command::{Answer, Command};
use crate::domain::hold_rules::HoldRules;

/// Answers every command and says what must be written so that the answers are true.
pub fn decide(rules: &HoldRules, mut state: BatchState, commands: &[Command]) -> (Vec<Answer>, Changes) {
    let answers = commands.iter().map(|command| decide_one(rules, &mut state, command)).collect();
    (answers, state.into_changes())
}

fn decide_one(rules: &HoldRules, state: &mut BatchState, command: &Command) -> Answer {
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
