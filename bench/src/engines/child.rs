//! Subcommands of this binary as child processes, so that what they cost is not on the load generator's thread.
//!
//! A child listens on a free port, says which in its first line, and ends when its standard input does: however the bench
//! ends, none stays behind.

use std::io::Read as _;
use std::net::{SocketAddr, TcpListener};
use std::process::Stdio;

use anyhow::{Context as _, ensure};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};

use crate::target::Target;

/// A running subcommand that listens.
pub struct Listening {
    _child: Child,
    _lifeline: ChildStdin,
    pub target: Target,
    pub pid: u32,
}

impl Listening {
    /// Starts a subcommand and returns when it listens.
    ///
    /// # Errors
    ///
    /// When it cannot be started, or ends instead of saying where it listens.
    pub async fn start(arguments: &[&str]) -> anyhow::Result<Self> {
        let executable = std::env::current_exe().context("cannot tell where this program lies")?;
        let mut command = Command::new(executable);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().context("cannot start a helper")?;
        let lifeline = child.stdin.take().context("a helper without standard input")?;
        let stdout = child.stdout.take().context("a helper without standard output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).await.context("a helper that says nothing")?;
        let address: SocketAddr = line.trim().parse().context("a helper that does not say where it listens")?;
        ensure!(address.ip().is_loopback(), "a helper that listens to others");
        let pid = child.id().context("a helper that has already ended")?;
        Ok(Self { _child: child, _lifeline: lifeline, target: Target::local(address.port()), pid })
    }
}

/// In the child: a free port, which the parent is told.
///
/// # Errors
///
/// When no port is free.
pub fn listen() -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no port is free")?;
    println!("{}", listener.local_addr()?);
    Ok(listener)
}

/// In the child: ends the process when the parent has gone.
pub fn end_with_the_parent() {
    std::thread::spawn(|| {
        // Nothing is ever written: this returns when the other end is closed, in whatever way.
        let _ = std::io::stdin().read(&mut [0]);
        std::process::exit(0);
    });
}
