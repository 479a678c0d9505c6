//! Random scripts, and the runner that plays many of them and shrinks one that fails.
//!
//! Each case has its own seed, which a failure prints. `BOXOFFICE_SEED=n BOXOFFICE_CASES=1` plays that case again.

use std::fmt::Debug;
use std::ops::Range;
use std::thread;

use proptest::prelude::{Rng, RngExt};
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::{Config, TestCaseError, TestError, TestRng, TestRunner};

use crate::cases::{command_to_repeat, config, first_seed, number_variable};
use crate::history::{Draw, Step, World, history};
use crate::model::{Model, Seconds, random};

const EVENTS: Range<usize> = 2..5;

/// Number and kind of the scripts that a property plays.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Number of cases, unless `BOXOFFICE_CASES` is set.
    pub cases: u64,
    pub commands_per_case: usize,
    pub batch_commands_max: usize,
    /// Average commands per batch; each script uses one of these values.
    pub batches_about: &'static [u64],
    pub tick: Seconds,
    /// Number of shorter scripts tried after a failure.
    pub shrinks_max: u32,
}

/// Plan of tests without database.
pub const IN_MEMORY: Plan = Plan {
    cases: 10_000,
    commands_per_case: 50,
    batch_commands_max: 20,
    batches_about: &[1, 2, 5, 12, 30],
    // 3 s: a second extension must gain 5 s, so one tick is too little and two are enough.
    tick: 3,
    shrinks_max: 2_000,
};

/// World, and the steps that are played in it.
#[derive(Clone, Debug)]
pub struct Script<W = Model, S = Step> {
    pub world: W,
    pub steps: Vec<S>,
}

/// Function that draws a script.
pub type DrawScript<W = Model, S = Step> = fn(&Plan, &mut TestRng) -> Script<W, S>;

/// Checks `property` on random scripts of the naive model; see [`for_all_drawn_scripts`].
pub fn for_all_scripts(name: &str, plan: &Plan, property: impl Fn(&Script) -> Result<(), String> + Sync) {
    for_all_drawn_scripts(general_admission, name, plan, property);
}

/// Checks `property` on `plan.cases` random scripts, on all cores. A failure prints the command that repeats the test
/// `name`.
pub fn for_all_drawn_scripts<W: Clone + Debug, S: Clone + Debug>(
    draw: DrawScript<W, S>,
    name: &str,
    plan: &Plan,
    property: impl Fn(&Script<W, S>) -> Result<(), String> + Sync,
) {
    let cases = number_variable("BOXOFFICE_CASES").unwrap_or(plan.cases);
    let first = first_seed();
    let workers = thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let failure = thread::scope(|scope| {
        let play = |worker| {
            (worker..cases).step_by(workers as usize).find_map(|n| play(draw, plan, first.wrapping_add(n), &property))
        };
        let workers: Vec<_> = (0..workers).map(|worker| scope.spawn(move || play(worker))).collect();
        workers.into_iter().find_map(|worker| worker.join().expect("a property answers and does not panic"))
    });
    if let Some((seed, failure)) = failure {
        panic!("{failure}\n\nrun it again: {}", command_to_repeat(name, seed, 1));
    }
}

fn play<W: Clone + Debug, S: Clone + Debug>(
    draw: DrawScript<W, S>,
    plan: &Plan,
    seed: u64,
    property: &impl Fn(&Script<W, S>) -> Result<(), String>,
) -> Option<(u64, String)> {
    let scripts = Scripts { plan: *plan, draw };
    match runner(plan, seed).run(&scripts, |script| property(&script).map_err(TestCaseError::fail)) {
        Ok(()) => None,
        Err(TestError::Fail(reason, _)) => Some((seed, reason.to_string())),
        Err(TestError::Abort(reason)) => Some((seed, format!("given up: {reason}"))),
    }
}

fn runner(plan: &Plan, seed: u64) -> TestRunner {
    TestRunner::new(Config { max_shrink_iters: plan.shrinks_max, ..config(1, seed) })
}

/// Script of the naive model for a seed.
pub fn script_from_seed(plan: &Plan, seed: u64) -> Script {
    draw_script(general_admission, plan, seed)
}

/// Script for a seed, drawn by `draw`.
pub fn draw_script<W: Clone + Debug, S: Clone + Debug>(draw: DrawScript<W, S>, plan: &Plan, seed: u64) -> Script<W, S> {
    Scripts { plan: *plan, draw }.new_tree(&mut runner(plan, seed)).expect("every seed has a script").current()
}

fn general_admission(plan: &Plan, rng: &mut TestRng) -> Script {
    let events: Vec<u64> = (0..rng.random_range(EVENTS)).map(|_| rng.next_u64()).collect();
    script_in(random::world(&events, plan.tick), plan, rng)
}

/// Random script that starts in this world.
pub fn script_in<W: World>(world: W, plan: &Plan, rng: &mut TestRng) -> Script<W, Step<W::Request>> {
    let draw = |_| Draw { op: rng.next_u64(), pause: rng.next_u64() };
    let draws: Vec<Draw> = (0..plan.commands_per_case).map(draw).collect();
    let batch_about = plan.batches_about[rng.random_range(0..plan.batches_about.len())];
    let steps = history(&world, &draws, batch_about, plan.batch_commands_max, plan.tick);
    Script { world, steps }
}

/// Proptest strategy for scripts.
#[derive(Debug)]
struct Scripts<W, S> {
    plan: Plan,
    draw: DrawScript<W, S>,
}

impl<W: Clone + Debug, S: Clone + Debug> Strategy for Scripts<W, S> {
    type Tree = Shrinking<W, S>;
    type Value = Script<W, S>;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let script = (self.draw)(&self.plan, runner.rng());
        let chunk = self.plan.commands_per_case / 2;
        Ok(Shrinking { script, chunk, at: 0, removed: vec![], removed_any: false })
    }
}

/// Shrinks a script by removing steps: halves first, single steps last, until no step can be removed.
struct Shrinking<W, S> {
    script: Script<W, S>,
    chunk: usize,
    at: usize,
    /// Steps that the last simplification removed.
    removed: Vec<S>,
    /// Whether this round has removed a step for good.
    removed_any: bool,
}

impl<W: Clone + Debug, S: Clone + Debug> ValueTree for Shrinking<W, S> {
    type Value = Script<W, S>;

    fn current(&self) -> Script<W, S> {
        self.script.clone()
    }

    fn simplify(&mut self) -> bool {
        self.removed_any |= !self.removed.is_empty();
        if self.at >= self.script.steps.len() {
            if self.chunk == 1 && !self.removed_any {
                return false;
            }
            (self.chunk, self.at, self.removed_any) = ((self.chunk / 2).max(1), 0, false);
        }
        let end = self.script.steps.len().min(self.at + self.chunk);
        self.removed = self.script.steps.drain(self.at..end).collect();
        !self.removed.is_empty()
    }

    /// Puts the removed steps back, because the script no longer fails without them, and goes on to the next chunk.
    fn complicate(&mut self) -> bool {
        let removed = std::mem::take(&mut self.removed);
        let any = !removed.is_empty();
        let next = self.at + removed.len();
        self.script.steps.splice(self.at..self.at, removed);
        self.at = next;
        any
    }
}
