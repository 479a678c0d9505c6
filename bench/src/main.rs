//! `boxoffice-bench`: the command line of the load generator.

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
    /// Writes the report from the results of an earlier run
    Report(Report),
    /// Sends holds, bookings, releases and status reads during failures, and records all acknowledged work
    Mixed(Mixed),
    /// Checks that the work that `mixed` recorded is in the database
    Verify(Verify),
    /// Serves holds with constant JSON, for the ceiling; started by `run`
    #[command(hide = true)]
    Echo,
    /// Forwards connections with a delay; started by `run`
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
        // These start threads of their own.
        Command::Echo => ceiling::run(),
        Command::DelayProxy(proxy) => proxy.run(),
        Command::Report(report) => report.run(),
        // One thread, so that the load generator leaves the other cores to the service, and its locks never wait.
        command => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(run_until_signalled(command))
        }
    }
}

/// Runs the command until it ends or a signal arrives. A signal drops the command, which kills the servers that it
/// started.
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
        Command::Echo | Command::DelayProxy(_) | Command::Report(_) => unreachable!("`start` handles these"),
    }
}
