//! Number and seed of the random cases of a property, and the runner for properties of single values.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

/// Value that a strategy draws for a seed.
pub fn draw_value<S: Strategy>(strategy: &S, seed: u64) -> S::Value {
    strategy.new_tree(&mut TestRunner::new(config(1, seed))).expect("every seed draws something").current()
}

/// Checks `property` on `cases` random values, or on `BOXOFFICE_CASES`. A failure prints the command that repeats the
/// test `name`.
pub fn for_all_values<S: Strategy>(
    name: &str,
    cases: u32,
    strategy: &S,
    property: impl Fn(S::Value) -> Result<(), String>,
) {
    let seed = first_seed();
    let cases = number_variable("BOXOFFICE_CASES").map_or(cases, |cases| u32::try_from(cases).unwrap_or(u32::MAX));
    let played = TestRunner::new(config(cases, seed)).run(strategy, |case| property(case).map_err(TestCaseError::fail));
    if let Err(failure) = played {
        panic!("{failure}\n\nrun it again: {}", command_to_repeat(name, seed, cases.into()));
    }
}

/// Configuration without a file of failures: the printed seed is enough to repeat a case.
pub fn config(cases: u32, seed: u64) -> Config {
    Config { cases, rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..Config::default() }
}

/// `BOXOFFICE_SEED`, or a random seed, a different one in every run.
pub fn first_seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    number_variable("BOXOFFICE_SEED").unwrap_or_else(|| RandomState::new().hash_one(0))
}

/// Environment variable as a number; panics if it is not one.
pub fn number_variable(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} must be a number, not {value:?}")))
}

/// Command line that plays these cases of a test again. Cargo tells a test which package it belongs to.
pub fn command_to_repeat(name: &str, seed: u64, cases: u64) -> String {
    let package = std::env::var("CARGO_PKG_NAME").map_or(String::new(), |package| format!(" -p {package}"));
    format!("BOXOFFICE_SEED={seed} BOXOFFICE_CASES={cases} cargo test{package} --test properties {name}")
}
