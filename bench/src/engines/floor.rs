//! The floor: one SQL statement that takes a place, called over prepared statements as by pgbench. No service, item,
//! journal or HTTP response: the throughput of PostgreSQL with one minimal transaction per request.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use sqlx::{Connection as _, PgConnection, query, query_scalar};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::load::closed_loop::WindowEnd;
use crate::load::recorder::{Recorder, RequestOutcome};

/// The most connections. PostgreSQL's default limit is 100, together with the servers, and more would not be faster.
pub const CONNECTIONS_MAX: usize = 64;

/// Creates the function in the scenario's database.
///
/// # Errors
///
/// When the function cannot be created.
pub async fn create(connection: &mut PgConnection) -> anyhow::Result<()> {
    let function = query(
        "CREATE FUNCTION bench_take_a_seat(of_event uuid) RETURNS integer LANGUAGE sql AS $$
             UPDATE pools
                SET held = held + 1
              WHERE event_id = of_event AND held + booked + 1 <= capacity
             RETURNING held
         $$",
    );
    function.execute(connection).await.context("cannot create the floor's function")?;
    Ok(())
}

/// Resets the pool's counter, because the taken places have no holds or journal entries, and the invariants check would
/// report them.
///
/// # Errors
///
/// When the event does not have exactly one pool.
pub async fn reset(connection: &mut PgConnection, event_id: Uuid) -> anyhow::Result<()> {
    let reset = query("UPDATE pools SET held = 0 WHERE event_id = $1").bind(event_id).execute(connection).await?;
    ensure!(reset.rows_affected() == 1, "the floor's event has {} pools", reset.rows_affected());
    Ok(())
}

/// Runs one window with one connection per client, at most [`CONNECTIONS_MAX`].
///
/// # Errors
///
/// When a connection cannot be opened, or a task fails.
pub async fn run(
    database_url: &str,
    event_id: Uuid,
    clients: usize,
    window_end: &WindowEnd,
) -> anyhow::Result<Recorder> {
    let mut connections = Vec::new();
    for _ in 0..clients.min(CONNECTIONS_MAX) {
        let mut connection = PgConnection::connect(database_url).await.context("cannot connect the floor")?;
        // A generic plan is made once per connection, as in the service's lanes.
        query("SET plan_cache_mode = force_generic_plan").execute(&mut connection).await?;
        connections.push(connection);
    }
    let recorder = Arc::new(Mutex::new(Recorder::new()));
    let mut tasks = JoinSet::new();
    let started = Instant::now();
    for connection in connections {
        tasks.spawn(one_client(connection, event_id, started, window_end.clone(), recorder.clone()));
    }
    while let Some(ended) = tasks.join_next().await {
        ended.context("a connection's task failed")?;
    }
    let recorder = Arc::into_inner(recorder).context("a connection is still in use")?;
    Ok(recorder.into_inner().unwrap_or_else(PoisonError::into_inner))
}

async fn one_client(
    mut connection: PgConnection,
    event_id: Uuid,
    started: Instant,
    window_end: WindowEnd,
    recorder: Arc<Mutex<Recorder>>,
) {
    let mut sent = Instant::now();
    while !window_end.is_over(started, sent) {
        let taken = query_scalar::<_, Option<i32>>("SELECT bench_take_a_seat($1)").bind(event_id);
        let outcome = match taken.fetch_one(&mut connection).await {
            Ok(Some(_)) => RequestOutcome::Accepted,
            Ok(None) => RequestOutcome::Refused,
            Err(error) => RequestOutcome::Failed(error.to_string()),
        };
        let answered = Instant::now();
        if !window_end.is_over(started, answered) {
            let mut recorder = recorder.lock().unwrap_or_else(PoisonError::into_inner);
            recorder.record_answer(outcome, answered - sent, answered - sent);
        }
        sent = answered;
    }
}
