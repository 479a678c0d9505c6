//! Reserved seating: picks compared with a naive model that tries all groups, layouts from descriptions and CSV,
//! examples.

mod descriptions;
mod examples;
mod layouts;
pub mod model;
mod orphans;
mod picks;
mod sheets;
mod small_house;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

use crate::script::{number_variable, random_seed};

/// Value that a strategy draws for a seed.
fn drawn<S: Strategy>(strategy: &S, seed: u64) -> S::Value {
    let config = Config { rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..Config::default() };
    strategy.new_tree(&mut TestRunner::new(config)).expect("every seed draws something").current()
}

/// Checks `property` on `cases` random cases, or on `BOXOFFICE_CASES`. A failure prints the command that repeats the
/// test `name`.
fn for_all<S: Strategy>(name: &str, cases: u32, strategy: &S, property: impl Fn(S::Value) -> Result<(), String>) {
    let seed = number_variable("BOXOFFICE_SEED").unwrap_or_else(random_seed);
    let cases = number_variable("BOXOFFICE_CASES").map_or(cases, |cases| u32::try_from(cases).unwrap_or(u32::MAX));
    let config = Config { cases, rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..Config::default() };
    let played = TestRunner::new(config).run(strategy, |case| property(case).map_err(TestCaseError::fail));
    if let Err(failure) = played {
        let again = format!("BOXOFFICE_SEED={seed} BOXOFFICE_CASES={cases} cargo test --test properties {name}");
        panic!("{failure}\n\nrun it again: {again}");
    }
}
