//! Random scripts of commands for events with seats.

use boxoffice_engine::inventory::command::Command;
use proptest::prelude::{Rng, RngExt};
use proptest::test_runner::TestRng;
use test_support::dice::Dice;
use test_support::history;
use test_support::model::random;
use test_support::script::{Plan, Script, script_in};

use super::house;
use super::model::Model;

pub type Step = history::Step<Command>;

pub const SEATS: Plan = Plan {
    cases: 600,
    commands_per_case: 40,
    batch_commands_max: 8,
    batches_about: &[1, 2, 5, 12],
    tick: 3,
    shrinks_max: 2_000,
};

pub fn draw(plan: &Plan, rng: &mut TestRng) -> Script<Model, Step> {
    let mut rules = random::rules(plan.tick);
    rules.max_extensions -= rng.random_range(0..2);
    let mut model = Model::new(rules, house::geometry(|| rng.next_u64()));
    house::events(&mut model, &mut Dice(rng.next_u64()));
    script_in(model, plan, rng)
}
