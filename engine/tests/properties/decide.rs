//! Random batches through `decide`: the answers are the model's, the rows stay consistent, and `load` reads enough
//! rows.

use std::collections::BTreeSet;

use boxoffice_engine::inventory::changes::Changes;
use boxoffice_engine::inventory::command::{Command, Decision, Outcome, Refusal};
use boxoffice_engine::model::hold::{Hold, HoldStatus};
use test_support::model::{self, Expected, State};
use test_support::reach::assert_histories_meet_every_answer;
use test_support::script::{IN_MEMORY, for_all_scripts};
use test_support::translate::{self, id, instant, seconds};
use test_support::violation::Violation;
use test_support::violation::check_equal;

use crate::answers;
use crate::invariants;
use crate::shelves;
use crate::stage::{Batch, Stage, play};

#[test]
fn every_answer_is_what_a_naive_model_says_and_every_invariant_holds() {
    for_all_scripts("every_answer_is_what_a_naive_model_says", &IN_MEMORY, |script| {
        play(script, |stage, batch| {
            let everything = shelves::load_all_rows(&stage.rows, instant(stage.now));
            let (answers, changes) = stage.decide(everything, &batch.commands)?;
            answers_match_the_model(batch, &answers)?;
            stage.rows.apply(&changes)?;
            invariants::check(&stage.rows)?;
            rows_match_the_model(stage)?;
            due_holds_are_expired(stage, batch)?;
            a_repeated_batch_changes_nothing(stage, batch, &answers)
        })
    });
}

/// A property proves nothing about answers that its histories never produce.
#[test]
fn random_histories_meet_every_answer_often() {
    assert_histories_meet_every_answer(&IN_MEMORY);
}

#[test]
fn load_reads_enough_to_decide_and_decide_is_deterministic() {
    for_all_scripts("load_reads_enough_to_decide", &IN_MEMORY, |script| {
        play(script, |stage, batch| {
            let everything = shelves::load_all_rows(&stage.rows, instant(stage.now));
            let (answers, changes) = stage.decide(everything, &batch.commands)?;
            let mut decided = Vec::new();
            for _ in 0..2 {
                let loaded = shelves::load(&stage.rows, &batch.commands, instant(stage.now));
                decided.push(stage.decide(loaded, &batch.commands)?);
            }
            for (again, changes_again) in &decided {
                check_equal("answers", again, &answers)?;
                same_changes(changes_again, &changes)?;
            }
            stage.rows.apply(&changes)
        })
    });
}

fn answers_match_the_model(batch: &Batch, answers: &[Decision]) -> Result<(), Violation> {
    for ((op, expected), answer) in batch.expectations.iter().zip(answers) {
        let answered = answers::to_model(answer);
        if !expected.allows(&answered) {
            return Err(format!("{op:?}\n  must be answered {expected:?}\n  and was           {answered:?}"));
        }
    }
    check_equal("answers of a batch", &answers.len(), &batch.expectations.len())
}

/// Compares the rows too: later batches read them.
fn rows_match_the_model(stage: &Stage) -> Result<(), Violation> {
    let (model, rows) = (&stage.model, &stage.rows);
    for (number, event) in model.events.iter().enumerate() {
        let row = rows.events.get(&id(number));
        check_equal("whether an event is there", &row.is_some(), &!event.deleted)?;
        if let Some(row) = row {
            check_equal("terms", &row.terms, &translate::terms(event))?;
            check_equal("starts_at", &translate::time(&row.details, "starts_at"), &event.starts)?;
            check_equal("ends_at", &translate::time(&row.details, "ends_at"), &event.ends)?;
        }
    }
    for pool in rows.pools.values() {
        let number = translate::number(pool.pool_id.as_uuid());
        check_equal("capacity", &pool.capacity, &model.pools[number].capacity)?;
        check_equal("booked", &pool.booked, &model.booked(number))?;
    }
    check_equal("holds", &rows.holds.len(), &model.holds.len())?;
    for hold in &model.holds {
        let row = rows.holds.get(&id(hold.request.hold)).ok_or("a hold is missing")?;
        check_equal("expires_at", &seconds(row.expires_at), &hold.life.expires)?;
        check_equal("extensions", &row.extensions, &hold.life.extensions)?;
        check_equal("total", &row.total(), &hold.view().total)?;
        if !is_in_state(row, hold.life.state(stage.now), stage.now) {
            return Err(format!("{row:?} should be {:?}", hold.life.state(stage.now)));
        }
    }
    check_equal("blocks", &rows.blocks.len(), &model.blocks.len())?;
    check_equal("bookings", &rows.bookings.len(), &model.bookings.len())?;
    for booking in &model.bookings {
        let row = rows.bookings.get(&id(booking.booking)).ok_or("a booking is missing")?;
        check_equal("cancelled_at", &row.cancelled_at.map(seconds), &booking.cancelled)?;
    }
    Ok(())
}

