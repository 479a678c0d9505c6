//! Seats in `decide`: random batches in a small venue, compared with a naive model that searches the owner of each
//! seat.

mod chooser;
mod examples;
mod house;
mod model;
mod script;
mod stage;

use std::collections::BTreeMap;

use test_support::script::{draw_script, for_all_drawn_scripts};
use test_support::translate::instant;

use script::{SEATS, draw};

#[test]
fn every_answer_about_seats_is_the_models_in_one_batch_or_one_by_one_and_the_rows_match() {
    let name = "every_answer_about_seats_is_the_models";
    for_all_drawn_scripts(draw, name, &SEATS, stage::play);
}

/// A property proves nothing about answers that its scripts never produce.
#[test]
fn random_scripts_of_seats_meet_every_answer_often() {
    const SCRIPTS: u64 = 300;
    const OFTEN_ENOUGH: usize = 20;
    const ANSWERS: [&str; 40] = [
        "Amended",
        "Blocked",
        "BlockNotFound",
        "Booked",
        "Booked replayed",
        "BookingNotFound",
        "Cancelled",
        "CapacityBelowCommitted",
        "EventNotFound",
        "EventNotOnSale",
        "Expired",
        "Extended",
        "Extended replayed",
        "GroupOfTicketTypeWithoutSeats",
        "GroupWithoutTicketType",
        "ExtensionLimitReached",
        "HoldExpired",
        "HoldNotActive",
        "HoldNotFound",
        "IdempotencyKeyReused",
        "InsufficientSeats",
        "InvalidPaymentToken",
        "ItemsChanged",
        "LeavesOrphans",
        "NotDue",
        "NotInHold",
        "NotTogether",
        "Placed",
        "Placed replayed",
        "PoolOfSeats",
        "QuantityOutOfRange",
        "Released",
        "Resized",
        "SectionNotFound",
        "SeatsExpected",
        "SeatsNotFound",
        "SeatsOfAnotherPool",
        "SeatsUnavailable",
        "TicketTypeRequired",
        "Unblocked",
    ];
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    for seed in 0..SCRIPTS {
        let script = draw_script(draw, &SEATS, seed);
        let mut model = script.world;
        for step in script.steps {
            let answer = model.apply(&step.op, instant(step.at));
            let text = answer.map_or_else(|refusal| format!("{refusal:?}"), |outcome| format!("{outcome:?}"));
            let name = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            let replayed = if text.contains("replayed: true") { " replayed" } else { "" };
            *met.entry(format!("{name}{replayed}")).or_default() += 1;
        }
    }
    let seldom: Vec<_> = ANSWERS.iter().filter(|name| met.get(**name).is_none_or(|n| *n < OFTEN_ENOUGH)).collect();
    assert!(seldom.is_empty(), "seldom or never answered: {seldom:?}, of {met:#?}");
    let unlisted: Vec<_> = met.keys().filter(|name| !ANSWERS.contains(&name.as_str())).collect();
    assert!(unlisted.is_empty(), "answers that the list lacks: {unlisted:?}");
}
