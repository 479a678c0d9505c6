//! `boxoffice with-postgres -- COMMAND`: runs a command with `DATABASE_URL` set to an empty, temporary PostgreSQL, and
//! returns the command's exit code. The server and its data are removed when the command or this process ends.

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitCode, ExitStatus};

use anyhow::Context as _;
use clap::Args;
use embedded_postgres::Embedded;
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
    let postgres = Embedded::start_temporary()?;
    let mut command = Command::new(program);
    command.args(rest).env("DATABASE_URL", postgres.url().expose_secret());
    let outcome = match command.spawn() {
        Ok(child) => status(child).await,
        Err(error) => Err(error).with_context(|| format!("cannot run {}", program.display())),
    };
    postgres.stop().await?;
    Ok(exit_code(outcome?))
}

/// Waits for the command to end, also after a signal, so that the command can handle the signal. The terminal sends
/// Ctrl-C to the command too (same process group); SIGTERM is passed on here.
async fn status(mut child: Child) -> anyhow::Result<ExitStatus> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    loop {
        tokio::select! {
            status = child.wait() => return Ok(status?),
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {
                if let Some(pid) = child.id().and_then(|pid| pid.try_into().ok()) {
                    // Fails if the command has just ended, which is fine.
                    let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
                }
            }
        }
    }
}

/// The command's exit code; as in a shell, 128 plus the signal's number if a signal ended it.
fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}
