//! The server binary as child processes. A child never outlives the bench: it is stopped at the end, and killed when its
//! handle is dropped before that.

use std::collections::BTreeMap;
use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::Engine;
use crate::api;
use crate::client::Client;
use crate::target::Target;

/// How long a server may take until it is ready. It connects and checks the schema, nothing more.
const READY_WITHIN: Duration = Duration::from_secs(30);

const READY_POLL_INTERVAL: Duration = Duration::from_millis(20);

/// How long a server may take to stop: its own grace period is 30 seconds.
const STOPPED_WITHIN: Duration = Duration::from_secs(40);

/// What the servers under load are told, beside where they are and what they are.
const SETTINGS: [(&str, &str); 3] = [
    // The longest, so that no hold expires while it is measured.
    ("HOLD_TTL_MINUTES", "15"),
    // Nobody has to be told to look elsewhere.
    ("DRAIN_SECONDS", "0"),
    // Without sqlx's warnings about slow statements: waiting for the lock is slow, and the log would be measured too.
    ("LOG_LEVEL", "warn,sqlx=error"),
];

/// What the servers with one transaction per request are told too. Their queues for a connection and for the lock are part
/// of what is measured; by default they end in refusals after 300 and 100 ms.
const SETTINGS_PER_REQUEST: [(&str, &str); 2] = [("DB_ACQUIRE_TIMEOUT_MS", "10000"), ("DB_LOCK_TIMEOUT_MS", "10000")];

/// What the environment of the bench may tell them instead, to see what it does.
const TUNABLE: [&str; 11] = [
    "LANES",
    "BATCH_MAX",
    "EVENT_QUEUE_MAX",
    "QUEUE_MAX",
    "READ_QUEUE_MAX",
    "COMMAND_DEADLINE_MS",
    "ANSWER_WITHIN_MS",
    "DB_POOL_MAX",
    "HTTP_WORKERS",
    "SWEEP_INTERVAL_MS",
    "LOG_LEVEL",
];

/// The binary that is measured.
pub struct Boxoffice {
    pub binary: PathBuf,
    /// Where its logs go: on a terminal they would be in the way.
    pub log: PathBuf,
}

/// A running server.
pub struct Server {
    child: Child,
    pub target: Target,
    pub pid: u32,
}

impl Boxoffice {
    /// As in `boxoffice 0.1.0`.
    ///
    /// # Errors
    ///
    /// When the binary cannot be run.
    pub async fn version(&self) -> anyhow::Result<String> {
        let output = Command::new(&self.binary).arg("--version").output().await;
        let output = output.with_context(|| format!("cannot run {}", self.binary.display()))?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    ///
    /// When the command cannot be run or fails.
    pub async fn migrate(&self, database_url: &str) -> anyhow::Result<()> {
        self.run("migrate", database_url).await
    }

    /// Checks the invariants.
    ///
    /// # Errors
    ///
    /// When one of them is broken, or the command cannot be run.
    pub async fn audit(&self, database_url: &str) -> anyhow::Result<()> {
        self.run("audit", database_url).await
    }

    /// Starts a server on a free port and waits until it is ready.
    ///
    /// # Errors
    ///
    /// When it cannot be started, stops, or is not ready in time.
    pub async fn serve(&self, engine: Engine, database_url: &str) -> anyhow::Result<Server> {
        let port = free_port()?;
        let mut command = self.command("serve", database_url);
        command
            .env("HOST", "127.0.0.1")
            .env("PORT", port.to_string())
            .env("PAYMENT_TOKEN_KEY", payment_token_key())
            .env("INVENTORY_MODE", engine.name())
            .envs(settings(engine))
            .stdout(append(&self.log)?)
            .stderr(append(&self.log)?);
        let child = command.spawn().with_context(|| format!("cannot start {}", self.binary.display()))?;
        let pid = child.id().context("the server has already stopped")?;
        let mut server = Server { child, target: Target::local(port), pid };
        let ready = timeout(READY_WITHIN, server.ready()).await;
        ready
            .with_context(|| format!("the server is not ready after {READY_WITHIN:?}"))
            .flatten()
            .with_context(|| format!("see {}", self.log.display()))?;
        Ok(server)
    }

    /// What the command prints is shown only if it fails.
    async fn run(&self, subcommand: &str, database_url: &str) -> anyhow::Result<()> {
        let output = self.command(subcommand, database_url).output().await;
        let output = output.with_context(|| format!("cannot run {}", self.binary.display()))?;
        if !output.status.success() {
            eprint!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            bail!("`boxoffice {subcommand}` failed: {}", output.status);
        }
        Ok(())
    }

    fn command(&self, subcommand: &str, database_url: &str) -> Command {
        let mut command = Command::new(&self.binary);
        command.arg(subcommand).env("DATABASE_URL", database_url).stdin(Stdio::null()).kill_on_drop(true);
        command
    }
}

impl Server {
    /// Asks the server to stop, as its service manager would.
    ///
    /// # Errors
    ///
    /// When it does not stop in time, or not with success.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        ensure!(self.child.id().is_some(), "the server has already stopped");
        kill(Pid::from_raw(self.pid.try_into()?), Signal::SIGTERM).context("cannot signal the server")?;
        let status: ExitStatus = timeout(STOPPED_WITHIN, self.child.wait())
            .await
            .with_context(|| format!("the server has not stopped after {STOPPED_WITHIN:?}"))??;
        ensure!(status.success(), "the server did not stop well: {status}");
        Ok(())
    }

    async fn ready(&mut self) -> anyhow::Result<()> {
        let request = api::readiness();
        loop {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server stopped before it was ready: {status}");
            }
            let mut client = Client::new(self.target);
            if client.send(&request).await.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            sleep(READY_POLL_INTERVAL).await;
        }
    }
}

/// Every setting of a server that is not, or may not be, the default. Belongs beside the figures.
pub fn settings(engine: Engine) -> BTreeMap<String, String> {
    let mut settings: BTreeMap<_, _> = SETTINGS.into();
    if engine == Engine::PerRequest {
        settings.extend(SETTINGS_PER_REQUEST);
    }
    let mut settings: BTreeMap<_, _> =
        settings.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    settings.extend(TUNABLE.iter().filter_map(|&name| Some((name.to_owned(), std::env::var(name).ok()?))));
    settings
}

fn append(log: &Path) -> anyhow::Result<File> {
    let file = File::options().create(true).append(true).open(log);
    file.with_context(|| format!("cannot write {}", log.display()))
}

/// Free now. Somebody else may take it before the server does; then the server says so and the run ends.
fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no port is free")?;
    Ok(listener.local_addr()?.port())
}

/// Random, and as long as the server asks for. It dies with the server.
fn payment_token_key() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}
