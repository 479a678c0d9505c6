//! Embedded PostgreSQL for `boxoffice dev` and `boxoffice with-postgres`. Not for production.
//!
//! A helper process starts and stops the server: the same executable, run as `boxoffice embedded-postgres`. It solves
//! two problems that a library call cannot.
//!
//! - **No server is left running.** The helper stops the server when its standard input ends, and the operating system
//!   closes that pipe however the parent ends, `kill -9` included. (If the helper itself is killed, the server stays.)
//! - **PostgreSQL refuses to run as root.** If started as root, the helper first becomes an unprivileged user. It does
//!   so after its own start, because that user may not be allowed to execute the program: a checkout is often in root's
//!   home.

mod binaries; // search for PostgreSQL's programs
mod cluster; // the data cluster: lock, create, start
pub mod helper; // the process that owns the server
mod place; // directories of data and socket, and the server's user

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use secrecy::SecretString;

use self::helper::{FAILED, HelperArgs, READY};
use self::place::Place;

/// Hidden subcommand that runs [`helper::run`].
pub const HELPER_COMMAND: &str = "embedded-postgres";

/// Name of the database that is created on the server.
pub const DATABASE: &str = "boxoffice";

/// Longest wait for a server to stop.
const STOP_TIMEOUT: Duration = Duration::from_secs(60);

/// Interval of the checks whether the helper has ended.
const STOP_POLL: Duration = Duration::from_millis(20);

/// A running server. It stops when this value is stopped or dropped, and when the process ends in any way.
pub struct Embedded {
    helper: Child,
    lifeline: Option<ChildStdin>,
    url: SecretString,
}

impl Embedded {
    /// Starts a server whose data stays in `directory` between runs. `fresh` deletes existing data first.
    ///
    /// # Errors
    ///
    /// When there is no usable PostgreSQL, or the directory is in use or belongs to another user. The message is one
    /// line.
    pub fn start_persistent(directory: &Path, fresh: bool) -> anyhow::Result<Self> {
        Self::start(&Place::persistent(directory)?, fresh)
    }

    /// Starts a server whose data is deleted when it stops.
    ///
    /// # Errors
    ///
    /// When there is no usable PostgreSQL. The message is one line.
    pub fn start_temporary() -> anyhow::Result<Self> {
        Self::start(&Place::temporary()?, false)
    }

    /// URL of the database, with its password. It uses the socket; without its query part, TCP on the loopback
    /// interface.
    pub fn url(&self) -> &SecretString {
        &self.url
    }

    /// Whether the server has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.helper.try_wait(), Ok(None))
    }

    /// Stops the server and waits until its data is written and the helper has ended.
    ///
    /// # Errors
    ///
    /// When it does not stop within 60 seconds, or not cleanly.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        drop(self.lifeline.take());
        let stopped = tokio::time::timeout(STOP_TIMEOUT, async {
            loop {
                match self.helper.try_wait()? {
                    Some(status) => return std::io::Result::Ok(status),
                    None => tokio::time::sleep(STOP_POLL).await,
                }
            }
        });
        match stopped.await {
            Ok(status) if status.as_ref().is_ok_and(std::process::ExitStatus::success) => Ok(()),
            Ok(status) => bail!("the embedded PostgreSQL did not stop cleanly ({})", status?),
            Err(_) => bail!("the embedded PostgreSQL is still stopping after {} s", STOP_TIMEOUT.as_secs()),
        }
    }

    fn start(place: &Place, fresh: bool) -> anyhow::Result<Self> {
        let started = Self::start_in(place, fresh);
        if started.is_err() {
            // The helper removes it when it ends, but perhaps no helper was started.
            let _ = std::fs::remove_dir_all(&place.sockets);
        }
        started
    }

    fn start_in(place: &Place, fresh: bool) -> anyhow::Result<Self> {
        let executable = std::env::current_exe().context("cannot find the path of this program")?;
        let binaries = binaries::find(if fresh { None } else { cluster::version(&place.data) })?;
        let arguments = HelperArgs::new(place, binaries, fresh)?;

        let mut command = Command::new(executable);
        command.arg(HELPER_COMMAND).args(arguments.to_args()).stdin(Stdio::piped()).stdout(Stdio::piped());
        // The unprivileged user may not be allowed to read the present directory.
        command.current_dir("/");
        // Ctrl-C in a terminal signals the whole process group. The server must outlive this process, which still uses
        // it.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        prepare_environment(&mut command);

        let mut helper = command.spawn().context("cannot start the helper of the embedded PostgreSQL")?;
        let lifeline = helper.stdin.take();
        match first_line(&mut helper) {
            Ok(url) => Ok(Self { helper, lifeline, url: SecretString::from(url) }),
            Err(error) => {
                drop(lifeline);
                // The helper is ending; waiting for it avoids a zombie process.
                let _ = helper.wait();
                Err(error)
            }
        }
    }
}

/// Removes libpq's variables, which would redirect the server's tools to another server, and sets a fixed UTF-8 locale
/// for new clusters: case-insensitive search needs character types beyond ASCII.
fn prepare_environment(command: &mut Command) {
    let names = std::env::vars_os().map(|(name, _)| name);
    for name in names.filter(|name| name.to_string_lossy().starts_with("PG")) {
        command.env_remove(name);
    }
    command.env("LC_ALL", if cfg!(target_os = "macos") { "en_US.UTF-8" } else { "C.UTF-8" });
}

/// Reads the helper's only line of output: the URL, or the reason why the server did not start.
fn first_line(helper: &mut Child) -> anyhow::Result<String> {
    let stdout = helper.stdout.take().context("the helper of the embedded PostgreSQL has no output")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).context("the helper of the embedded PostgreSQL ended")?;
    let line = line.trim_end();
    if let Some(url) = line.strip_prefix(READY) {
        return Ok(url.to_owned());
    }
    Err(match line.strip_prefix(FAILED) {
        Some(reason) => anyhow!("{reason}"),
        None => anyhow!("the helper of the embedded PostgreSQL ended without a message"),
    })
}
