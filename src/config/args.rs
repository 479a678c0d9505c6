//! Where each setting comes from: a flag, or the environment variable of the same name, or the default.
//! Values out of range stop the start; clap's message names the flag and the variable. Secrets are never validated by
//! clap, whose messages quote the value.

use std::net::IpAddr;
use std::num::NonZero;
use std::ops::RangeInclusive;
use std::time::Duration;

use anyhow::ensure;
use clap::Args;
use clap::builder::{RangedU64ValueParser, TypedValueParser as _};
use secrecy::{ExposeSecret as _, SecretString};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::filter::Targets;

use super::{
    COMMANDS_PER_BATCH_MAX, DatabaseSettings, InventoryMode, InventorySettings, LogFormat, LogSettings,
    PAYMENT_TOKEN_KEY_BYTES_MIN, PORT_DEFAULT, Settings,
};
use crate::domain::hold_rules::HoldRules;

const MINUTE: u32 = 60; // seconds

const HOLD_TTL_MINUTES: RangeInclusive<u64> = 1..=15;
/// The counters of a pool end at ten million, so nothing larger can ever be held.
const MAX_HOLD_QUANTITY: RangeInclusive<u64> = 1..=10_000_000;
/// At least the longest time to live that a request or an event may ask for, or a hold would outlive its own maximum.
const HOLD_LIFETIME_MAX_MINUTES: RangeInclusive<u64> = 15..=24 * 60;
const HOLD_EXTENSIONS_MAX: RangeInclusive<u64> = 0..=100;
const LANES: RangeInclusive<u64> = 1..=16;
const BATCH_MAX: RangeInclusive<u64> = 1..=COMMANDS_PER_BATCH_MAX as u64;
const EVENT_QUEUE_MAX: RangeInclusive<u64> = 1..=65_536;
const READ_QUEUE_MAX: RangeInclusive<u64> = 1..=1_000_000;
const QUEUE_MAX: RangeInclusive<u64> = 1..=1_000_000;
const COMMAND_TIME_MS: RangeInclusive<u64> = 10..=60_000;
const DB_POOL_MAX: RangeInclusive<u64> = 1..=1000;
const DB_ACQUIRE_TIMEOUT_MS: RangeInclusive<u64> = 10..=30_000;
const DB_TIMEOUT_MS: RangeInclusive<u64> = 100..=60_000;
const DB_LOCK_TIMEOUT_MS: RangeInclusive<u64> = 10..=60_000;
const SWEEP_INTERVAL_MS: RangeInclusive<u64> = 50..=60_000;
/// A day at most; 0 is never.
const AUDIT_INTERVAL_SECONDS: RangeInclusive<u64> = 0..=24 * 60 * 60;
const HTTP_WORKERS: RangeInclusive<u64> = 1..=256;
const DRAIN_SECONDS: RangeInclusive<u64> = 0..=60;
const SHUTDOWN_TIMEOUT_SECONDS: RangeInclusive<u64> = 1..=600;

/// The database of commands that cannot do without one.
#[derive(Args, Debug)]
pub struct DatabaseUrl {
    /// The database: `postgres://user:password@host/name`
    #[arg(long, env, hide_env_values = true, value_parser = secret)]
    pub database_url: SecretString,
}

#[derive(Args, Debug)]
struct LogArgs {
    /// What is logged: a level, or directives as in `info,sqlx=warn`
    #[arg(long, env, default_value = "info", value_parser = log_level)]
    log_level: String,
    /// How it is logged [default: json in serve, pretty in dev]
    #[arg(long, env, value_enum)]
    log_format: Option<LogFormat>,
}

/// What `serve` and `dev` have in common. They differ in the rest, see [`Given`].
#[derive(Args, Debug)]
pub struct SettingsArgs {
    /// The service's name in the health report and the logs
    #[arg(long, env, default_value = "Box Office API")]
    app_name: String,
    /// The address that the API listens on [default: 0.0.0.0 in serve, 127.0.0.1 in dev]
    #[arg(long, env)]
    host: Option<IpAddr>,
    /// The port that the API listens on; 0 takes any free one
    #[arg(long, env, default_value_t = PORT_DEFAULT)]
    port: u16,
    /// Threads that serve HTTP [default: one per core]
    #[arg(long, env, value_parser = size(HTTP_WORKERS))]
    http_workers: Option<usize>,
    /// How long a stopping server still serves, not ready, so that load balancers notice [default: 5 in serve, 0 in dev]
    #[arg(long, env, value_parser = seconds(DRAIN_SECONDS))]
    drain_seconds: Option<Duration>,
    /// How long it waits after that for requests that have begun
    #[arg(long, env, default_value = "15", value_parser = seconds(SHUTDOWN_TIMEOUT_SECONDS))]
    shutdown_timeout_seconds: Duration,
    /// Requests for the status of events that may wait to be read; one more is answered 503 at once
    #[arg(long, env, default_value = "8192", value_parser = size(READ_QUEUE_MAX))]
    read_queue_max: usize,
    #[command(flatten)]
    log: LogArgs,
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    inventory: InventoryArgs,
    #[command(flatten)]
    holds: HoldArgs,
    #[command(flatten)]
    workers: WorkerArgs,
}

