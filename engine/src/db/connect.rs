//! Connection pools. Requests and workers share `request_pool`, each lane has its own connection from `lane_pool`, and
//! the reader of event status has its own from `status_pool`. So reads by requests never take the connection of a batch
//! or of the status reader.
//!
//! Session settings are sent as startup options: they apply from the first statement and cost no round trip.

use std::time::Duration;

use secrecy::ExposeSecret as _;
use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use tracing::log::LevelFilter;

use crate::settings::DatabaseSettings;

/// Statements slower than this are logged. A lower value would log ordinary waits for row locks during a sale.
const SLOW_STATEMENT: Duration = Duration::from_secs(1);

/// Pool for requests and workers. It connects on first use, so an unreachable database causes 503 responses, not a
/// crash.
///
/// # Errors
///
/// When `DATABASE_URL` is not a PostgreSQL URL.
pub fn request_pool(settings: &DatabaseSettings) -> sqlx::Result<PgPool> {
    let options = connect_options(settings, "boxoffice requests")?;
    Ok(pool_options(settings).max_connections(settings.pool_connections_max).connect_lazy_with(options))
}

/// Pool for the lanes, with one connection for each of `lanes`. It sets no `min_connections`: to keep that number the
/// pool would retry for minutes, with growing pauses, while the server is down, and hold permits that the lanes need
/// afterwards.
///
/// # Errors
///
/// When `DATABASE_URL` is not a PostgreSQL URL.
pub fn lane_pool(settings: &DatabaseSettings, lanes: u32) -> sqlx::Result<PgPool> {
    batch_pool(settings, "boxoffice lanes", lanes)
}

/// Pool with one connection, for the task that reads the status of events.
///
/// # Errors
///
/// When `DATABASE_URL` is not a PostgreSQL URL.
pub fn status_pool(settings: &DatabaseSettings) -> sqlx::Result<PgPool> {
    batch_pool(settings, "boxoffice status", 1)
}

/// Pool for statements with array parameters. It forces generic plans: the array length does not change the best plan,
/// and planning for each execution dominates small batches (docs/decisions/0008-connections-avoid-sequential-scans.md).
fn batch_pool(settings: &DatabaseSettings, application_name: &str, connections: u32) -> sqlx::Result<PgPool> {
    let options = connect_options(settings, application_name)?.options([("plan_cache_mode", "force_generic_plan")]);
    Ok(pool_options(settings).max_connections(connections).connect_lazy_with(options))
}

/// Options of every connection of the service. `application_name` is shown in `pg_stat_activity`.
///
/// # Errors
///
/// When `DATABASE_URL` is not a PostgreSQL URL.
pub fn connect_options(settings: &DatabaseSettings, application_name: &str) -> sqlx::Result<PgConnectOptions> {
    let options: PgConnectOptions = settings.url.expose_secret().parse()?;
    Ok(options
        .application_name(application_name)
        .options([
            ("statement_timeout", milliseconds(settings.statement_timeout)),
            ("lock_timeout", milliseconds(settings.lock_timeout)),
            ("idle_in_transaction_session_timeout", milliseconds(settings.idle_in_transaction_timeout)),
        ])
        .options([
            // The lock protocol depends on these, so the defaults of role and database must not apply.
            ("default_transaction_isolation", "read committed"),
            ("default_transaction_read_only", "off"),
            // A generic plan made while a table was small would scan it, stay cached, and still scan it when it is
            // large. A test explains all statements: each has an index that it can use.
            ("enable_seqscan", "off"),
            // With seqscan off, an unavoidable scan gets a very high cost, which would start JIT compilation for
            // statements that take microseconds.
            ("jit", "off"),
        ])
        .log_slow_statements(LevelFilter::Warn, SLOW_STATEMENT)
        .log_statements(LevelFilter::Trace))
}

/// Number of open connections of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    pub idle: u32,
    pub used: u32,
}

impl Connections {
    /// Present counts of a pool.
    pub fn from_pool(pool: &PgPool) -> Self {
        // Two readings that can disagree by a connection that changes in between, so the difference could be negative.
        let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
        Self { idle, used: pool.size().saturating_sub(idle) }
    }
}

fn pool_options(settings: &DatabaseSettings) -> PgPoolOptions {
    PgPoolOptions::new()
        .acquire_timeout(settings.acquire_timeout)
        // A test before each use would cost a round trip per request. A connection is tested when it returns to the
        // pool.
        .test_before_acquire(false)
}

/// The duration as these settings take it: a number without a unit means milliseconds.
fn milliseconds(duration: Duration) -> String {
    duration.as_millis().to_string()
}
