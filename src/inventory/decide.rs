//! Decide: a fold over the commands in arrival order. Pure: no I/O, no clock, no randomness.
//!
//! It judges, the shelf moves. The order of the checks is the order in which a client can mend its request: what does not
//! exist, who may, what state it is in, whether there is room.

mod blocks;
mod change;
mod choose;
mod events;
mod holds;
mod place;
mod seats;

use super::changes::Changes;
use super::command::{Answer, Command};
use super::shelf::Shelf;
use crate::domain::hold_rules::HoldRules;

/// Answers every command and says what must be written so that the answers are true.
pub fn decide(rules: &HoldRules, mut shelf: Shelf, commands: &[Command]) -> (Vec<Answer>, Changes) {
    let answers = commands.iter().map(|command| decide_one(rules, &mut shelf, command)).collect();
    (answers, shelf.into_changes())
}

fn decide_one(rules: &HoldRules, shelf: &mut Shelf, command: &Command) -> Answer {
    match command {
        Command::Place(place) => place::place(rules, shelf, place),
        Command::Extend { hold_id, possession } => holds::extend(rules, shelf, *hold_id, *possession),
        Command::Release { hold_id, possession } => holds::release(shelf, *hold_id, *possession),
        Command::Expire { hold_id, cause } => holds::expire(shelf, *hold_id, *cause),
        Command::ChangeItems { hold_id, possession, wanted } => {
            change::change_items(rules, shelf, (*hold_id, *possession), wanted)
        }
        Command::Book { booking_id, hold_id, possession, portion } => {
            holds::book(shelf, (*booking_id, *hold_id), *possession, portion.as_ref())
        }
        Command::Cancel { booking_id } => holds::cancel(shelf, *booking_id),
        Command::Resize { pool_id, capacity } => events::resize(shelf, *pool_id, *capacity),
        Command::Block { event_id, block_id, wanted } => blocks::block(shelf, *event_id, *block_id, wanted),
        Command::Unblock { event_id, block_id } => blocks::unblock(shelf, *event_id, *block_id),
        Command::Amend { event_id, changes } => events::amend(shelf, *event_id, changes),
        Command::Delete { event_id } => events::delete(shelf, *event_id),
    }
}
