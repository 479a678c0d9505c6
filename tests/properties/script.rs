//! Random scripts, and the runner that plays thousands of them and shrinks one that fails.
//!
//! Every case has a seed of its own, which a failure prints. `BOXOFFICE_SEED=n BOXOFFICE_CASES=1` plays just that one again.

use std::fmt::Debug;
use std::ops::Range;
use std::thread;

use proptest::prelude::{Rng, RngExt};
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRng, TestRunner};

use crate::model::random::{self, Draw, Step};
use crate::model::{Model, Seconds};

const EVENTS: Range<usize> = 2..5;

/// What kind of scripts a property plays, and how many.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Unless `BOXOFFICE_CASES` says otherwise.
    pub cases: u64,
    pub commands_per_case: usize,
    pub batch_commands_max: usize,
    /// One batch has about so many commands; each script has its own measure.
    pub batches_about: &'static [u64],
    pub tick: Seconds,
    /// How many shorter scripts are tried once one has failed.
    pub shrinks_max: u32,
}

/// For what needs no more than the processor.
pub const BY_THE_THOUSAND: Plan = Plan {
    cases: 10_000,
    commands_per_case: 50,
    batch_commands_max: 20,
    batches_about: &[1, 2, 5, 12, 30],
    // One tick is too little for a second extension, two are enough.
    tick: 3,
    shrinks_max: 2_000,
};

/// A world, and what happens in it.
#[derive(Clone, Debug)]
pub struct Script<W = Model, S = Step> {
    pub world: W,
    pub steps: Vec<S>,
}

/// How scripts are drawn.
pub type Drawing<W = Model, S = Step> = fn(&Plan, &mut TestRng) -> Script<W, S>;

/// Plays `property` on as many scripts of the naive model as asked.
pub fn for_all_scripts(name: &str, plan: &Plan, property: impl Fn(&Script) -> Result<(), String> + Sync) {
    for_all_scripts_of(general_admission, name, plan, property);
}

/// Plays `property` on as many scripts as asked, on all cores. `name` is the test's, for whoever wants to run it again.
pub fn for_all_scripts_of<W: Clone + Debug, S: Clone + Debug>(
    draw: Drawing<W, S>,
    name: &str,
    plan: &Plan,
    property: impl Fn(&Script<W, S>) -> Result<(), String> + Sync,
) {
    let cases = variable("BOXOFFICE_CASES").unwrap_or(plan.cases);
    let first = variable("BOXOFFICE_SEED").unwrap_or_else(chance);
    let workers = thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let failure = thread::scope(|scope| {
        let play = |worker| {
            (worker..cases).step_by(workers as usize).find_map(|n| play(draw, plan, first.wrapping_add(n), &property))
        };
        let workers: Vec<_> = (0..workers).map(|worker| scope.spawn(move || play(worker))).collect();
        workers.into_iter().find_map(|worker| worker.join().expect("a property answers and does not panic"))
    });
    if let Some((seed, failure)) = failure {
        let again = format!("BOXOFFICE_SEED={seed} BOXOFFICE_CASES=1 cargo test --test properties {name}");
        panic!("{failure}\n\nonce more: {again}");
    }
}

fn play<W: Clone + Debug, S: Clone + Debug>(
    draw: Drawing<W, S>,
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
    TestRunner::new(Config {
        cases: 1,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None, // The seed says it all.
        max_shrink_iters: plan.shrinks_max,
        ..Config::default()
    })
}

/// The script of a seed.
pub fn script(plan: &Plan, seed: u64) -> Script {
    script_of(general_admission, plan, seed)
}

/// The same of other scripts.
pub fn script_of<W: Clone + Debug, S: Clone + Debug>(draw: Drawing<W, S>, plan: &Plan, seed: u64) -> Script<W, S> {
    Scripts { plan: *plan, draw }.new_tree(&mut runner(plan, seed)).expect("every seed has a script").current()
}

pub fn variable(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} must be a number, not {value:?}")))
}

/// Another part of the world in every run.
pub fn chance() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0)
}

fn general_admission(plan: &Plan, rng: &mut TestRng) -> Script {
    let events: Vec<u64> = (0..rng.random_range(EVENTS)).map(|_| rng.next_u64()).collect();
    let draw = |_| Draw { op: rng.next_u64(), pause: rng.next_u64() };
    let draws: Vec<Draw> = (0..plan.commands_per_case).map(draw).collect();
    let batch_about = plan.batches_about[rng.random_range(0..plan.batches_about.len())];
    let world = random::world(&events, plan.tick);
    let steps = random::history(&world, &draws, batch_about, plan.batch_commands_max, plan.tick);
    Script { world, steps }
}

/// Makes scripts.
#[derive(Debug)]
struct Scripts<W, S> {
    plan: Plan,
    draw: Drawing<W, S>,
}

impl<W: Clone + Debug, S: Clone + Debug> Strategy for Scripts<W, S> {
    type Tree = Shrinking<W, S>;
    type Value = Script<W, S>;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let script = (self.draw)(&self.plan, runner.rng());
        let chunk = self.plan.commands_per_case / 2;
        Ok(Shrinking { script, chunk, at: 0, removed: vec![], again: false })
    }
}

/// Shrinks by leaving steps out: halves first, single ones last, over and over until none can be spared.
struct Shrinking<W, S> {
    script: Script<W, S>,
    chunk: usize,
    at: usize,
    /// What the last simplification took.
    removed: Vec<S>,
    /// Whether this round has taken anything.
    again: bool,
}

impl<W: Clone + Debug, S: Clone + Debug> ValueTree for Shrinking<W, S> {
    type Value = Script<W, S>;

    fn current(&self) -> Script<W, S> {
        self.script.clone()
    }

    fn simplify(&mut self) -> bool {
        self.again |= !self.removed.is_empty();
        if self.at >= self.script.steps.len() {
            if self.chunk == 1 && !self.again {
                return false;
            }
            (self.chunk, self.at, self.again) = ((self.chunk / 2).max(1), 0, false);
        }
        let end = self.script.steps.len().min(self.at + self.chunk);
        self.removed = self.script.steps.drain(self.at..end).collect();
        !self.removed.is_empty()
    }

    /// What was left out mattered: it goes back, and the next chunk is tried.
    fn complicate(&mut self) -> bool {
        let removed = std::mem::take(&mut self.removed);
        let any = !removed.is_empty();
        let next = self.at + removed.len();
        self.script.steps.splice(self.at..self.at, removed);
        self.at = next;
        any
    }
}
