//! `boxoffice audit`: prints every invariant with both of its numbers and a verdict.

use std::process::ExitCode;

use anyhow::Context as _;
use boxoffice::config::DatabaseUrl;
use boxoffice::queries::audit::{Audit, audit};

use super::session;

/// The exit code when the database could not be audited; 1 is a breach.
const NO_VERDICT: u8 = 2;

pub async fn run(arguments: &DatabaseUrl) -> anyhow::Result<ExitCode> {
    match audited(arguments).await {
        Ok(audit) => {
            print(&audit);
            Ok(if audit.clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        // No verdict is not the same as a bad one.
        Err(error) => {
            eprintln!("boxoffice: {error:#}");
            Ok(ExitCode::from(NO_VERDICT))
        }
    }
}

async fn audited(arguments: &DatabaseUrl) -> anyhow::Result<Audit> {
    let pool = session::maintenance_pool(&arguments.database_url).await?;
    audit(&pool).await.context("cannot audit this database")
}

fn print(audit: &Audit) {
    let widest = audit.invariants.iter().map(|invariant| invariant.name.len()).max().unwrap_or_default();
    println!("{:widest$}  {:>14}  {:>14}  verdict", "invariant", "expected", "actual");
    for invariant in &audit.invariants {
        let verdict = if invariant.holds() { "holds".to_owned() } else { format!("BROKEN, {}×", invariant.breaches) };
        println!("{:widest$}  {:>14}  {:>14}  {verdict}", invariant.name, invariant.expected, invariant.actual);
    }
    let broken = audit.invariants.iter().filter(|invariant| !invariant.holds());
    for invariant in broken.clone() {
        println!("\n{} is broken: {}", invariant.name, invariant.description);
    }
    println!("\nAs of {}: {} of {} broken.", audit.as_of, broken.count(), audit.invariants.len());
}
