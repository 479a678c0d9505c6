//! The stage: a script played batch by batch, on the model and on the rows side by side.

use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use boxoffice::domain::hold_rules::HoldRules;
use boxoffice::inventory::batch_state::{BatchState, TicketType};
use boxoffice::inventory::changes::Changes;
use boxoffice::inventory::command::{Answer, Command};
use boxoffice::inventory::decide::decide;

use crate::model::random::{PRICE_RISE, Step};
use crate::model::{Expected, Model, Op, Seconds};
use crate::rows::{Rows, Violation};
use crate::script::Script;
use crate::translate::{self, id};

pub struct Stage {
    /// What should be, after the batch.
    pub model: Model,
    /// What is, before the batch.
    pub rows: Rows,
    pub now: Seconds,
    rules: HoldRules,
}

/// Commands that are decided together, and what the model says to each.
pub struct Batch {
    pub asked: Vec<(Op, Expected)>,
    pub commands: Vec<Command>,
}

/// Plays a script. `check` decides on each batch, applies the changes to the rows, and looks at what became of them.
pub fn play(script: &Script, check: impl Fn(&mut Stage, &Batch) -> Result<(), Violation>) -> Result<(), String> {
    let mut stage = Stage::new(script.world.clone());
    for (played, steps) in script.steps.chunk_by(|a, b| a.batch == b.batch).enumerate() {
        let batch = stage.ask(steps);
        check(&mut stage, &batch).map_err(|violation| {
            let batches = script.steps.chunk_by(|a, b| a.batch == b.batch).take(played + 1);
            format!("{violation}\n\n{}", tell(&script.world, batches))
        })?;
    }
    Ok(())
}

/// What happened, for whoever must understand a failure.
fn tell<'a>(world: &Model, batches: impl Iterator<Item = &'a [Step]>) -> String {
    let mut story = scene(world);
    let mut model = world.clone();
    for batch in batches {
        let _ = writeln!(story, "at {}:", batch[0].at);
        for step in batch {
            make_dearer(&mut model, step);
            let expected = model.apply(&step.op, step.at);
            let _ = writeln!(story, "  {:?}\n    -> {expected:?}", step.op);
        }
    }
    story
}

/// The world in which it happened.
pub fn scene(world: &Model) -> String {
    let mut scene = format!("{:?}\n", world.rules);
    let mut list = |line: std::fmt::Arguments| _ = writeln!(scene, "{line}");
    world.events.iter().enumerate().for_each(|(n, event)| list(format_args!("event {n}: {event:?}")));
    world.pools.iter().enumerate().for_each(|(n, pool)| list(format_args!("pool {n}: {pool:?}")));
    world.types.iter().enumerate().for_each(|(n, of_type)| list(format_args!("ticket type {n}: {of_type:?}")));
    scene
}

fn make_dearer(model: &mut Model, step: &Step) {
    if let Some(of_type) = step.dearer {
        model.types[of_type].price += PRICE_RISE;
    }
}

impl Stage {
    fn new(model: Model) -> Self {
        let mut rows = Rows::default();
        for (number, event) in model.events.iter().enumerate() {
            rows.add_event(id(number), translate::terms(event));
        }
        for (number, pool) in model.pools.iter().enumerate() {
            rows.add_pool(id(number), id(pool.event), pool.capacity);
        }
        for (number, of_type) in model.types.iter().enumerate() {
            let ticket_type = TicketType {
                ticket_type_id: id(number),
                event_id: id(model.pools[of_type.pool].event),
                pool_id: id(of_type.pool),
                price: of_type.price,
                min_quantity: of_type.min.unwrap_or(1),
                max_quantity: of_type.max,
            };
            rows.ticket_types.insert(id(number), ticket_type);
        }
        let rules = translate::rules(&model.rules);
        Self { model, rows, now: 0, rules }
    }

    /// Prices are not inventory's to change, but they change while it works.
    fn ask(&mut self, steps: &[Step]) -> Batch {
        let mut asked = Vec::new();
        for step in steps {
            self.now = step.at;
            make_dearer(&mut self.model, step);
            if let Some(row) = step.dearer.and_then(|of_type| self.rows.ticket_types.get_mut(&id(of_type))) {
                row.price += PRICE_RISE;
            }
            asked.push((step.op.clone(), self.model.apply(&step.op, step.at)));
        }
        let commands = asked.iter().map(|(op, _)| translate::command(op)).collect();
        Batch { asked, commands }
    }

    pub fn decide(&self, state: BatchState, commands: &[Command]) -> Result<(Vec<Answer>, Changes), Violation> {
        decided(&self.rules, state, commands)
    }
}

/// A panic is a violation like any other.
pub fn decided(
    rules: &HoldRules,
    state: BatchState,
    commands: &[Command],
) -> Result<(Vec<Answer>, Changes), Violation> {
    let decided = catch_unwind(AssertUnwindSafe(|| decide(rules, state, commands)));
    decided.map_err(|_| "decide panicked; its message is above".to_owned())
}
