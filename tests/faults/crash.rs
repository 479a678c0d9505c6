//! PostgreSQL itself crashes under load: it closes all connections, recovers from its log and is back.
#![cfg(feature = "embedded")]

use std::process::{Child, Command};
use std::str::FromStr as _;
use std::time::{Duration, Instant};

use boxoffice_engine::db::migrate;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection as _, PgPool};

use super::crowd::{ANSWER_TIMEOUT, Crowd};
use crate::support::cluster::spawn_with_postgres;
use crate::support::database::assert_invariants_hold;
use crate::support::service;

const CRASHES: usize = 3;
/// The pause between two tries to connect.
const CONNECT_PAUSE: Duration = Duration::from_millis(5);

/// A PostgreSQL that a test may crash. It stops when dropped.
struct Cluster {
    program: Child,
    url: String,
}

impl Cluster {
    async fn start() -> Self {
        let (program, url) = spawn_with_postgres(0);
        let cluster = Self { program, url };
        migrate::run(&mut cluster.connect().await).await.expect("migrates");
        cluster
    }

    async fn connect(&self) -> PgConnection {
        let options = PgConnectOptions::from_str(&self.url).expect("the URL is one of PostgreSQL");
        PgConnection::connect_with(&options).await.expect("connects")
    }

    /// Kills a backend with SIGKILL. PostgreSQL cannot trust its shared memory then: it ends all backends and recovers.
    async fn crash(&self) {
        let mut victim = self.connect().await;
        let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
            .fetch_one(&mut victim)
            .await
            .expect("a backend has a process id");
        let sent = Command::new("kill").args(["-s", "KILL", &pid.to_string()]).status();
        assert!(sent.expect("`kill` is on every machine").success(), "the backend is there and ours");
        // The connection of the killed backend ends first, then all others.
        let lost = sqlx::query("SELECT pg_sleep(60)").execute(&mut victim).await;
        assert!(lost.is_err(), "the backend is dead");
    }

    /// Waits until PostgreSQL accepts connections again.
    async fn until_it_is_back(&self) {
        let options = PgConnectOptions::from_str(&self.url).expect("the URL is one of PostgreSQL");
        let mut tries = tokio::time::interval(CONNECT_PAUSE);
        let back = async {
            while PgConnection::connect_with(&options).await.is_err() {
                tries.tick().await;
            }
        };
        tokio::time::timeout(ANSWER_TIMEOUT, back).await.expect("PostgreSQL recovers");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.program.stdin.take());
        let _ = self.program.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_postgresql_crashes_under_load_nothing_acknowledged_is_lost_and_the_service_reconnects() {
    let cluster = Cluster::start().await;
    let (running, client) = service::start(&cluster.url, |settings| {
        settings.database.acquire_timeout = Duration::from_millis(300);
        settings.inventory.answer_within = Duration::from_millis(450);
        settings.inventory.command_deadline = Duration::from_millis(250);
    });
    let event_id = client.event(1_000_000).await;
    let crowd = Crowd::start(&client, &event_id);
    for crash in 1..=CRASHES {
        crowd.until_more_are_acknowledged(50).await;
        let crashed = Instant::now();
        cluster.crash().await;
        cluster.until_it_is_back().await;
        let (away, back) = (crashed.elapsed(), Instant::now());
        crowd.until_more_are_acknowledged(1).await;
        println!("crash {crash}: PostgreSQL was away {away:?}, an acknowledgement came {:?} later", back.elapsed());
    }
    let bought = crowd.stop().await;

    let pool = PgPoolOptions::new().max_connections(1).connect_lazy(&cluster.url).expect("the URL is one");
    assert_eq!(count(&pool, "holds WHERE status = 'booked' AND hold_id", &bought.holds).await, bought.holds.len());
    assert_eq!(count(&pool, "bookings WHERE booking_id", &bought.bookings).await, bought.bookings.len());
    assert_invariants_hold(&pool).await;
    running.stop().await.expect("the server stops cleanly");
}

/// Number of these ids that are among the rows.
async fn count(pool: &PgPool, rows: &str, ids: &[String]) -> usize {
    let statement = format!("SELECT count(*) FROM {rows} = ANY ($1::text[]::uuid[])");
    let found: i64 =
        sqlx::query_scalar(AssertSqlSafe(statement)).bind(ids).fetch_one(pool).await.expect("PostgreSQL answers");
    usize::try_from(found).expect("a count is not negative")
}
