//! Random batches through `decide`: the answers are the model's, the rows stay consistent, and `load` reads enough.

use std::collections::BTreeSet;

use boxoffice::domain::hold::{Hold, HoldStatus};
use boxoffice::inventory::changes::Changes;
use boxoffice::inventory::command::{Answer, Command, Outcome, Refusal};

use crate::answers;
use crate::invariants::{self, same};
use crate::model::{self, Expected, State};
use crate::rows::Violation;
use crate::script::{BY_THE_THOUSAND, for_all_scripts};
use crate::shelves;
use crate::stage::{Batch, Stage, play};
use crate::translate::{self, id, instant, seconds};

#[test]
fn every_answer_is_what_a_naive_model_says_and_every_invariant_holds() {
    for_all_scripts("every_answer_is_what_a_naive_model_says", &BY_THE_THOUSAND, |script| {
        play(script, |stage, batch| {
            let everything = shelves::with_everything(&stage.rows, instant(stage.now));
            let (answers, changes) = stage.decide(everything, &batch.commands)?;
            answers_are_the_models(batch, &answers)?;
            stage.rows.apply(&changes)?;
            invariants::check(&stage.rows)?;
            rows_are_what_the_model_knows(stage)?;
            what_was_due_is_swept(stage, batch)?;
            a_repeated_batch_changes_nothing(stage, batch, &answers)
        })
    });
}

#[test]
fn what_load_reads_is_enough_to_decide_and_decide_is_deterministic() {
    for_all_scripts("what_load_reads_is_enough_to_decide", &BY_THE_THOUSAND, |script| {
        play(script, |stage, batch| {
            let everything = shelves::with_everything(&stage.rows, instant(stage.now));
            let (answers, changes) = stage.decide(everything, &batch.commands)?;
            let mut decided = Vec::new();
            for _ in 0..2 {
                let loaded = shelves::as_loaded(&stage.rows, &batch.commands, instant(stage.now));
                decided.push(stage.decide(loaded, &batch.commands)?);
            }
            for (again, changes_again) in &decided {
                same("answers", again, &answers)?;
                same_changes(changes_again, &changes)?;
            }
            stage.rows.apply(&changes)
        })
    });
}

fn answers_are_the_models(batch: &Batch, answers: &[Answer]) -> Result<(), Violation> {
    for ((op, expected), answer) in batch.asked.iter().zip(answers) {
        let answered = answers::answered(answer);
        if !expected.allows(&answered) {
            return Err(format!("{op:?}\n  must be answered {expected:?}\n  and was           {answered:?}"));
        }
    }
    same("answers of a batch", &answers.len(), &batch.asked.len())
}

/// Not only what is answered: also what will be found later.
fn rows_are_what_the_model_knows(stage: &Stage) -> Result<(), Violation> {
    let (model, rows) = (&stage.model, &stage.rows);
    for (number, event) in model.events.iter().enumerate() {
        let row = rows.events.get(&id(number));
        same("whether an event is there", &row.is_some(), &!event.deleted)?;
        if let Some(row) = row {
            same("terms", &row.terms, &translate::terms(event))?;
            same("starts_at", &row.details.starts_at.map(seconds), &event.starts)?;
            same("ends_at", &row.details.ends_at.map(seconds), &event.ends)?;
        }
    }
    for pool in rows.pools.values() {
        let number = translate::number(pool.pool_id.as_uuid());
        same("capacity", &pool.capacity, &model.pools[number].capacity)?;
        same("booked", &pool.booked, &model.booked(number))?;
    }
    same("holds", &rows.holds.len(), &model.holds.len())?;
    for hold in &model.holds {
        let row = rows.holds.get(&id(hold.asked.hold)).ok_or("a hold is missing")?;
        same("expires_at", &seconds(row.expires_at), &hold.expires)?;
        same("extensions", &row.extensions, &hold.extensions)?;
        same("total", &row.total(), &hold.view().total)?;
        if !is_in_state(row, hold.state(stage.now), stage.now) {
            return Err(format!("{row:?} should be {:?}", hold.state(stage.now)));
        }
    }
    same("blocks", &rows.blocks.len(), &model.blocks.len())?;
    same("bookings", &rows.bookings.len(), &model.bookings.len())?;
    for booking in &model.bookings {
        let row = rows.bookings.get(&id(booking.booking)).ok_or("a booking is missing")?;
        same("cancelled_at", &row.cancelled_at.map(seconds), &booking.cancelled)?;
    }
    Ok(())
}

