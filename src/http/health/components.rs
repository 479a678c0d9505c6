//! What the service depends on, one by one.

use std::time::{Duration, Instant};

use serde::Serialize;
use sqlx::PgPool;
use tokio::time::timeout;
use utoipa::ToSchema;

use super::Verdict;
use crate::app::App;
use crate::db::migrate::{Schema, schema};
use crate::inventory::LanesHealth;
use crate::queries::database::database_time;
use crate::workers::sweeper;

/// How long a component may take to answer. Longer, and whoever asks would have given up.
const COMPONENT_TIMEOUT: Duration = Duration::from_secs(2);

/// After how many of its intervals without success the sweeper counts as stuck.
const SWEEP_INTERVALS_MISSED_MAX: u32 = 10;

/// See the module's documentation.
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
    /// Of one round trip, a connection's acquisition included; `null` when there was no answer.
    #[schema(minimum = 0, example = 0.4)]
    latency_ms: Option<f64>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = MigrationsHealth)]
struct Migrations {
    status: Verdict,
    /// `current`, `ahead` while a later release rolls out, `behind`, `changed`, `dirty`, or `unknown` when the database does not answer.
    #[schema(example = "current")]
    schema: &'static str,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SweeperHealth)]
struct Sweeper {
    status: Verdict,
    /// Since this process's sweeper last succeeded.
    #[schema(minimum = 0, example = 640)]
    age_ms: u64,
    /// From here on it counts as stuck: ten of its intervals.
    #[schema(minimum = 0, example = 10_000)]
    age_max_ms: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = LanesHealth)]
struct Lanes {
    status: Verdict,
    /// How many work.
    #[schema(minimum = 0, example = 2)]
    alive: usize,
    /// How many there should be.
    #[schema(minimum = 0, example = 2)]
    total: usize,
    /// Commands that wait for them.
    #[schema(minimum = 0, example = 0)]
    queue_depth: usize,
}

impl Components {
    /// Healthy if every component is.
    pub(super) fn verdict(&self) -> Verdict {
        let all = [self.database.status, self.migrations.status, self.sweeper.status, self.lanes.status];
        Verdict::of(all.into_iter().all(|status| status == Verdict::Healthy))
    }
}

/// Asks each. Takes no longer than twice [`COMPONENT_TIMEOUT`].
pub(super) async fn components(app: &App) -> Components {
    Components {
        database: database(&app.pool).await,
        migrations: migrations(&app.pool).await,
        sweeper: sweeper(app.workers.age(sweeper::NAME), app.settings.sweep_interval),
        lanes: lanes(app.inventory.lanes()),
    }
}

/// Whether the database can be had, or could be if others had not just taken every connection: a burst of reads must not take
/// an instance away whose lanes have connections of their own.
pub(super) async fn database_answers(app: &App) -> bool {
    let busy = || app.pool.size() >= app.settings.database.pool_connections_max && app.pool.num_idle() == 0;
    database_latency(&app.pool).await.is_some() || busy()
}

/// One round trip; `None` if there was no answer in time. No transaction is open, so giving up midway is safe.
async fn database_latency(pool: &PgPool) -> Option<Duration> {
    let started = Instant::now();
    match timeout(COMPONENT_TIMEOUT, database_time(pool)).await {
        Ok(Ok(_)) => Some(started.elapsed()),
        Ok(Err(_)) | Err(_) => None,
    }
}

async fn database(pool: &PgPool) -> Database {
    let latency = database_latency(pool).await;
    Database {
        status: Verdict::of(latency.is_some()),
        latency_ms: latency.map(|latency| latency.as_secs_f64() * 1_000.0),
    }
}

async fn migrations(pool: &PgPool) -> Migrations {
    let compared = timeout(COMPONENT_TIMEOUT, async {
        let mut connection = pool.acquire().await.ok()?;
        schema(&mut connection).await.ok()
    });
    let schema = match compared.await {
        Ok(Some(Schema::Current)) => "current",
        Ok(Some(Schema::Ahead)) => "ahead",
        Ok(Some(Schema::Behind { .. })) => "behind",
        Ok(Some(Schema::Changed { .. })) => "changed",
        Ok(Some(Schema::Dirty { .. })) => "dirty",
        Ok(None) | Err(_) => "unknown",
    };
    Migrations { status: Verdict::of(matches!(schema, "current" | "ahead")), schema }
}

fn sweeper(age: Duration, interval: Duration) -> Sweeper {
    let age_max = interval * SWEEP_INTERVALS_MISSED_MAX;
    Sweeper { status: Verdict::of(age < age_max), age_ms: milliseconds(age), age_max_ms: milliseconds(age_max) }
}

fn lanes(LanesHealth { alive, total, queue_depth }: LanesHealth) -> Lanes {
    Lanes { status: Verdict::of(alive == total), alive, total, queue_depth }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
