//! `boxoffice-bench`: the command line of the load generator.
#![warn(clippy::unwrap_used)] // a reason belongs to whatever cannot fail: `expect` has room for it

use std::process::ExitCode;

use anyhow::bail;
use boxoffice_bench::engines::ceiling;
use boxoffice_bench::engines::delay::DelayProxy;
use boxoffice_bench::mixed::Mixed;
use boxoffice_bench::report::Report;
use boxoffice_bench::run::Run;
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
    /// Runs a suite of scenarios and writes its results and report
    Run(Run),
    /// Writes the report of earlier results
    Report(Report),
    /// Holds, bookings, releases and status reads through failures, with everything acknowledged written down
    Mixed(Mixed),
    /// Checks in the database that everything is there that `mixed` wrote down
    Verify(Verify),
    /// Answers holds with the same JSON and does nothing else; started by `run`
    #[command(hide = true)]
    Echo,
    /// Passes connections on, a little later; started by `run`
    #[command(hide = true)]
    DelayProxy(DelayProxy),
}

fn main() -> ExitCode {
    match start(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("boxoffice-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start(command: Command) -> anyhow::Result<()> {
    match command {
        // These bring threads of their own.
        Command::Echo => ceiling::run(),
        Command::DelayProxy(proxy) => proxy.run(),
        Command::Report(report) => report.run(),
        // One thread: the load shall leave the other cores to what it measures, and needs no lock that ever waits.
        command => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(run_until_signalled(command))
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
        Command::Run(suite) => suite.run().await,
        Command::Mixed(load) => load.run().await,
        Command::Verify(check) => check.run().await,
        Command::Echo | Command::DelayProxy(_) | Command::Report(_) => unreachable!("`start` has dealt with these"),
    }
}