#[derive(Args, Debug)]
struct DatabaseArgs {
    /// Connections for requests and workers; every lane, and the reader of the status of events, has one more
    #[arg(long, env, default_value = "10", value_parser = number(DB_POOL_MAX))]
    db_pool_max: u32,
    /// How long a request waits for a connection before it is answered 503
    #[arg(long, env, default_value = "300", value_parser = milliseconds(DB_ACQUIRE_TIMEOUT_MS))]
    db_acquire_timeout_ms: Duration,
    /// PostgreSQL's statement_timeout
    #[arg(long, env, default_value = "5000", value_parser = milliseconds(DB_TIMEOUT_MS))]
    db_statement_timeout_ms: Duration,
    /// PostgreSQL's lock_timeout; an event that somebody else keeps locked for longer is answered 503
    #[arg(long, env, default_value = "100", value_parser = milliseconds(DB_LOCK_TIMEOUT_MS))]
    db_lock_timeout_ms: Duration,
    /// PostgreSQL's idle_in_transaction_session_timeout
    #[arg(long, env, default_value = "10000", value_parser = milliseconds(DB_TIMEOUT_MS))]
    db_idle_in_transaction_timeout_ms: Duration,
}

#[derive(Args, Debug)]
struct InventoryArgs {
    /// Lanes, that is, batches that can run at the same time
    #[arg(long, env, default_value = "2", value_parser = size(LANES))]
    lanes: usize,
    /// Commands that one transaction decides at most
    #[arg(long, env, default_value = "512", value_parser = size(BATCH_MAX))]
    batch_max: usize,
    /// Holds that may wait for one event, and bookings; one more is answered 503 at once
    #[arg(long, env, default_value = "4096", value_parser = size(EVENT_QUEUE_MAX))]
    event_queue_max: usize,
    /// The same for all events together
    #[arg(long, env, default_value = "16384", value_parser = size(QUEUE_MAX))]
    queue_max: usize,
    /// A command that has waited longer than this for its batch is answered 503 instead of executed
    #[arg(long, env, default_value = "250", value_parser = milliseconds(COMMAND_TIME_MS))]
    command_deadline_ms: Duration,
    /// How long a buyer's request waits for its command or read before it is answered 503; longer than the deadline
    #[arg(long, env, default_value = "450", value_parser = milliseconds(COMMAND_TIME_MS))]
    answer_within_ms: Duration,
    /// `per-request` is for benchmarks only: one transaction per command
    #[arg(long, env, hide = true, value_enum, default_value_t = InventoryMode::Lanes)]
    inventory_mode: InventoryMode,
}

#[derive(Args, Debug)]
struct HoldArgs {
    /// How long a hold lives when neither the request nor the event says
    #[arg(long, env, default_value = "2", value_parser = number(HOLD_TTL_MINUTES))]
    hold_ttl_minutes: u32,
    /// The most that one hold may contain
    #[arg(long, env, default_value = "100", value_parser = number(MAX_HOLD_QUANTITY))]
    max_hold_quantity: u32,
    /// The longest life of a hold, however often it is extended
    #[arg(long, env, default_value = "30", value_parser = number(HOLD_LIFETIME_MAX_MINUTES))]
    hold_lifetime_max_minutes: u32,
    /// How often a hold can be extended
    #[arg(long, env, default_value = "3", value_parser = number(HOLD_EXTENSIONS_MAX))]
    hold_extensions_max: u32,
}

#[derive(Args, Debug)]
struct WorkerArgs {
    /// The pause between two sweeps for expired holds
    #[arg(long, env, default_value = "1000", value_parser = milliseconds(SWEEP_INTERVAL_MS))]
    sweep_interval_ms: Duration,
    /// The pause between two audits of all data; 0: this instance audits none
    #[arg(long, env, default_value = "300", value_parser = seconds(AUDIT_INTERVAL_SECONDS))]
    audit_interval_seconds: Duration,
}

/// What `serve` asks of its operator and `dev` finds by itself.
pub struct Given {
    pub host_default: IpAddr,
    pub log_format_default: LogFormat,
    pub drain_window_default: Duration,
    pub database_url: SecretString,
    pub payment_token_key: SecretString,
}