fn is_in_state(row: &Hold, state: State, now: model::Seconds) -> bool {
    match state {
        State::Active => row.status == HoldStatus::Active,
        State::Booked => row.status == HoldStatus::Booked,
        State::Released => row.status == HoldStatus::Released,
        // Swept or not swept yet.
        State::Expired(_) => row.status == HoldStatus::Expired || row.is_overdue(instant(now)),
    }
}

fn what_was_due_is_swept(stage: &Stage, batch: &Batch) -> Result<(), Violation> {
    for (op, expected) in &batch.asked {
        if let Expected::ExpiredNowOrBefore { hold } = expected {
            let status = stage.rows.holds.get(&id(*hold)).map(|row| row.status);
            same(&format!("after {op:?}"), &status, &Some(HoldStatus::Expired))?;
        }
    }
    Ok(())
}

/// A client that repeats what succeeded, at any time within the same second, moves nothing.
fn a_repeated_batch_changes_nothing(stage: &Stage, batch: &Batch, answers: &[Answer]) -> Result<(), Violation> {
    let mut latest = BTreeSet::new();
    let mut repeats: Vec<Command> = Vec::new();
    // From the end, because of two capacities for one pool only the last is a repeat of the present, and so on.
    for (command, answer) in batch.commands.iter().zip(answers).rev() {
        let repeatable = match command {
            Command::Place(place) => place.idempotency.is_some(),
            Command::Resize { pool_id, .. } => latest.insert(("capacity", pool_id.as_uuid(), None)),
            Command::Amend { event_id, .. } => latest.insert(("event", event_id.as_uuid(), None)),
            Command::ChangeItems { hold_id, .. } => latest.insert(("items", hold_id.as_uuid(), None)),
            Command::Block { event_id, block_id, .. } | Command::Unblock { event_id, block_id } => {
                latest.insert(("block", event_id.as_uuid(), Some(block_id.as_uuid())))
            }
            Command::Delete { .. } => false,
            _ => true,
        };
        if repeatable && answer.is_ok() {
            repeats.insert(0, command.clone());
        }
    }
    let (again, changes) = stage.decide(shelves::with_everything(&stage.rows, instant(stage.now)), &repeats)?;
    if !(changes.journal.is_empty() && changes.deleted_events.is_empty()) {
        return Err(format!("a repeat of {repeats:#?}\nchanged {changes:#?}"));
    }
    for (command, answer) in repeats.iter().zip(&again) {
        let as_before = match (command, answer) {
            (Command::Place(_), Ok(Outcome::Placed { replayed, .. })) => *replayed,
            (Command::Book { .. }, Ok(Outcome::Booked { replayed, .. })) => *replayed,
            (Command::Extend { .. }, Ok(Outcome::Extended { replayed, .. })) => *replayed,
            // The hold or the event may have ended later in the batch.
            (Command::Extend { .. }, Err(refusal)) => !matches!(refusal, Refusal::ExtensionLimitReached { .. }),
            (
                Command::Resize { .. }
                | Command::Amend { .. }
                | Command::ChangeItems { .. }
                | Command::Block { .. }
                | Command::Unblock { .. },
                _,
            ) => true,
            (_, answer) => answer.is_ok(),
        };
        if !as_before {
            return Err(format!("a repeat of {command:?} was answered {answer:?}"));
        }
    }
    Ok(())
}

fn same_changes(found: &Changes, expected: &Changes) -> Result<(), Violation> {
    same("new holds", &found.new_holds, &expected.new_holds)?;
    same("changed holds", &found.changed_holds, &expected.changed_holds)?;
    same("changed items", &found.changed_items, &expected.changed_items)?;
    same("written blocks", &found.written_blocks, &expected.written_blocks)?;
    same("ended blocks", &found.ended_blocks, &expected.ended_blocks)?;
    same("new bookings", &found.new_bookings, &expected.new_bookings)?;
    same("cancelled bookings", &found.cancelled_bookings, &expected.cancelled_bookings)?;
    same("deleted events", &found.deleted_events, &expected.deleted_events)?;
    same("pool deltas", &found.pool_deltas, &expected.pool_deltas)?;
    same("counters", &found.counters, &expected.counters)?;
    same("journal", &found.journal, &expected.journal)?;
    let amended = |changes: &Changes| {
        let events = changes.amended_events.iter();
        events.map(|event| (event.event_id, event.details.clone(), event.terms.clone())).collect::<Vec<_>>()
    };
    same("amended events", &amended(found), &amended(expected))
}
