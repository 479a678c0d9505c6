//! The pools. They differ in who waits for them: requests and workers share `request_pool`, every lane has a connection of
//! its own from `lane_pool`, and so has the reader of the status of events, so a burst of reads can never keep a batch
//! waiting, nor a slow screen the reads of a sale.
//!
//! Session settings travel as startup options: they hold from the first statement on and cost no round trip.

use std::time::Duration;

use secrecy::ExposeSecret as _;
use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use tracing::log::LevelFilter;

use crate::config::DatabaseSettings;

/// Above this a statement is logged as slow. Less would tell of every wait for a lock in a sale.
const SLOW_STATEMENT: Duration = Duration::from_secs(1);

/// For requests and workers. Connects when first used, so that a database that is down is an answer (503), not a crash.
///
/// # Errors
///
/// When `DATABASE_URL` is no PostgreSQL URL.
pub fn request_pool(settings: &DatabaseSettings) -> sqlx::Result<PgPool> {
    let options = connect_options(settings, "boxoffice requests")?;
    Ok(pool_options(settings).max_connections(settings.pool_connections_max).connect_lazy_with(options))
}

/// For the lanes: `lanes` connections, which the lanes keep. No `min_connections`: what the pool does to keep so many tries for
/// minutes while the server is down, each time longer, and holds the permits that the lanes need when it is back.
///
/// # Errors
///
/// When `DATABASE_URL` is no PostgreSQL URL.
pub fn lane_pool(settings: &DatabaseSettings, lanes: u32) -> sqlx::Result<PgPool> {
    batch_pool(settings, "boxoffice lanes", lanes)
}

/// For the one task that reads the status of events.
///
/// # Errors
///
/// When `DATABASE_URL` is no PostgreSQL URL.
pub fn status_pool(settings: &DatabaseSettings) -> sqlx::Result<PgPool> {
    batch_pool(settings, "boxoffice status", 1)
}

/// For statements that take arrays, whose length says nothing about the best plan: planning them anew each time dominates
/// small batches (docs/decisions/0008-connections-avoid-sequential-scans.md).
fn batch_pool(settings: &DatabaseSettings, application_name: &str, connections: u32) -> sqlx::Result<PgPool> {
    let options = connect_options(settings, application_name)?.options([("plan_cache_mode", "force_generic_plan")]);
    Ok(pool_options(settings).max_connections(connections).connect_lazy_with(options))
}

/// How every connection of the service starts. `application_name` is what a DBA sees in `pg_stat_activity`.
///
/// # Errors
///
/// When `DATABASE_URL` is no PostgreSQL URL.
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
            // What the lock protocol rests on, whatever the role's or the database's defaults are.
            ("default_transaction_isolation", "read committed"),
            ("default_transaction_read_only", "off"),
            // A generic plan made while a table was tiny would scan it, stay cached, and go on scanning when it is huge.
            // Every statement has an index to use (a test explains them all), so scanning is only ever a last resort.
            ("enable_seqscan", "off"),
            // With seqscan off the planner adds a huge cost where it has to scan all the same, which would switch the
            // compiler on for statements that take microseconds.
            ("jit", "off"),
        ])
        .log_slow_statements(LevelFilter::Warn, SLOW_STATEMENT)
        .log_statements(LevelFilter::Trace))
}

/// The open connections of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    pub idle: u32,
    pub used: u32,
}

impl Connections {
    /// As they are now.
    pub fn of(pool: &PgPool) -> Self {
        // Two readings, so that a connection may move between them: never less than none is used.
        let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
        Self { idle, used: pool.size().saturating_sub(idle) }
    }
}

fn pool_options(settings: &DatabaseSettings) -> PgPoolOptions {
    PgPoolOptions::new()
        .acquire_timeout(settings.acquire_timeout)
        // It would cost a round trip per request. A connection is tested when it comes back to the pool instead.
        .test_before_acquire(false)
}

/// PostgreSQL reads a bare number of these settings as milliseconds.
fn milliseconds(duration: Duration) -> String {
    duration.as_millis().to_string()
}