impl SettingsArgs {
    /// Fails when the payment token key, which clap must not quote and so does not judge, is too short, and when limits
    /// contradict each other.
    pub fn resolve(self, given: Given) -> anyhow::Result<Settings> {
        ensure!(
            given.payment_token_key.expose_secret().len() >= PAYMENT_TOKEN_KEY_BYTES_MIN,
            "PAYMENT_TOKEN_KEY is too short: it needs at least {PAYMENT_TOKEN_KEY_BYTES_MIN} bytes \
             (`openssl rand -base64 48` makes a good one)"
        );
        ensure!(
            self.inventory.command_deadline_ms < self.inventory.answer_within_ms,
            "COMMAND_DEADLINE_MS must be less than ANSWER_WITHIN_MS, or commands would begin whose callers have been answered"
        );
        Ok(Settings {
            hold_rules: self.holds.rules(),
            app_name: self.app_name,
            host: self.host.unwrap_or(given.host_default),
            port: self.port,
            log: self.log.resolve(given.log_format_default),
            database: self.database.resolve(given.database_url),
            inventory: self.inventory.resolve(),
            read_queue_max: self.read_queue_max,
            sweep_interval: self.workers.sweep_interval_ms,
            audit_interval: Some(self.workers.audit_interval_seconds).filter(|interval| !interval.is_zero()),
            payment_token_key: given.payment_token_key,
            http_workers: self.http_workers.unwrap_or_else(cores),
            drain_window: self.drain_seconds.unwrap_or(given.drain_window_default),
            shutdown_timeout: self.shutdown_timeout_seconds,
        })
    }

    /// Where the API will listen, for checks before anything is started.
    pub fn address(&self, host_default: IpAddr) -> (IpAddr, u16) {
        (self.host.unwrap_or(host_default), self.port)
    }
}

impl LogArgs {
    fn resolve(self, format_default: LogFormat) -> LogSettings {
        LogSettings { level: self.log_level, format: self.log_format.unwrap_or(format_default) }
    }
}

impl DatabaseArgs {
    fn resolve(&self, url: SecretString) -> DatabaseSettings {
        DatabaseSettings {
            url,
            pool_connections_max: self.db_pool_max,
            acquire_timeout: self.db_acquire_timeout_ms,
            statement_timeout: self.db_statement_timeout_ms,
            lock_timeout: self.db_lock_timeout_ms,
            idle_in_transaction_timeout: self.db_idle_in_transaction_timeout_ms,
        }
    }
}

impl InventoryArgs {
    fn resolve(&self) -> InventorySettings {
        InventorySettings {
            lanes: self.lanes,
            batch_max: self.batch_max,
            event_queue_max: self.event_queue_max,
            queue_max: self.queue_max,
            command_deadline: self.command_deadline_ms,
            answer_within: self.answer_within_ms,
            mode: self.inventory_mode,
        }
    }
}

impl HoldArgs {
    fn rules(&self) -> HoldRules {
        HoldRules {
            ttl_seconds_default: self.hold_ttl_minutes * MINUTE,
            quantity_max: self.max_hold_quantity,
            lifetime_seconds_max: self.hold_lifetime_max_minutes * MINUTE,
            extensions_max: self.hold_extensions_max,
        }
    }
}

/// For `value_parser` of secrets: takes everything, so that clap never has a reason to quote it.
pub fn secret(text: &str) -> Result<SecretString, std::convert::Infallible> {
    Ok(SecretString::from(text.to_owned()))
}

/// A bare word must be a level: the filter's own parser would take a misspelt one for the name of a module.
/// Blanks, which it does not skip, are taken away.
fn log_level(text: &str) -> Result<String, String> {
    let directives: Vec<&str> = text.split(',').map(str::trim).filter(|directive| !directive.is_empty()).collect();
    for directive in directives.iter().filter(|directive| !directive.contains('=')) {
        directive.parse::<LevelFilter>().map_err(|_| format!("{directive:?} is no level"))?;
    }
    let directives = directives.join(",");
    directives.parse::<Targets>().map_err(|error| error.to_string())?;
    Ok(directives)
}

fn number(range: RangeInclusive<u64>) -> RangedU64ValueParser<u32> {
    RangedU64ValueParser::new().range(range)
}

fn size(range: RangeInclusive<u64>) -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(range)
}

fn milliseconds(range: RangeInclusive<u64>) -> impl clap::builder::TypedValueParser<Value = Duration> {
    RangedU64ValueParser::<u64>::new().range(range).map(Duration::from_millis)
}

fn seconds(range: RangeInclusive<u64>) -> impl clap::builder::TypedValueParser<Value = Duration> {
    RangedU64ValueParser::<u64>::new().range(range).map(Duration::from_secs)
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}
