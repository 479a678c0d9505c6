//! Every setting of the service, resolved and in range. `args` says where each comes from: flag, environment variable,
//! default. The rest of the crate sees only these structs, so nothing else reads the environment.
//! Secrets are `SecretString`: their Debug is redacted, and reading one is a visible call.

mod args;

use std::net::IpAddr;
use std::time::Duration;

use secrecy::SecretString;

pub use args::{DatabaseUrl, Given, SettingsArgs, secret};

use crate::domain::hold_rules::HoldRules;

/// The port of the API when nothing else is said.
pub const PORT_DEFAULT: u16 = 8080;

/// The most commands that `BATCH_MAX` may allow one transaction.
pub const COMMANDS_PER_BATCH_MAX: u16 = 4096;

/// The least length of the payment token key: as long as the SHA-256 output that the tokens are, so that guessing the
/// key is no easier than guessing a token (RFC 2104, section 3).
pub const PAYMENT_TOKEN_KEY_BYTES_MIN: usize = 32;

/// How long `serve` drains unless told otherwise: a load balancer that probes every second or two notices in time.
pub const DRAIN_WINDOW_DEFAULT: Duration = Duration::from_secs(5);

/// What one server process runs with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The service's name in the health report and the logs.
    pub app_name: String,
    /// The address that the API listens on.
    pub host: IpAddr,
    /// The port that the API listens on; 0 takes any free one.
    pub port: u16,
    pub log: LogSettings,
    pub database: DatabaseSettings,
    pub inventory: InventorySettings,
    pub hold_rules: HoldRules,
    /// Requests for the status of events that may wait to be read; one more is answered 503 at once.
    pub read_queue_max: usize,
    /// The pause between two sweeps for expired holds.
    pub sweep_interval: Duration,
    /// The pause between two audits; `None`: this instance audits none.
    pub audit_interval: Option<Duration>,
    /// The key of the payment tokens' HMAC, at least [`PAYMENT_TOKEN_KEY_BYTES_MIN`] long. Every instance needs the same.
    pub payment_token_key: SecretString,
    /// Threads that serve HTTP.
    pub http_workers: usize,
    /// How long a stopping server still serves requests, while it tells load balancers to look elsewhere.
    pub drain_window: Duration,
    /// How long it waits after that for requests that have begun.
    pub shutdown_timeout: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSettings {
    /// A level (`info`), or directives as in `info,sqlx=warn`. Known to parse.
    pub level: String,
    pub format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// One JSON object per line, for machines.
    Json,
    /// Readable lines, for a terminal.
    Pretty,
}

#[derive(Clone, Debug)]
pub struct DatabaseSettings {
    /// May carry a password, hence secret.
    pub url: SecretString,
    /// Connections for requests and workers; the lanes and the reader of the status of events have their own.
    pub pool_connections_max: u32,
    /// How long a request waits for a connection before it is told to come back later.
    pub acquire_timeout: Duration,
    pub statement_timeout: Duration,
    pub lock_timeout: Duration,
    pub idle_in_transaction_timeout: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InventorySettings {
    /// Tasks, each with a connection of its own, that turn waiting commands into batches.
    pub lanes: usize,
    /// Commands that one transaction decides at most.
    pub batch_max: usize,
    /// Holds that may wait for one event, and bookings; one more is answered 503 at once.
    pub event_queue_max: usize,
    /// The same for all events together.
    pub queue_max: usize,
    /// A command that has waited longer for its batch is answered 503 instead of executed.
    pub command_deadline: Duration,
    /// How long a caller waits for the answer to a command.
    pub answer_within: Duration,
    pub mode: InventoryMode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum InventoryMode {
    /// Batches: what the service is built on.
    Lanes,
    /// One transaction per command, for the comparison of `make bench` and nothing else.
    PerRequest,
}
