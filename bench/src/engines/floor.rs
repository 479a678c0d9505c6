//! The floor: one SQL statement that takes a seat, called over prepared statements as pgbench would. No service, no item,
//! no journal, no answer: what PostgreSQL does when a request is a transaction and the transaction is as small as can be.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use sqlx::{Connection as _, PgConnection, query, query_scalar};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::load::closed_loop::Until;
use crate::load::recorder::{Recorder, Verdict};

/// More would not fit beside the servers into PostgreSQL's default of 100, and would not be faster.
pub const CONNECTIONS_MAX: usize = 64;

/// In the scenario's database, and gone with it.
///
/// # Errors
///
/// When the function cannot be made.
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

/// Gives the seats back, which no hold and no journal know of: the audit would object.
///
/// # Errors
///
/// When that was not the event's only pool.
pub async fn reset(connection: &mut PgConnection, event_id: Uuid) -> anyhow::Result<()> {
    let reset = query("UPDATE pools SET held = 0 WHERE event_id = $1").bind(event_id).execute(connection).await?;
    ensure!(reset.rows_affected() == 1, "the floor's event has {} pools", reset.rows_affected());
    Ok(())
}

/// Runs one window with a connection per client, and at most [`CONNECTIONS_MAX`].
///
/// # Errors
///
/// When a connection cannot be opened, or a task fails.
pub async fn run(database_url: &str, event_id: Uuid, clients: usize, until: &Until) -> anyhow::Result<Recorder> {
    let mut connections = Vec::new();
    for _ in 0..clients.min(CONNECTIONS_MAX) {
        let mut connection = PgConnection::connect(database_url).await.context("cannot connect the floor")?;
        // Planned once per connection, as in the service's own lanes.
        query("SET plan_cache_mode = force_generic_plan").execute(&mut connection).await?;
        connections.push(connection);
    }
    let recorder = Arc::new(Mutex::new(Recorder::new()));
    let mut tasks = JoinSet::new();
    let started = Instant::now();
    for connection in connections {
        tasks.spawn(one_client(connection, event_id, started, until.clone(), recorder.clone()));
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
    until: Until,
    recorder: Arc<Mutex<Recorder>>,
) {
    let mut sent = Instant::now();
    while !until.is_over(started, sent) {
        let taken = query_scalar::<_, Option<i32>>("SELECT bench_take_a_seat($1)").bind(event_id);
        let verdict = match taken.fetch_one(&mut connection).await {
            Ok(Some(_)) => Verdict::Accepted,
            Ok(None) => Verdict::Refused,
            Err(error) => Verdict::Failed(error.to_string()),
        };
        let answered = Instant::now();
        if !until.is_over(started, answered) {
            let mut recorder = recorder.lock().unwrap_or_else(PoisonError::into_inner);
            recorder.answer(verdict, answered - sent, answered - sent);
        }
        sent = answered;
    }
}
