//! The server binary as child processes. A child never outlives the bench: it is stopped at the end, and killed when its
//! handle is dropped before that.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::Serialize;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

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
    // A queue for a connection is part of what is measured; by default it ends in a refusal after 300 ms.
    ("DB_ACQUIRE_TIMEOUT_MS", "10000"),
    // Without sqlx's warnings about slow statements: waiting for the lock is slow, and the log would be measured too.
    ("LOG_LEVEL", "warn,sqlx=error"),
];

/// What the environment of the bench may tell them too, to see what it does.
const TUNABLE: [&str; 6] = ["LANES", "BATCH_MAX", "LANE_QUEUE_MAX", "DB_POOL_MAX", "HTTP_WORKERS", "SWEEP_INTERVAL_MS"];

/// How a server turns commands into transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    Lanes,
    PerRequest,
}

impl Mode {
    /// The value of `INVENTORY_MODE`.
    pub fn setting(self) -> &'static str {
        match self {
            Self::Lanes => "lanes",
            Self::PerRequest => "per-request",
        }
    }
}

/// The binary that is measured, and its database.
pub struct Boxoffice {
    pub binary: PathBuf,
    pub database_url: String,
}

/// A running server.
pub struct Server {
    child: Child,
    pub target: Target,
}

impl Boxoffice {
    /// Brings the schema up to date.
    ///
    /// # Errors
    ///
    /// When the command cannot be run or fails.
    pub async fn migrate(&self) -> anyhow::Result<()> {
        self.run("migrate").await
    }

    /// Checks the invariants.
    ///
    /// # Errors
    ///
    /// When one of them is broken, or the command cannot be run.
    pub async fn audit(&self) -> anyhow::Result<()> {
        self.run("audit").await
    }

    /// Starts a server on a free port and waits until it is ready.
    ///
    /// # Errors
    ///
    /// When it cannot be started, stops, or is not ready in time.
    pub async fn serve(&self, mode: Mode) -> anyhow::Result<Server> {
        let port = free_port()?;
        let child = self
            .command("serve")
            .env("HOST", "127.0.0.1")
            .env("PORT", port.to_string())
            .env("PAYMENT_TOKEN_KEY", payment_token_key())
            .env("INVENTORY_MODE", mode.setting())
            .envs(SETTINGS)
            .spawn()
            .with_context(|| format!("cannot start {}", self.binary.display()))?;
        let mut server = Server { child, target: Target::local(port) };
        timeout(READY_WITHIN, server.ready())
            .await
            .with_context(|| format!("the server is not ready after {READY_WITHIN:?}"))??;
        Ok(server)
    }

    async fn run(&self, subcommand: &str) -> anyhow::Result<()> {
        let status =
            self.command(subcommand).status().await.with_context(|| format!("cannot run {}", self.binary.display()))?;
        ensure!(status.success(), "`boxoffice {subcommand}` failed: {status}");
        Ok(())
    }

    /// What a child prints goes to standard error: standard output is for the results.
    fn command(&self, subcommand: &str) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .arg(subcommand)
            .env("DATABASE_URL", &self.database_url)
            .stdin(Stdio::null())
            .stdout(std::io::stderr())
            .kill_on_drop(true);
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
        let pid = self.child.id().context("the server has already stopped")?;
        kill(Pid::from_raw(pid.try_into()?), Signal::SIGTERM).context("cannot signal the server")?;
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

/// Every setting of the servers that is not, or may not be, the default. Belongs beside the figures.
pub fn settings() -> BTreeMap<String, String> {
    let tuned = TUNABLE.iter().filter_map(|&name| Some((name.to_owned(), std::env::var(name).ok()?)));
    let told = SETTINGS.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
    told.chain(tuned).collect()
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
