//! The server binary as child processes. A server is stopped at the end of a scenario, and killed if its handle is
//! dropped earlier.

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

/// The longest time until a server is ready. It only connects and checks the schema.
const READY_WITHIN: Duration = Duration::from_secs(30);

const READY_POLL_INTERVAL: Duration = Duration::from_millis(20);

/// The longest time until a server has stopped. Its own shutdown takes at most 30 seconds.
const STOPPED_WITHIN: Duration = Duration::from_secs(40);

/// Settings of all measured servers, besides address, database and mode.
const SETTINGS: [(&str, &str); 3] = [
    // The longest time to live, so that no hold expires during a measurement.
    ("HOLD_TTL_MINUTES", "15"),
    // There is no load balancer that must notice a stop.
    ("DRAIN_SECONDS", "0"),
    // Without sqlx's warnings about slow statements, which are frequent while many wait for a lock and would cost time.
    ("LOG_LEVEL", "warn,sqlx=error"),
];

/// Further settings of the servers with one transaction per request. The measurement includes their waiting times for a
/// connection and for the lock; with the defaults they would answer 503 after 300 and 100 ms.
const SETTINGS_PER_REQUEST: [(&str, &str); 2] = [("DB_ACQUIRE_TIMEOUT_MS", "10000"), ("DB_LOCK_TIMEOUT_MS", "10000")];

/// Settings that are passed on from the environment of the load generator, for experiments.
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
    /// File for the logs of the servers.
    pub log: PathBuf,
}

/// A running server.
pub struct Server {
    child: Child,
    pub target: Target,
    pub pid: u32,
}

impl Boxoffice {
    /// The version, as in `boxoffice 0.1.0`.
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
    /// When an invariant is broken, or the command cannot be run.
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
        let mut server = Server { child, target: Target::from_local_port(port), pid };
        let ready = timeout(READY_WITHIN, server.wait_until_ready()).await;
        ready
            .with_context(|| format!("the server is not ready after {READY_WITHIN:?}"))
            .flatten()
            .with_context(|| format!("see {}", self.log.display()))?;
        Ok(server)
    }

    /// Runs a command. Its output is printed only if it fails.
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
    /// Stops the server with SIGTERM, like a service manager.
    ///
    /// # Errors
    ///
    /// When it does not stop in time, or its exit status is not success.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        ensure!(self.child.id().is_some(), "the server has already stopped");
        kill(Pid::from_raw(self.pid.try_into()?), Signal::SIGTERM).context("cannot signal the server")?;
        let status: ExitStatus = timeout(STOPPED_WITHIN, self.child.wait())
            .await
            .with_context(|| format!("the server has not stopped after {STOPPED_WITHIN:?}"))??;
        ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }

    async fn wait_until_ready(&mut self) -> anyhow::Result<()> {
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

/// All settings of a server that differ, or may differ, from the defaults. Part of the results.
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

/// A free port. Another process may take it before the server does; then the server fails to start and the run ends.
fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no port is free")?;
    Ok(listener.local_addr()?.port())
}

/// A random key of the required length, for one server.
fn payment_token_key() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}
