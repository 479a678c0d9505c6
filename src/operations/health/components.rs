//! Health of each component: database, migrations, sweeper, lanes.

use std::time::{Duration, Instant};

use boxoffice_engine::db::migrate::{Schema, schema};
use boxoffice_engine::inventory::LanesHealth;
use serde::Serialize;
use sqlx::PgPool;
use tokio::time::timeout;
use utoipa::ToSchema;

use super::Verdict;
use crate::app::App;
use crate::holds::worker as sweeper;
use crate::operations::sql::database_time;

/// Time limit for the check of a component. Usual health checks give up after a few seconds.
const COMPONENT_TIMEOUT: Duration = Duration::from_secs(2);

/// Number of sweep intervals without success after which the sweeper counts as stuck.
const SWEEP_INTERVALS_MISSED_MAX: u32 = 10;

/// Health of each component.
#[derive(Serialize, ToSchema)]
#[schema(as = HealthComponents)]
pub(super) struct Components {
    database: Database,
    migrations: Migrations,
    sweeper: Sweeper,
    lanes: Lanes,
}

#[derive(Serialize, ToSchema)]
#[schema(as = DatabaseHealth)]
struct Database {
    status: Verdict,
    /// Milliseconds of one round trip, including the wait for a connection; `null` if the database did not answer.
    #[schema(minimum = 0, example = 0.4)]
    latency_ms: Option<f64>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = MigrationsHealth)]
struct Migrations {
    status: Verdict,
    /// `current`, `ahead` (of this release, while a later one is being deployed), `behind`, `changed`, `dirty`, or
    /// `unknown` if the database does not answer.
    #[schema(example = "current")]
    schema: &'static str,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SweeperHealth)]
struct Sweeper {
    status: Verdict,
    /// Milliseconds since the last success of this process's sweeper.
    #[schema(minimum = 0, example = 640)]
    age_ms: u64,
    /// The value of `age_ms` from which the sweeper counts as stuck: ten sweep intervals.
    #[schema(minimum = 0, example = 10_000)]
    age_max_ms: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = LanesHealth)]
struct Lanes {
    status: Verdict,
    /// Number of running lanes.
    #[schema(minimum = 0, example = 2)]
    alive: usize,
    /// Number of lanes that were started.
    #[schema(minimum = 0, example = 2)]
    total: usize,
    /// Commands that wait in the queue.
    #[schema(minimum = 0, example = 0)]
    queue_depth: usize,
}

impl Components {
    /// Healthy if every component is.
    pub(super) fn verdict(&self) -> Verdict {
        let all = [self.database.status, self.migrations.status, self.sweeper.status, self.lanes.status];
        Verdict::from_healthy(all.into_iter().all(|status| status == Verdict::Healthy))
    }
}

/// Checks every component. Takes at most twice [`COMPONENT_TIMEOUT`].
pub(super) async fn check(app: &App) -> Components {
    Components {
        database: check_database(&app.pool).await,
        migrations: check_migrations(&app.pool).await,
        sweeper: sweeper_health(app.workers.time_since_success(sweeper::NAME), app.settings.sweep_interval),
        lanes: lanes_health(app.inventory.lanes_health()),
    }
}

/// Whether the database answers, or all connections of the pool are in use. A burst of reads must not make an instance
/// not ready, because its lanes have connections of their own.
pub(super) async fn database_is_available(app: &App) -> bool {
    let pool_is_busy = || app.pool.size() >= app.settings.database.pool_connections_max && app.pool.num_idle() == 0;
    database_latency(&app.pool).await.is_some() || pool_is_busy()
}

/// Time of one round trip; `None` without an answer in time. Cancelling it is safe, because no transaction is open.
async fn database_latency(pool: &PgPool) -> Option<Duration> {
    let started = Instant::now();
    match timeout(COMPONENT_TIMEOUT, database_time(pool)).await {
        Ok(Ok(_)) => Some(started.elapsed()),
        Ok(Err(_)) | Err(_) => None,
    }
}

async fn check_database(pool: &PgPool) -> Database {
    let latency = database_latency(pool).await;
    Database {
        status: Verdict::from_healthy(latency.is_some()),
        latency_ms: latency.map(|latency| latency.as_secs_f64() * 1_000.0),
    }
}

async fn check_migrations(pool: &PgPool) -> Migrations {
    let comparison = timeout(COMPONENT_TIMEOUT, async {
        let mut connection = pool.acquire().await.ok()?;
        schema(&mut connection).await.ok()
    });
    let schema = match comparison.await {
        Ok(Some(Schema::Current)) => "current",
        Ok(Some(Schema::Ahead)) => "ahead",
        Ok(Some(Schema::Behind { .. })) => "behind",
        Ok(Some(Schema::Changed { .. })) => "changed",
        Ok(Some(Schema::Dirty { .. })) => "dirty",
        Ok(None) | Err(_) => "unknown",
    };
    Migrations { status: Verdict::from_healthy(matches!(schema, "current" | "ahead")), schema }
}

fn sweeper_health(age: Duration, interval: Duration) -> Sweeper {
    let age_max = interval * SWEEP_INTERVALS_MISSED_MAX;
    Sweeper {
        status: Verdict::from_healthy(age < age_max),
        age_ms: milliseconds(age),
        age_max_ms: milliseconds(age_max),
    }
}

fn lanes_health(LanesHealth { alive, total, queue_depth }: LanesHealth) -> Lanes {
    Lanes { status: Verdict::from_healthy(alive == total), alive, total, queue_depth }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
