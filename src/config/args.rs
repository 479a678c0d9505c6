//! The source of each setting: a flag, or the environment variable of the same name, or the default.
//! A value out of range stops the start; clap's message names the flag and the variable. Secrets are not validated by
//! clap, because its messages quote the value.

use std::net::IpAddr;
use std::num::NonZero;
use std::ops::RangeInclusive;
use std::time::Duration;

use anyhow::ensure;
use boxoffice_engine::ids::AffinityRange;
use boxoffice_engine::settings::{
    COMMANDS_PER_BATCH_MAX, DatabaseSettings, HoldRules, InventoryMode, InventorySettings,
};
use clap::Args;
use clap::builder::{RangedU64ValueParser, TypedValueParser as _};
use secrecy::{ExposeSecret as _, SecretString};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::filter::Targets;

use super::{LogFormat, LogSettings, PAYMENT_TOKEN_KEY_BYTES_MIN, PORT_DEFAULT, Settings};

const MINUTE: u32 = 60; // seconds

const HOLD_TTL_MINUTES: RangeInclusive<u64> = 1..=15;
/// The largest capacity of a pool is ten million, so a larger hold is impossible.
const MAX_HOLD_QUANTITY: RangeInclusive<u64> = 1..=10_000_000;
/// At least the longest time to live that a request or an event may set (15 minutes); a hold must not exceed its
/// maximum.
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
/// At most a day; 0 turns the check off.
const AUDIT_INTERVAL_SECONDS: RangeInclusive<u64> = 0..=24 * 60 * 60;
const HTTP_WORKERS: RangeInclusive<u64> = 1..=256;
const DRAIN_SECONDS: RangeInclusive<u64> = 0..=60;
const SHUTDOWN_TIMEOUT_SECONDS: RangeInclusive<u64> = 1..=600;

/// Database URL of the commands that need one.
#[derive(Args, Debug)]
pub struct DatabaseUrl {
    /// Database URL: `postgres://user:password@host/name`
    #[arg(long, env, hide_env_values = true, value_parser = secret)]
    pub database_url: SecretString,
}

#[derive(Args, Debug)]
struct LogArgs {
    /// Log level, or directives as in `info,sqlx=warn`
    #[arg(long, env, default_value = "info", value_parser = log_level)]
    log_level: String,
    /// Log format [default: json in serve, pretty in dev]
    #[arg(long, env, value_enum)]
    log_format: Option<LogFormat>,
}

