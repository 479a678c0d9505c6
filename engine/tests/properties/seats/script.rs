//! Random scripts of commands for events with seats.

use boxoffice_engine::inventory::command::Command;
use proptest::prelude::{Rng, RngExt};
use proptest::test_runner::TestRng;
use test_support::model::dice::Dice;
use test_support::model::{Seconds, random};
use test_support::script::{Plan, Script};
use test_support::translate::{instant, rules};

use super::chooser::Chooser;
use super::house;
use super::model::Model;

/// One command of a script.
#[derive(Clone, Debug)]
pub struct Step {
    pub at: Seconds,
    /// Batch number; commands of one batch are decided together.
    pub batch: usize,
    pub command: Command,
    /// Random number for the player of the script: it chooses the instance.
    pub spare: u64,
}

pub const SEATS: Plan = Plan {
    cases: 600,
    commands_per_case: 40,
    batch_commands_max: 8,
    batches_about: &[1, 2, 5, 12],
    tick: 3,
    shrinks_max: 2_000,
};

pub fn draw(plan: &Plan, rng: &mut TestRng) -> Script<Model, Step> {
    let mut rules = rules(&random::rules(plan.tick));
    rules.extensions_max -= rng.random_range(0..2);
    let mut model = Model::new(rules, house::geometry(|| rng.next_u64()));
    house::events(&mut model, &mut Dice(rng.next_u64()));
    let world = model.clone();
    let batch_about = plan.batches_about[rng.random_range(0..plan.batches_about.len())];
    let mut chooser = Chooser::new(plan.tick);
    let mut steps: Vec<Step> = Vec::new();
    let (mut at, mut batch, mut in_batch) = (0, 0, 0);
    for _ in 0..plan.commands_per_case {
        let (chosen, pause) = (rng.next_u64(), rng.next_u64());
        if in_batch == plan.batch_commands_max || (pause >> 32) % batch_about == 0 {
            (batch, in_batch) = (batch + 1, 0);
            at += chooser.pause(&model, instant(at), pause);
        }
        let command = chooser.choose(&model, chosen);
        let _ = model.apply(&command, instant(at)); // Only the new state matters here.
        in_batch += 1;
        steps.push(Step { at, batch, command, spare: pause >> 48 });
    }
    Script { world, steps }
}
