//! `boxoffice-bench`: the command line of the load generator.
#![warn(clippy::unwrap_used)] // a reason belongs to whatever cannot fail: `expect` has room for it

use std::process::ExitCode;

use anyhow::bail;
use boxoffice_bench::mixed::Mixed;
use boxoffice_bench::scenarios::hold_throughput::HoldThroughput;
use boxoffice_bench::verify::Verify;
use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

/// The load generator of Boxoffice. It sends to this machine only
#[derive(Parser)]
#[command(name = "boxoffice-bench", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Holds per second for one hot event: lanes and one transaction per request, side by side
    HoldThroughput(HoldThroughput),
    /// Holds, bookings, releases and status reads through failures, with everything acknowledged written down
    Mixed(Mixed),
    /// Checks in the database that everything is there that `mixed` wrote down
    Verify(Verify),
}

/// One thread: the load shall leave the other cores to what it measures, and needs no lock that ever waits.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run_until_signalled(Cli::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("boxoffice-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whichever branch ends first, what the command had started is dropped, and with it the servers are killed.
async fn run_until_signalled(command: Command) -> anyhow::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        result = run(command) => result,
        _ = interrupt.recv() => bail!("interrupted"),
        _ = terminate.recv() => bail!("terminated"),
    }
}

async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::HoldThroughput(scenario) => scenario.run().await,
        Command::Mixed(load) => load.run().await,
        Command::Verify(check) => check.run().await,
    }
}
