//! `boxoffice audit`: checks every invariant and prints its two numbers and a verdict.

use std::process::ExitCode;

use anyhow::Context as _;
use boxoffice::config::DatabaseUrl;
use boxoffice_engine::invariants::{InvariantReport, check_invariants};

use super::session;

/// Exit code when the invariants could not be checked; 1 is a breach.
const NO_VERDICT: u8 = 2;

pub async fn run(arguments: &DatabaseUrl) -> anyhow::Result<ExitCode> {
    match check(arguments).await {
        Ok(report) => {
            print(&report);
            Ok(if report.clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        // Handled here, because a failure elsewhere exits with 1, which means a breach.
        Err(error) => {
            eprintln!("boxoffice: {error:#}");
            Ok(ExitCode::from(NO_VERDICT))
        }
    }
}

async fn check(arguments: &DatabaseUrl) -> anyhow::Result<InvariantReport> {
    let pool = session::maintenance_pool(&arguments.database_url).await?;
    check_invariants(&pool).await.context("cannot check the invariants of this database")
}

fn print(report: &InvariantReport) {
    let widest = report.invariants.iter().map(|invariant| invariant.name.len()).max().unwrap_or_default();
    println!("{:widest$}  {:>14}  {:>14}  verdict", "invariant", "expected", "actual");
    for invariant in &report.invariants {
        let verdict = if invariant.holds() { "holds".to_owned() } else { format!("BROKEN, {}×", invariant.breaches) };
        println!("{:widest$}  {:>14}  {:>14}  {verdict}", invariant.name, invariant.expected, invariant.actual);
    }
    let broken = report.invariants.iter().filter(|invariant| !invariant.holds());
    for invariant in broken.clone() {
        println!("\n{} is broken: {}", invariant.name, invariant.description);
    }
    println!("\nAs of {}: {} of {} invariants broken.", report.as_of, broken.count(), report.invariants.len());
}
