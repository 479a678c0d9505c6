//! Reserved seating: layouts from descriptions and from CSV.

mod descriptions;
mod layouts;
mod sheets;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

use crate::script::{chance, variable};

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
