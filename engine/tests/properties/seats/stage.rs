//! Stage: plays a script batch by batch, on the model and on the rows. Each batch is decided three times: by an
//! instance that loads what `load` reads and has a seat cache, on a batch state with all rows, and command by command.

use std::fmt::Write;

use boxoffice_engine::inventory::changes::Changes;
use boxoffice_engine::inventory::command::{Command, Decision, ExpiryCause};
use boxoffice_engine::model::hold::HoldStatus;
use boxoffice_engine::time::Instant;
use test_support::history::{PRICE_RISE, World};
use test_support::script::Script;
use test_support::translate::{instant, rules};
use test_support::violation::Violation;
use test_support::violation::check_equal;

use super::house;
use super::model::{Model, is_allowed};
use super::script::Step;
use crate::invariants;
use crate::rows::Rows;
use crate::shelves::{SeatCacheModel, load, load_all_rows, load_with_cache};
use crate::stage::decided;

const INSTANCES: usize = 2;

struct Stage {
    /// Expected state, after the batch.
    model: Model,
    rows: Rows,
    /// Seat cache of each instance. Before use it catches up with the batches of other instances.
    seat_caches: [SeatCacheModel; INSTANCES],
}

/// Command, and the answer that the model expects.
type ExpectedAnswer = (Command, Decision);

pub fn play(script: &Script<Model, Step>) -> Result<(), Violation> {
    let rows = house::rows(&script.world);
    let mut stage = Stage { model: script.world.clone(), rows, seat_caches: Default::default() };
    let mut transcript = describe_world(&script.world);
    for steps in script.steps.chunk_by(|a, b| a.batch == b.batch) {
        let now = instant(steps[0].at);
        let expectations: Vec<ExpectedAnswer> = steps.iter().map(|step| stage.ask(step)).collect();
        let _ = writeln!(transcript, "at {}:", steps[0].at);
        for (command, expected) in &expectations {
            let _ = writeln!(transcript, "  {command:?}\n    -> {expected:?}");
        }
        let instance = steps[0].spare as usize % INSTANCES;
        stage.batch(&expectations, instance, now).map_err(|violation| format!("{violation}\n\n{transcript}"))?;
    }
    Ok(())
}

fn describe_world(world: &Model) -> String {
    let mut text = format!("{:?}\n", world.rules);
    for (at, seat) in world.geometry.seats.iter().enumerate() {
        let _ = writeln!(text, "seat {at}: {seat:?}");
    }
    world.events.iter().for_each(|event| _ = writeln!(text, "{event:?}"));
    world.types.iter().for_each(|ticket_type| _ = writeln!(text, "{ticket_type:?}"));
    text
}

impl Stage {
    /// Asks the model, after the price rise: no command changes a price, but prices change between batches.
    fn ask(&mut self, step: &Step) -> ExpectedAnswer {
        if let Some(number) = step.raised_type {
            self.model.raise_price(number);
            let row = self.rows.ticket_types.get_mut(&self.model.types[number].ticket_type_id);
            row.expect("the model and the rows have the same types").price += PRICE_RISE;
        }
        (step.op.clone(), self.model.apply(&step.op, instant(step.at)))
    }

    fn batch(&mut self, expectations: &[ExpectedAnswer], instance: usize, now: Instant) -> Result<(), Violation> {
        let commands: Vec<Command> = expectations.iter().map(|(command, _)| command.clone()).collect();
        let state = load_with_cache(&self.rows, &mut self.seat_caches[instance], &commands, now);
        let (answers, changes) = decided(&rules(&self.model.rules), state, &commands)?;
        all_agree("together", expectations, &answers)?;

        let state = load_all_rows(&self.rows, now);
        let (answers, all_rows_changes) = decided(&rules(&self.model.rules), state, &commands)?;
        all_agree("with all rows in the batch state", expectations, &answers)?;
        let mut everything = self.rows.clone();
        everything.apply(&all_rows_changes)?;
        let one_by_one = self.one_by_one(expectations, now)?;

        self.rows.apply(&changes)?;
        journal_names_moved_seats(&changes)?;
        invariants::check(&self.rows)?;
        rows_match_the_model(&self.model, &self.rows, now)?;
        loaded_seats_match_the_rows(&self.rows, &changes)?;
        self.seat_caches[instance].put_back(changes);

        let after_sweep = self.after_sweep(&self.rows, now)?;
        same_rows("with all rows in the batch state", &self.after_sweep(&everything, now)?, &after_sweep)?;
        same_rows("one by one", &self.after_sweep(&one_by_one, now)?, &after_sweep)
    }

    /// Rows after the same commands in batches of one.
    fn one_by_one(&self, expectations: &[ExpectedAnswer], now: Instant) -> Result<Rows, Violation> {
        let mut rows = self.rows.clone();
        for expectation in expectations {
            let commands = [expectation.0.clone()];
            let state = load(&rows, &commands, now);
            let (answers, changes) = decided(&rules(&self.model.rules), state, &commands)?;
            all_agree("alone", std::slice::from_ref(expectation), &answers)?;
            if expectation.1.is_err() {
                check_only_expiries(&rows, &changes, now)?;
            }
            rows.apply(&changes)?;
        }
        Ok(rows)
    }

