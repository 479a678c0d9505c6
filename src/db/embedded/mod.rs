//! A PostgreSQL of our own, for `boxoffice dev` and `boxoffice with-postgres`. Never for production.
//!
//! The server is started and stopped by a helper: our own executable once more, as `boxoffice embedded-postgres`.
//! It solves two things that a library call cannot.
//!
//! - **Nothing is left running.** The helper stops the server when its standard input ends, and the operating system
//!   closes that pipe however we end, `kill -9` included.
//! - **PostgreSQL refuses to run as root.** When we are root, the helper becomes an unprivileged user before it does
//!   anything else. It does so itself, after it was started, because that user may not be allowed to execute us: a
//!   checkout often lies in root's home.

mod binaries; // which PostgreSQL of this machine to use
mod cluster; // the data directory: locked, created if need be, started
pub mod helper; // the process that owns the server
mod place; // where data and socket live, and as whom the server runs

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use secrecy::SecretString;

use self::helper::{FAILED, HelperArgs, READY};
use self::place::Place;

/// The hidden subcommand that runs [`helper::run`].
pub const HELPER_COMMAND: &str = "embedded-postgres";

/// The database that the server is given, besides PostgreSQL's own.
pub const DATABASE: &str = "boxoffice";

/// How long a stopping server may take to write everything out before we stop waiting for it.
const STOP_TIMEOUT: Duration = Duration::from_secs(60);

/// How often we look whether the helper has ended.
const STOP_POLL: Duration = Duration::from_millis(20);

/// A running server. It stops when this is stopped or dropped, or when the process ends in whatever way.
pub struct Embedded {
    helper: Child,
    lifeline: Option<ChildStdin>,
    url: SecretString,
}

impl Embedded {
    /// Starts a server whose data is kept under `directory`, from one run to the next unless `fresh`.
    ///
    /// # Errors
    ///
    /// When there is no usable PostgreSQL, or the directory is in use or not ours. The message is one line.
    pub fn start_kept(directory: &Path, fresh: bool) -> anyhow::Result<Self> {
        Self::start(&Place::kept(directory)?, fresh)
    }

    /// Starts a server whose data goes when it stops.
    ///
    /// # Errors
    ///
    /// When there is no usable PostgreSQL. The message is one line.
    pub fn start_throw_away() -> anyhow::Result<Self> {
        Self::start(&Place::throw_away()?, false)
    }

    /// How to reach the database: through the socket; without the query, through TCP on the loopback interface.
    pub fn url(&self) -> &SecretString {
        &self.url
    }

    /// Whether the server has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.helper.try_wait(), Ok(None))
    }

    /// Stops the server and returns when everything is written and the process is gone.
    ///
    /// # Errors
    ///
    /// When it does not stop in time, or not cleanly.
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
            // The helper removes it at its end, but there may have been no helper.
            let _ = std::fs::remove_dir_all(&place.sockets);
        }
        started
    }

    fn start_in(place: &Place, fresh: bool) -> anyhow::Result<Self> {
        let executable = std::env::current_exe().context("cannot tell where this program lies")?;
        let binaries = binaries::find(if fresh { None } else { cluster::version(&place.data) })?;
        let arguments = HelperArgs::new(place, binaries, fresh)?;

        let mut command = Command::new(executable);
        command.arg(HELPER_COMMAND).args(arguments.to_args()).stdin(Stdio::piped()).stdout(Stdio::piped());
        // Our user may be the only one who can read the directory that we were started in.
        command.current_dir("/");
        // Ctrl-C in a terminal goes to the whole group. The server has to outlive those who still talk to it.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        prepare_environment(&mut command);

        let mut helper = command.spawn().context("cannot start the helper of the embedded PostgreSQL")?;
        let lifeline = helper.stdin.take();
        match first_line(&mut helper) {
            Ok(url) => Ok(Self { helper, lifeline, url: SecretString::from(url) }),
            Err(error) => {
                drop(lifeline);
                // It is ending already; waiting keeps it from staying behind as a zombie.
                let _ = helper.wait();
                Err(error)
            }
        }
    }
}

/// Libpq's variables would lead the server's own tools elsewhere, and the locale of a new cluster must not depend on who
/// made it: searches ignore case, which needs a character type that knows more than ASCII.
fn prepare_environment(command: &mut Command) {
    let ours = std::env::vars_os().map(|(name, _)| name);
    for name in ours.filter(|name| name.to_string_lossy().starts_with("PG")) {
        command.env_remove(name);
    }
    command.env("LC_ALL", if cfg!(target_os = "macos") { "en_US.UTF-8" } else { "C.UTF-8" });
}

/// The helper says one line: the URL, or why there is none.
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
        None => anyhow!("the helper of the embedded PostgreSQL ended without a word"),
    })
}
