//! Every setting of the service, resolved and in range. `args` defines the source of each: flag, environment variable,
//! default. The rest of the crate uses only these structs and does not read the environment.
//! Secrets are `SecretString`: their Debug output is redacted, and reading one needs an explicit call.

mod args;

use std::net::IpAddr;
use std::time::Duration;

use secrecy::SecretString;

pub use args::{CommandInputs, DatabaseUrl, SettingsArgs, secret};

use boxoffice_engine::ids::AffinityRange;
use boxoffice_engine::settings::{DatabaseSettings, HoldRules, InventorySettings};

/// Default port of the API.
pub const PORT_DEFAULT: u16 = 8080;

/// Minimum length of the payment token key, in bytes: the length of a token (SHA-256), so that guessing the key is no
/// easier than guessing a token (RFC 2104, section 3).
pub const PAYMENT_TOKEN_KEY_BYTES_MIN: usize = 32;

/// Default drain window of `serve`: long enough for a load balancer that probes every second or two.
pub const DRAIN_WINDOW_DEFAULT: Duration = Duration::from_secs(5);

/// Settings of a server process.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Name of the service in the health report and in the welcome message of `dev`.
    pub app_name: String,
    /// The address that the API listens on.
    pub host: IpAddr,
    /// The port that the API listens on; 0 takes any free one.
    pub port: u16,
    pub log: LogSettings,
    pub database: DatabaseSettings,
    pub inventory: InventorySettings,
    pub hold_rules: HoldRules,
    /// Range of the last two bytes of new events' ids.
    pub event_affinities: AffinityRange,
    /// The most requests for the status of events that may wait; further ones are answered 503 at once.
    pub read_queue_max: usize,
    /// Pause between two sweeps for overdue holds.
    pub sweep_interval: Duration,
    /// Pause between two invariants checks; `None`: this instance makes none.
    pub audit_interval: Option<Duration>,
    /// HMAC key of the payment tokens, at least [`PAYMENT_TOKEN_KEY_BYTES_MIN`] bytes. The same for all instances.
    pub payment_token_key: SecretString,
    /// Number of threads that serve HTTP.
    pub http_workers: usize,
    /// How long a stopping server still serves requests while `/health/ready` answers 503.
    pub drain_window: Duration,
    /// How long a stopping server waits, after the drain window, for running requests.
    pub shutdown_timeout: Duration,
}

/// Settings of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSettings {
    /// A level (`info`), or directives as in `info,sqlx=warn`. Validated when it was parsed.
    pub level: String,
    pub format: LogFormat,
}

/// Format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// One JSON object per line, for machines.
    Json,
    /// Readable lines, for a terminal.
    Pretty,
}
