//! Reserved seating: picks against a naive model that tries everything, layouts from descriptions and from CSV, and examples.

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

use crate::script::{chance, variable};

/// What a strategy draws for a seed.
fn drawn<S: Strategy>(strategy: &S, seed: u64) -> S::Value {
    let config = Config { rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..Config::default() };
    strategy.new_tree(&mut TestRunner::new(config)).expect("every seed draws something").current()
}

/// Plays `property` on as many cases as asked. `name` is the test's, for whoever wants to run it again.
fn for_all<S: Strategy>(name: &str, cases: u32, strategy: &S, property: impl Fn(S::Value) -> Result<(), String>) {
    let seed = variable("BOXOFFICE_SEED").unwrap_or_else(chance);
    let cases = variable("BOXOFFICE_CASES").map_or(cases, |cases| u32::try_from(cases).unwrap_or(u32::MAX));
    let config = Config { cases, rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..Config::default() };
    let played = TestRunner::new(config).run(strategy, |case| property(case).map_err(TestCaseError::fail));
    if let Err(failure) = played {
        let again = format!("BOXOFFICE_SEED={seed} BOXOFFICE_CASES={cases} cargo test --test properties {name}");
        panic!("{failure}\n\nonce more: {again}");
    }
}