/// Settings that `serve` and `dev` have in common. The rest is in [`CommandInputs`].
#[derive(Args, Debug)]
pub struct SettingsArgs {
    /// Name of the service in the health report
    #[arg(long, env, default_value = "Box Office API")]
    app_name: String,
    /// Address that the API listens on [default: 0.0.0.0 in serve, 127.0.0.1 in dev]
    #[arg(long, env)]
    host: Option<IpAddr>,
    /// Port that the API listens on; 0 takes any free port
    #[arg(long, env, default_value_t = PORT_DEFAULT)]
    port: u16,
    /// Threads that serve HTTP [default: one per core]
    #[arg(long, env, value_parser = size(HTTP_WORKERS))]
    http_workers: Option<usize>,
    /// Drain window: how long a stopping server still serves requests while /health/ready answers 503, so that load
    /// balancers notice; in seconds [default: 5 in serve, 0 in dev]
    #[arg(long, env, value_parser = seconds(DRAIN_SECONDS))]
    drain_seconds: Option<Duration>,
    /// How long a stopping server waits, after the drain window, for running requests; in seconds
    #[arg(long, env, default_value = "15", value_parser = seconds(SHUTDOWN_TIMEOUT_SECONDS))]
    shutdown_timeout_seconds: Duration,
    /// The most requests for the status of events that may wait; further ones are answered 503 at once
    #[arg(long, env, default_value = "8192", value_parser = size(READ_QUEUE_MAX))]
    read_queue_max: usize,
    /// Range of the last four hexadecimal digits of new events' ids, as in 0000-7fff; only for installations beside
    /// others (docs/scaling.md)
    #[arg(long, env, default_value = "0000-ffff")]
    event_affinities: AffinityRange,
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
    /// The most connections for requests and workers; each lane and the status reader have one connection in addition
    #[arg(long, env, default_value = "10", value_parser = number(DB_POOL_MAX))]
    db_pool_max: u32,
    /// How long a request waits for a connection before it is answered 503; in milliseconds
    #[arg(long, env, default_value = "300", value_parser = milliseconds(DB_ACQUIRE_TIMEOUT_MS))]
    db_acquire_timeout_ms: Duration,
    /// PostgreSQL's statement_timeout; in milliseconds
    #[arg(long, env, default_value = "5000", value_parser = milliseconds(DB_TIMEOUT_MS))]
    db_statement_timeout_ms: Duration,
    /// PostgreSQL's lock_timeout; in milliseconds. If an event is locked for longer, its requests are answered 503
    #[arg(long, env, default_value = "100", value_parser = milliseconds(DB_LOCK_TIMEOUT_MS))]
    db_lock_timeout_ms: Duration,
    /// PostgreSQL's idle_in_transaction_session_timeout; in milliseconds
    #[arg(long, env, default_value = "10000", value_parser = milliseconds(DB_TIMEOUT_MS))]
    db_idle_in_transaction_timeout_ms: Duration,
}

#[derive(Args, Debug)]
struct InventoryArgs {
    /// Number of lanes: batches that can run at the same time
    #[arg(long, env, default_value = "2", value_parser = size(LANES))]
    lanes: usize,
    /// The most commands in one batch
    #[arg(long, env, default_value = "512", value_parser = size(BATCH_MAX))]
    batch_max: usize,
    /// The most holds, and separately bookings, that may wait for one event; further ones are answered 503 at once
    #[arg(long, env, default_value = "4096", value_parser = size(EVENT_QUEUE_MAX))]
    event_queue_max: usize,
    /// The most holds, and separately bookings, that may wait for all events together
    #[arg(long, env, default_value = "16384", value_parser = size(QUEUE_MAX))]
    queue_max: usize,
    /// The longest wait of a buyer's command for its batch; after it the command is answered 503 and not executed; in
    /// milliseconds
    #[arg(long, env, default_value = "250", value_parser = milliseconds(COMMAND_TIME_MS))]
    command_deadline_ms: Duration,
    /// How long a buyer's request waits for its command or read before it is answered 503; in milliseconds, more than
    /// COMMAND_DEADLINE_MS
    #[arg(long, env, default_value = "450", value_parser = milliseconds(COMMAND_TIME_MS))]
    answer_within_ms: Duration,
    /// How commands are grouped; `per-request` (one transaction per command) is only for benchmarks
    #[arg(long, env, hide = true, default_value = "lanes", value_parser = inventory_mode)]
    inventory_mode: InventoryMode,
}

#[derive(Args, Debug)]
struct HoldArgs {
    /// Time to live of a hold if neither the request nor the event sets one; in minutes
    #[arg(long, env, default_value = "2", value_parser = number(HOLD_TTL_MINUTES))]
    hold_ttl_minutes: u32,
    /// Largest quantity of one hold
    #[arg(long, env, default_value = "100", value_parser = number(MAX_HOLD_QUANTITY))]
    max_hold_quantity: u32,
    /// Longest life of a hold from its creation, with all extensions; in minutes
    #[arg(long, env, default_value = "30", value_parser = number(HOLD_LIFETIME_MAX_MINUTES))]
    hold_lifetime_max_minutes: u32,
    /// How many times a hold can be extended
    #[arg(long, env, default_value = "3", value_parser = number(HOLD_EXTENSIONS_MAX))]
    hold_extensions_max: u32,
}

