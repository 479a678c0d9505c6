//! The stage: a script played batch by batch, on the model and on the rows side by side. Each batch is decided three times: by an
//! instance that reads what `load` reads and keeps what it knows of the seats, on everything there is, and one by one.

use std::fmt::Write;

use boxoffice::domain::hold::HoldStatus;
use boxoffice::domain::time::Instant;
use boxoffice::inventory::changes::Changes;
use boxoffice::inventory::command::{Answer, Command, ExpiryCause};

use super::house;
use super::model::{Model, agrees};
use super::script::Step;
use crate::invariants::{self, same};
use crate::rows::{Rows, Violation};
use crate::script::Script;
use crate::shelves::{Kept, as_loaded, as_loaded_and_kept, with_everything};
use crate::stage::decided;
use crate::translate::instant;

const INSTANCES: usize = 2;

struct Stage {
    /// What should be, after the batch.
    model: Model,
    rows: Rows,
    /// What each instance knows of the seats; what the others did since, it has to catch up with.
    kept: [Kept; INSTANCES],
}

/// A command, and what the model says to it.
type RequestedLayouts = (Command, Answer);

pub fn play(script: &Script<Model, Step>) -> Result<(), Violation> {
    let rows = house::rows(&script.world);
    let mut stage = Stage { model: script.world.clone(), rows, kept: Default::default() };
    let mut story = scene(&script.world);
    for steps in script.steps.chunk_by(|a, b| a.batch == b.batch) {
        let now = instant(steps[0].at);
        let asked = steps.iter().map(|step| (step.command.clone(), stage.model.apply(&step.command, now)));
        let asked: Vec<RequestedLayouts> = asked.collect();
        let _ = writeln!(story, "at {}:", steps[0].at);
        for (command, expected) in &asked {
            let _ = writeln!(story, "  {command:?}\n    -> {expected:?}");
        }
        let instance = steps[0].spare as usize % INSTANCES;
        stage.batch(&asked, instance, now).map_err(|violation| format!("{violation}\n\n{story}"))?;
    }
    Ok(())
}

fn scene(world: &Model) -> String {
    let mut scene = format!("{:?}\n", world.rules);
    for (at, seat) in world.geometry.seats.iter().enumerate() {
        let _ = writeln!(scene, "seat {at}: {seat:?}");
    }
    world.events.iter().for_each(|event| _ = writeln!(scene, "{event:?}"));
    world.types.iter().for_each(|of_type| _ = writeln!(scene, "{of_type:?}"));
    scene
}

impl Stage {
    fn batch(&mut self, asked: &[RequestedLayouts], instance: usize, now: Instant) -> Result<(), Violation> {
        let commands: Vec<Command> = asked.iter().map(|(command, _)| command.clone()).collect();
        let state = as_loaded_and_kept(&self.rows, &mut self.kept[instance], &commands, now);
        let (answers, changes) = decided(&self.model.rules, state, &commands)?;
        all_agree("together", asked, &answers)?;

        let state = with_everything(&self.rows, now);
        let (answers, with_everything) = decided(&self.model.rules, state, &commands)?;
        all_agree("with everything on the state", asked, &answers)?;
        let mut everything = self.rows.clone();
        everything.apply(&with_everything)?;
        let one_by_one = self.one_by_one(asked, now)?;

        self.rows.apply(&changes)?;
        seats_are_those_of_the_journal(&changes)?;
        invariants::check(&self.rows)?;
        rows_are_what_the_model_knows(&self.model, &self.rows, now)?;
        seatings_are_as_the_rows(&self.rows, &changes)?;
        self.kept[instance].give_back(changes);

        let swept = self.swept(&self.rows, now)?;
        same_rows("with everything on the state", &self.swept(&everything, now)?, &swept)?;
        same_rows("one by one", &self.swept(&one_by_one, now)?, &swept)
    }

    /// The rows after the same commands in batches of one.
    fn one_by_one(&self, asked: &[RequestedLayouts], now: Instant) -> Result<Rows, Violation> {
        let mut rows = self.rows.clone();
        for one in asked {
            let commands = [one.0.clone()];
            let state = as_loaded(&rows, &commands, now);
            let (answers, changes) = decided(&self.model.rules, state, &commands)?;
            all_agree("alone", std::slice::from_ref(one), &answers)?;
            if one.1.is_err() {
                nothing_but_expiries(&rows, &changes, now)?;
            }
            rows.apply(&changes)?;
        }
        Ok(rows)
    }

