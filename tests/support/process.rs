//! The `boxoffice` binary as a child process, for tests that kill it.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::service::PAYMENT_TOKEN_KEY;
use super::{Client, Database};

/// Number of polls before a server counts as not ready: 15 s.
const READY_POLLS_MAX: u32 = 600;
const READY_POLL: Duration = Duration::from_millis(25);

/// Settings with time limits so long that a slow machine does not reach them.
pub const LONG_TIMEOUTS: [(&str, &str); 5] = [
    ("ANSWER_WITHIN_MS", "60000"),
    ("COMMAND_DEADLINE_MS", "30000"),
    ("DB_ACQUIRE_TIMEOUT_MS", "10000"),
    ("DB_LOCK_TIMEOUT_MS", "60000"),
    ("DB_STATEMENT_TIMEOUT_MS", "60000"),
];

/// `boxoffice serve`, killed when dropped.
pub struct ServerProcess {
    child: Child,
    pub port: u16,
    pub client: Client,
}

impl ServerProcess {
    /// Starts a server on the database and waits until it is ready.
    pub async fn start(database: &Database) -> Self {
        Self::start_with(database, &[]).await
    }

    /// Starts a server with these environment variables, and waits until it is ready.
    pub async fn start_with(database: &Database, settings: &[(&str, &str)]) -> Self {
        Self::start_on_port(free_port(), database, settings).await
    }

    /// Starts a server on this port, for example the port of a server that was killed, and waits until it is ready.
    pub async fn start_on_port(port: u16, database: &Database, settings: &[(&str, &str)]) -> Self {
        Self::start_logging_to(Stdio::null(), port, database, settings).await
    }

    /// Starts a server whose log lines go to `log`, and waits until it is ready.
    pub async fn start_logging_to(log: Stdio, port: u16, database: &Database, settings: &[(&str, &str)]) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_boxoffice"))
            .arg("serve")
            .env("DATABASE_URL", database.url())
            .env("HOST", "127.0.0.1")
            .env("PORT", port.to_string())
            .env("PAYMENT_TOKEN_KEY", PAYMENT_TOKEN_KEY)
            .env("LOG_LEVEL", "error")
            .envs(settings.iter().copied())
            .stdout(log)
            .spawn()
            .expect("the binary starts");
        let mut server = Self { child, port, client: Client::new(format!("http://127.0.0.1:{port}")) };
        server.wait_until_ready().await;
        server
    }

    /// Sends SIGKILL: the server ends at once, without clean-up.
    pub fn kill(&mut self) {
        self.child.kill().expect("the server can be killed");
        self.child.wait().expect("the server was killed");
    }

    /// Sends SIGTERM: the server shuts down in order.
    pub fn terminate(&self) {
        let sent = Command::new("kill").args(["-s", "TERM", &self.child.id().to_string()]).status();
        assert!(sent.expect("`kill` is on every machine").success(), "the server is still there");
    }

    /// Waits until the process has ended; `None` if a signal ended it.
    pub fn exit_code(mut self) -> Option<i32> {
        self.child.wait().expect("the server was started here").code()
    }

    async fn wait_until_ready(&mut self) {
        let mut polls = tokio::time::interval(READY_POLL);
        for _ in 0..READY_POLLS_MAX {
            polls.tick().await;
            if let Ok(Some(status)) = self.child.try_wait() {
                panic!("the server ended with {status} before it was ready");
            }
            let reply = self.client.try_send(reqwest::Method::GET, "/health/ready", &[], None).await;
            if reply.is_ok_and(|reply| reply.status.is_success()) {
                return;
            }
        }
        panic!("the server was not ready in time");
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Port that was free when the function looked.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("some port is free");
    listener.local_addr().expect("a bound listener has an address").port()
}