fn is_in_state(row: &Hold, state: State, now: model::Seconds) -> bool {
    match state {
        State::Active => row.status == HoldStatus::Active,
        State::Booked => row.status == HoldStatus::Booked,
        State::Released => row.status == HoldStatus::Released,
        // The sweeper may not have expired it yet.
        State::Expired(_) => row.status == HoldStatus::Expired || row.is_overdue(instant(now)),
    }
}

fn due_holds_are_expired(stage: &Stage, batch: &Batch) -> Result<(), Violation> {
    for (op, expected) in &batch.expectations {
        if let Expected::ExpiredNowOrBefore { hold } = expected {
            let status = stage.rows.holds.get(&id(*hold)).map(|row| row.status);
            check_equal(&format!("after {op:?}"), &status, &Some(HoldStatus::Expired))?;
        }
    }
    Ok(())
}

/// Repeats of successful commands at the same time change nothing.
fn a_repeated_batch_changes_nothing(stage: &Stage, batch: &Batch, answers: &[Decision]) -> Result<(), Violation> {
    let mut latest = BTreeSet::new();
    let mut repeats: Vec<Command> = Vec::new();
    // From the end: of two capacities for one pool, only a repeat of the last changes nothing. The same holds for
    // others.
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
    let (again, changes) = stage.decide(shelves::load_all_rows(&stage.rows, instant(stage.now)), &repeats)?;
    if !(changes.journal.is_empty() && changes.deleted_events.is_empty()) {
        return Err(format!("a repeat of {repeats:#?}\nchanged {changes:#?}"));
    }
    for (command, answer) in repeats.iter().zip(&again) {
        let unchanged = match (command, answer) {
            (Command::Place(_), Ok(Outcome::Placed { replayed, .. })) => *replayed,
            (Command::Book { .. }, Ok(Outcome::Booked { replayed, .. })) => *replayed,
            (Command::Extend { .. }, Ok(Outcome::Extended { replayed, .. })) => *replayed,
            // A later command of the batch may have ended the hold.
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
        if !unchanged {
            return Err(format!("a repeat of {command:?} was answered {answer:?}"));
        }
    }
    Ok(())
}

fn same_changes(found: &Changes, expected: &Changes) -> Result<(), Violation> {
    check_equal("new holds", &found.new_holds, &expected.new_holds)?;
    check_equal("changed holds", &found.changed_holds, &expected.changed_holds)?;
    check_equal("changed items", &found.changed_items, &expected.changed_items)?;
    check_equal("written blocks", &found.written_blocks, &expected.written_blocks)?;
    check_equal("ended blocks", &found.ended_blocks, &expected.ended_blocks)?;
    check_equal("new bookings", &found.new_bookings, &expected.new_bookings)?;
    check_equal("cancelled bookings", &found.cancelled_bookings, &expected.cancelled_bookings)?;
    check_equal("deleted events", &found.deleted_events, &expected.deleted_events)?;
    check_equal("pool deltas", &found.pool_deltas, &expected.pool_deltas)?;
    check_equal("counters", &found.counters, &expected.counters)?;
    check_equal("journal", &found.journal, &expected.journal)?;
    let amended = |changes: &Changes| {
        let events = changes.amended_events.iter();
        events.map(|event| (event.event_id, event.details.clone(), event.terms.clone())).collect::<Vec<_>>()
    };
    check_equal("amended events", &amended(found), &amended(expected))
}