    /// What is overdue may be swept sooner or later; afterwards it is the same.
    fn swept(&self, rows: &Rows, now: Instant) -> Result<Rows, Violation> {
        let overdue = rows.holds.values().filter(|hold| hold.is_overdue(now));
        let sweep = overdue.map(|hold| Command::Expire { hold_id: hold.hold_id, cause: ExpiryCause::Due });
        let sweep: Vec<Command> = sweep.collect();
        let mut swept = rows.clone();
        let (_, changes) = decided(&self.model.rules, as_loaded(rows, &sweep, now), &sweep)?;
        swept.apply(&changes)?;
        Ok(swept)
    }
}

fn all_agree(how: &str, asked: &[RequestedLayouts], answers: &[Answer]) -> Result<(), Violation> {
    for ((command, expected), answered) in asked.iter().zip(answers) {
        if !agrees(expected, command, answered) {
            return Err(format!("{command:?}\n  must be answered {expected:?}\n  and, {how}, was   {answered:?}"));
        }
    }
    same("answers of a batch", &answers.len(), &asked.len())
}

/// A refusal may have expired what was overdue, and does nothing else.
fn nothing_but_expiries(rows: &Rows, changes: &Changes, now: Instant) -> Result<(), Violation> {
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

/// A reader who follows the journal hears of every seat that changed, and of no other but those that came back.
fn seats_are_those_of_the_journal(changes: &Changes) -> Result<(), Violation> {
    let told = |moved: &(_, _)| {
        changes.journal.iter().any(|entry| entry.event_id == moved.0 && entry.seats.contains(&moved.1))
    };
    let mut moves = changes.seat_moves.iter().map(|moved| (moved.event_id, moved.seat));
    moves.find(|moved| !told(moved)).map_or(Ok(()), |moved| Err(format!("the journal does not tell of {moved:?}")))
}

fn seatings_are_as_the_rows(rows: &Rows, changes: &Changes) -> Result<(), Violation> {
    for (event_id, seq, seating) in &changes.seatings {
        same("the seating's entry", seq, &rows.events[event_id].counters.seq)?;
        let of_event = rows.seats.iter().filter(|((of_event, _), _)| of_event == event_id);
        let states: Vec<_> = of_event.map(|(_, row)| row.owner.state()).collect();
        same("the seating", &seating.states(), &&states[..])?;
    }
    Ok(())
}

fn rows_are_what_the_model_knows(model: &Model, rows: &Rows, now: Instant) -> Result<(), Violation> {
    use boxoffice::domain::seat::SeatOwner;
    for ((event_id, seat), row) in &rows.seats {
        // Whose hold is overdue has nothing, swept or not.
        let has = row.owner.hold_id().and_then(|hold_id| rows.holds.get(&hold_id));
        let owner = if has.is_some_and(|hold| hold.is_overdue(now)) { SeatOwner::Nobody } else { row.owner };
        same(&format!("who has {seat:?}"), &owner, &model.who(*event_id, *seat))?;
    }
    for event in &model.events {
        for pool_id in &event.pools {
            let (pool, expected) = (&rows.pools[pool_id], model.pool(event, *pool_id));
            let counted = |pool: &boxoffice::inventory::command::Pool| (pool.capacity, pool.booked, pool.blocked);
            same("capacity, booked, blocked", &counted(pool), &counted(&expected))?;
        }
    }
    same("holds", &rows.holds.len(), &model.holds.len())?;
    for (hold, placed) in &model.holds {
        let row = rows.holds.get(&hold.hold_id).ok_or("a hold is missing")?;
        same("items", &row.items, &hold.items)?;
        let first = rows.placed_items.get(&hold.hold_id).unwrap_or(&row.items);
        same("what was placed", first, &placed.items)?;
    }
    Ok(())
}

/// All but the journal, where only the order may differ.
fn same_rows(how: &str, found: &Rows, expected: &Rows) -> Result<(), Violation> {
    let what = |name: &str| format!("{name}, {how}");
    same(&what("pools"), &found.pools, &expected.pools)?;
    same(&what("holds"), &found.holds, &expected.holds)?;
    same(&what("placed items"), &found.placed_items, &expected.placed_items)?;
    same(&what("seats"), &found.seats, &expected.seats)?;
    same(&what("blocks"), &found.blocks, &expected.blocks)?;
    same(&what("bookings"), &found.bookings, &expected.bookings)?;
    let counters = |rows: &Rows| rows.events.values().map(|event| event.counters).collect::<Vec<_>>();
    same(&what("counters"), &counters(found), &counters(expected))
}
