//! `boxoffice with-postgres -- COMMAND`: runs a command with `DATABASE_URL` set to an empty, throw-away PostgreSQL, and
//! ends with the command's exit code. When the command ends, or we do, nothing is left of the server.

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitCode, ExitStatus};

use anyhow::Context as _;
use boxoffice::db::embedded::Embedded;
use clap::Args;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use secrecy::ExposeSecret as _;
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};

#[derive(Args)]
pub struct WithPostgresArgs {
    /// The command and its arguments
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

pub async fn run(arguments: &WithPostgresArgs) -> anyhow::Result<ExitCode> {
    let (program, rest) = arguments.command.split_first().context("no command")?;
    let postgres = Embedded::start_throw_away()?;
    let mut command = Command::new(program);
    command.args(rest).env("DATABASE_URL", postgres.url().expose_secret());
    let outcome = match command.spawn() {
        Ok(child) => status(child).await,
        Err(error) => Err(error).with_context(|| format!("cannot run {}", program.display())),
    };
    postgres.stop().await?;
    Ok(exit_code(outcome?))
}

/// Waits for the command, whatever we are told: it decides what a signal means. Ctrl-C reaches it without us, as part of
/// the terminal's foreground group; SIGTERM is passed on.
async fn status(mut child: Child) -> anyhow::Result<ExitStatus> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    loop {
        tokio::select! {
            status = child.wait() => return Ok(status?),
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {
                if let Some(pid) = child.id().and_then(|pid| pid.try_into().ok()) {
                    // It may have ended this very moment, which is what was asked for.
                    let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
                }
            }
        }
    }
}

/// As a shell reports it: 128 and the signal's number for a command that a signal ended.
fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}