    /// Rows after a sweep, because rows may differ in which overdue holds are expired already.
    fn after_sweep(&self, rows: &Rows, now: Instant) -> Result<Rows, Violation> {
        let overdue = rows.holds.values().filter(|hold| hold.is_overdue(now));
        let sweep = overdue.map(|hold| Command::Expire { hold_id: hold.hold_id, cause: ExpiryCause::Due });
        let sweep: Vec<Command> = sweep.collect();
        let mut after_sweep = rows.clone();
        let (_, changes) = decided(&rules(&self.model.rules), load(rows, &sweep, now), &sweep)?;
        after_sweep.apply(&changes)?;
        Ok(after_sweep)
    }
}

fn all_agree(how: &str, expectations: &[ExpectedAnswer], answers: &[Decision]) -> Result<(), Violation> {
    for ((command, expected), answered) in expectations.iter().zip(answers) {
        if !is_allowed(expected, command, answered) {
            return Err(format!("{command:?}\n  must be answered {expected:?}\n  and, {how}, was   {answered:?}"));
        }
    }
    check_equal("answers of a batch", &answers.len(), &expectations.len())
}

/// Checks that a refused command expired overdue holds at most, and changed nothing else.
fn check_only_expiries(rows: &Rows, changes: &Changes, now: Instant) -> Result<(), Violation> {
    let expired = |hold_id| rows.holds.get(hold_id).is_some_and(|before| before.is_overdue(now));
    let nothing = changes.new_holds.is_empty()
        && changes.changed_items.is_empty()
        && changes.placed_items.is_empty()
        && changes.new_bookings.is_empty()
        && changes.cancelled_bookings.is_empty()
        && changes.written_blocks.is_empty()
        && changes.ended_blocks.is_empty()
        && changes.amended_events.is_empty()
        && changes.changed_holds.iter().all(|hold| hold.status == HoldStatus::Expired && expired(&hold.hold_id))
        && changes.journal.iter().all(|entry| entry.hold_id.as_ref().is_some_and(expired));
    if nothing { Ok(()) } else { Err(format!("a refusal changed {changes:#?}")) }
}

/// Checks that the journal names every seat whose owner changed.
fn journal_names_moved_seats(changes: &Changes) -> Result<(), Violation> {
    let is_named = |moved: &(_, _)| {
        changes.journal.iter().any(|entry| entry.event_id == moved.0 && entry.seats.contains(&moved.1))
    };
    let mut moves = changes.seat_moves.iter().map(|moved| (moved.event_id, moved.seat));
    moves.find(|moved| !is_named(moved)).map_or(Ok(()), |moved| Err(format!("the journal does not tell of {moved:?}")))
}

fn loaded_seats_match_the_rows(rows: &Rows, changes: &Changes) -> Result<(), Violation> {
    for (event_id, seq, loaded_seats) in &changes.seats_after {
        check_equal("journal entry of the loaded seats", seq, &rows.events[event_id].counters.seq)?;
        let of_event = rows.seats.iter().filter(|((of_event, _), _)| of_event == event_id);
        let states: Vec<_> = of_event.map(|(_, row)| row.owner.state()).collect();
        check_equal("states of the loaded seats", &loaded_seats.states(), &&states[..])?;
    }
    Ok(())
}

fn rows_match_the_model(model: &Model, rows: &Rows, now: Instant) -> Result<(), Violation> {
    use boxoffice_engine::model::seat::SeatOwner;
    for ((event_id, seat), row) in &rows.seats {
        // In the model an overdue hold has no seats, swept or not.
        let has = row.owner.hold_id().and_then(|hold_id| rows.holds.get(&hold_id));
        let owner = if has.is_some_and(|hold| hold.is_overdue(now)) { SeatOwner::Nobody } else { row.owner };
        check_equal(&format!("owner of {seat:?}"), &owner, &model.seat_owner(*event_id, *seat))?;
    }
    for event in &model.events {
        for pool_id in &event.pools {
            let (pool, expected) = (&rows.pools[pool_id], model.pool(event, *pool_id));
            let counted =
                |pool: &boxoffice_engine::inventory::command::Pool| (pool.capacity, pool.booked, pool.blocked);
            check_equal("capacity, booked, blocked", &counted(pool), &counted(&expected))?;
        }
    }
    check_equal("holds", &rows.holds.len(), &model.holds.len())?;
    for (hold, placed) in &model.holds {
        let row = rows.holds.get(&hold.hold_id).ok_or("a hold is missing")?;
        check_equal("items", &row.items, &hold.items)?;
        let first = rows.placed_items.get(&hold.hold_id).unwrap_or(&row.items);
        check_equal("placed items", first, &placed.items)?;
    }
    Ok(())
}

/// Compares all rows except the journal, whose order may differ.
fn same_rows(how: &str, found: &Rows, expected: &Rows) -> Result<(), Violation> {
    let label = |name: &str| format!("{name}, {how}");
    check_equal(&label("pools"), &found.pools, &expected.pools)?;
    check_equal(&label("holds"), &found.holds, &expected.holds)?;
    check_equal(&label("placed items"), &found.placed_items, &expected.placed_items)?;
    check_equal(&label("seats"), &found.seats, &expected.seats)?;
    check_equal(&label("blocks"), &found.blocks, &expected.blocks)?;
    check_equal(&label("bookings"), &found.bookings, &expected.bookings)?;
    let counters = |rows: &Rows| rows.events.values().map(|event| event.counters).collect::<Vec<_>>();
    check_equal(&label("counters"), &counters(found), &counters(expected))
}
