//! Helpers: subcommands of this binary as child processes, so that they do not use the load generator's thread.
//!
//! A helper listens on a free port, prints its address as its first line, and exits when its standard input is closed,
//! so it ends however the load generator ends.

use std::io::Read as _;
use std::net::{SocketAddr, TcpListener};
use std::process::Stdio;

use anyhow::{Context as _, ensure};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};

use crate::target::Target;

/// A running helper that listens.
pub struct HelperProcess {
    _child: Child,
    /// The helper exits when this pipe is closed.
    _stdin: ChildStdin,
    pub target: Target,
    pub pid: u32,
}

impl HelperProcess {
    /// Starts a subcommand and returns when it listens.
    ///
    /// # Errors
    ///
    /// When it cannot be started, or exits without printing its address.
    pub async fn start(arguments: &[&str]) -> anyhow::Result<Self> {
        let executable = std::env::current_exe().context("cannot find the path of this program")?;
        let mut command = Command::new(executable);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().context("cannot start a helper")?;
        let stdin = child.stdin.take().context("a helper has no standard input")?;
        let stdout = child.stdout.take().context("a helper has no standard output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).await.context("cannot read the address of a helper")?;
        let address: SocketAddr = line.trim().parse().context("a helper did not print its address")?;
        ensure!(address.ip().is_loopback(), "a helper does not listen on a loopback address");
        let pid = child.id().context("a helper has already ended")?;
        Ok(Self { _child: child, _stdin: stdin, target: Target::from_local_port(address.port()), pid })
    }
}

/// In the helper: listens on a free port and prints the address for the parent.
///
/// # Errors
///
/// When no port is free.
pub fn listen() -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no port is free")?;
    println!("{}", listener.local_addr()?);
    Ok(listener)
}

/// In the helper: exits when the parent process exits.
pub fn exit_with_parent() {
    std::thread::spawn(|| {
        // The parent never writes: the read returns when the pipe is closed.
        let _ = std::io::stdin().read(&mut [0]);
        std::process::exit(0);
    });
}
