//! Stage: plays a script batch by batch, on the model and on the rows.

use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use boxoffice_engine::inventory::batch_state::{BatchState, TicketType};
use boxoffice_engine::inventory::changes::Changes;
use boxoffice_engine::inventory::command::{Command, Decision};
use boxoffice_engine::inventory::decide::decide;
use boxoffice_engine::settings::HoldRules;
use test_support::history::{PRICE_RISE, Step};
use test_support::model::{Expected, Model, Op, Seconds};
use test_support::script::Script;
use test_support::translate::{self, id};
use test_support::violation::Violation;

use crate::rows::Rows;

/// Model and rows while a script is played.
pub struct Stage {
    /// Expected state, after the batch.
    pub model: Model,
    /// Rows, before the batch until `check` applies its changes.
    pub rows: Rows,
    pub now: Seconds,
    rules: HoldRules,
}

/// Commands that are decided together, and the answer that the model expects to each.
pub struct Batch {
    pub expectations: Vec<(Op, Expected)>,
    pub commands: Vec<Command>,
}

/// Plays a script. `check` decides each batch, applies the changes to the rows, and checks both. A failure has the
/// transcript of the script up to that batch.
pub fn play(script: &Script, check: impl Fn(&mut Stage, &Batch) -> Result<(), Violation>) -> Result<(), String> {
    let mut stage = Stage::new(script.world.clone());
    for (played, steps) in script.steps.chunk_by(|a, b| a.batch == b.batch).enumerate() {
        let batch = stage.ask(steps);
        check(&mut stage, &batch).map_err(|violation| {
            let batches = script.steps.chunk_by(|a, b| a.batch == b.batch).take(played + 1);
            format!("{violation}\n\n{}", transcript(&script.world, batches))
        })?;
    }
    Ok(())
}

/// Text of the batches played so far, for the failure message.
fn transcript<'a>(world: &Model, batches: impl Iterator<Item = &'a [Step]>) -> String {
    let mut text = world.describe();
    let mut model = world.clone();
    for batch in batches {
        let _ = writeln!(text, "at {}:", batch[0].at);
        for step in batch {
            raise_price(&mut model, step);
            let expected = model.apply(&step.op, step.at);
            let _ = writeln!(text, "  {:?}\n    -> {expected:?}", step.op);
        }
    }
    text
}

fn raise_price(model: &mut Model, step: &Step) {
    if let Some(type_no) = step.raised_type {
        model.types[type_no].price += PRICE_RISE;
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
        for (number, model_type) in model.types.iter().enumerate() {
            let ticket_type = TicketType {
                ticket_type_id: id(number),
                event_id: id(model.pools[model_type.pool].event),
                pool_id: id(model_type.pool),
                price: model_type.price,
                min_quantity: model_type.min.unwrap_or(1),
                max_quantity: model_type.max,
            };
            rows.ticket_types.insert(id(number), ticket_type);
        }
        let rules = translate::rules(&model.rules);
        Self { model, rows, now: 0, rules }
    }

    /// Asks the model, and applies price rises: no command changes a price, but prices change between batches.
    fn ask(&mut self, steps: &[Step]) -> Batch {
        let mut expectations = Vec::new();
        for step in steps {
            self.now = step.at;
            raise_price(&mut self.model, step);
            if let Some(row) = step.raised_type.and_then(|type_no| self.rows.ticket_types.get_mut(&id(type_no))) {
                row.price += PRICE_RISE;
            }
            expectations.push((step.op.clone(), self.model.apply(&step.op, step.at)));
        }
        let commands = expectations.iter().map(|(op, _)| translate::command(op)).collect();
        Batch { expectations, commands }
    }

    pub fn decide(&self, state: BatchState, commands: &[Command]) -> Result<(Vec<Decision>, Changes), Violation> {
        decided(&self.rules, state, commands)
    }
}

/// Runs `decide`; a panic becomes a violation.
pub fn decided(
    rules: &HoldRules,
    state: BatchState,
    commands: &[Command],
) -> Result<(Vec<Decision>, Changes), Violation> {
    let decided = catch_unwind(AssertUnwindSafe(|| decide(rules, state, commands)));
    decided.map_err(|_| "decide panicked; its message is above".to_owned())
}