#[derive(Args, Debug)]
struct WorkerArgs {
    /// Pause between two sweeps for overdue holds; in milliseconds
    #[arg(long, env, default_value = "1000", value_parser = milliseconds(SWEEP_INTERVAL_MS))]
    sweep_interval_ms: Duration,
    /// Pause between two invariants checks of all data; in seconds. 0 turns them off in this instance
    #[arg(long, env, default_value = "300", value_parser = seconds(AUDIT_INTERVAL_SECONDS))]
    audit_interval_seconds: Duration,
}

/// Values that `serve` and `dev` determine in different ways.
pub struct CommandInputs {
    pub host_default: IpAddr,
    pub log_format_default: LogFormat,
    pub drain_window_default: Duration,
    pub database_url: SecretString,
    pub payment_token_key: SecretString,
}

impl SettingsArgs {
    /// Combines the arguments with the command's own values.
    ///
    /// # Errors
    /// When the payment token key is too short (checked here because clap would quote it), or when two limits
    /// contradict each other.
    pub fn resolve(self, inputs: CommandInputs) -> anyhow::Result<Settings> {
        ensure!(
            inputs.payment_token_key.expose_secret().len() >= PAYMENT_TOKEN_KEY_BYTES_MIN,
            "PAYMENT_TOKEN_KEY is too short: it needs at least {PAYMENT_TOKEN_KEY_BYTES_MIN} bytes \
             (make one with `openssl rand -base64 48`)"
        );
        ensure!(
            self.inventory.command_deadline_ms < self.inventory.answer_within_ms,
            "COMMAND_DEADLINE_MS must be less than ANSWER_WITHIN_MS: a command must begin before the request times out"
        );
        Ok(Settings {
            hold_rules: self.holds.rules(),
            app_name: self.app_name,
            host: self.host.unwrap_or(inputs.host_default),
            port: self.port,
            log: self.log.resolve(inputs.log_format_default),
            database: self.database.resolve(inputs.database_url),
            inventory: self.inventory.resolve(),
            read_queue_max: self.read_queue_max,
            event_affinities: self.event_affinities,
            sweep_interval: self.workers.sweep_interval_ms,
            audit_interval: Some(self.workers.audit_interval_seconds).filter(|interval| !interval.is_zero()),
            payment_token_key: inputs.payment_token_key,
            http_workers: self.http_workers.unwrap_or_else(cores),
            drain_window: self.drain_seconds.unwrap_or(inputs.drain_window_default),
            shutdown_timeout: self.shutdown_timeout_seconds,
        })
    }

    /// Address and port that the API will listen on, for checks before anything is started.
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

/// `value_parser` of secrets. It accepts every value, because clap's error messages would quote a rejected one.
pub fn secret(text: &str) -> Result<SecretString, std::convert::Infallible> {
    Ok(SecretString::from(text.to_owned()))
}

/// Validates a log level or a list of directives, and removes blanks. A single word must be a level: the filter's own
/// parser would take a misspelt level for the name of a module.
fn log_level(text: &str) -> Result<String, String> {
    let directives: Vec<&str> = text.split(',').map(str::trim).filter(|directive| !directive.is_empty()).collect();
    for directive in directives.iter().filter(|directive| !directive.contains('=')) {
        directive
            .parse::<LevelFilter>()
            .map_err(|_| format!("{directive:?} is not a level: use error, warn, info, debug, trace or off"))?;
    }
    let directives = directives.join(",");
    directives.parse::<Targets>().map_err(|error| error.to_string())?;
    Ok(directives)
}

fn inventory_mode(text: &str) -> Result<InventoryMode, String> {
    match text {
        "lanes" => Ok(InventoryMode::Lanes),
        "per-request" => Ok(InventoryMode::PerRequest),
        _ => Err("must be `lanes` or `per-request`".to_owned()),
    }
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
