//! `sweep`: many holds of one event that expire in the same second, while clients continue to place holds of it.
//!
//! The holds are placed through the service. Their common expiry is set by SQL, under the event's lock like every
//! change.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use sqlx::{Connection as _, query, query_as, query_scalar};
use tokio::time::sleep;
use uuid::Uuid;

use super::rig::{Rig, SEATS, Site};
use crate::database;
use crate::engines::Engine;
use crate::load::closed_loop::{self, WindowEnd};
use crate::load::recorder::Recorder;
use crate::load::visitor::Traffic;
use crate::results::{SweepResult, SweepRound};
use crate::suite::{Sweep, seconds};

/// Clients that place the holds that will expire.
const FILLING_CLIENTS: usize = 256;
const FILLING_WINDOW: Duration = Duration::from_secs(1);

/// Time between the statement that sets the expiry and the expiry itself, so that the statement is not measured.
const EXPIRE_IN_SECONDS: f64 = 3.0;

/// Time limit for the sweep. The result has the number of holds expired by then.
const SWEPT_WITHIN: Duration = Duration::from_secs(60);

const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Runs the scenario.
///
/// # Errors
///
/// When a part of the scenario fails.
pub async fn run(site: &mut Site, sweep: &Sweep) -> anyhow::Result<SweepResult> {
    site.progress.scenario("sweep");
    let mut rounds = Vec::new();
    for round in 1..=sweep.rounds {
        let mut rig = Rig::start(site, &[Engine::Lanes], None).await?;
        rig.site.progress.step(&format!("round {round}/{}", sweep.rounds));
        let measured = one_round(&mut rig, sweep).await?;
        rig.site
            .progress
            .done(&format!("{} of {} holds expired in {:.1} s", measured.expired, measured.holds, measured.seconds));
        rounds.push(measured);
        rig.finish().await?;
    }
    Ok(SweepResult { rounds })
}

async fn one_round(rig: &mut Rig<'_>, sweep: &Sweep) -> anyhow::Result<SweepRound> {
    let target = rig.lanes()?.target;
    let event_id = rig.create_event(SEATS).await?;
    let traffic = Traffic::place_hold(event_id);
    while rig.event_status(event_id).await?.held < u64::from(sweep.holds) {
        closed_loop::run(target, &traffic, FILLING_CLIENTS, &WindowEnd::new(FILLING_WINDOW)).await?;
    }

    database::checkpoint(&mut rig.connection).await?;
    let quiet_window = seconds(sweep.quiet_seconds);
    let quiet = closed_loop::run(target, &traffic, sweep.clients, &WindowEnd::new(quiet_window)).await?;

    let expiring = Instant::now();
    let holds = set_expiry(rig, event_id, sweep.holds).await?;
    database::checkpoint(&mut rig.connection).await?;
    sleep(seconds(EXPIRE_IN_SECONDS).saturating_sub(expiring.elapsed())).await;

    let window_end = WindowEnd::new(SWEPT_WITHIN);
    let (busy, swept) = tokio::join!(
        closed_loop::run(target, &traffic, sweep.clients, &window_end),
        wait_until_swept(rig, event_id, holds, &window_end)
    );
    let (busy, (expired, swept)) = (busy?, swept?);
    let (entries, distinct) = count_expiries(rig, event_id).await?;
    let mut all = Recorder::new();
    all.add(&quiet)?;
    all.add(&busy)?;
    Ok(SweepRound {
        holds,
        expired,
        seconds: swept.as_secs_f64(),
        entries,
        distinct,
        quiet_micros: quiet.accepted.percentiles(),
        busy_micros: busy.accepted.percentiles(),
        quiet_per_second: quiet.accepted.count() as f64 / quiet_window.as_secs_f64(),
        busy_per_second: busy.accepted.count() as f64 / swept.as_secs_f64(),
        errors: all.errors().clone(),
    })
}

/// Makes this many holds expire in [`EXPIRE_IN_SECONDS`]. Returns their number.
async fn set_expiry(rig: &mut Rig<'_>, event_id: Uuid, holds: u32) -> anyhow::Result<u64> {
    let mut transaction = rig.connection.begin().await?;
    query("SELECT 1 FROM inventory WHERE event_id = $1 FOR UPDATE").bind(event_id).execute(&mut *transaction).await?;
    let expiring = query(
        "UPDATE holds
            SET expires_at = statement_timestamp() + make_interval(secs => $3)
          WHERE hold_id IN (SELECT hold_id FROM holds WHERE event_id = $1 AND status = 'active' LIMIT $2)",
    );
    let expiring = expiring.bind(event_id).bind(i64::from(holds)).bind(EXPIRE_IN_SECONDS);
    let expiring = expiring.execute(&mut *transaction).await.context("cannot set the expiry of the holds")?;
    transaction.commit().await?;
    Ok(expiring.rows_affected())
}

/// Waits until all holds are expired, ends the load, and returns the number of expired holds and the time.
async fn wait_until_swept(
    rig: &mut Rig<'_>,
    event_id: Uuid,
    holds: u64,
    window_end: &WindowEnd,
) -> anyhow::Result<(u64, Duration)> {
    let started = Instant::now();
    loop {
        let expired: i64 = query_scalar("SELECT expired_holds FROM inventory WHERE event_id = $1")
            .bind(event_id)
            .fetch_one(&mut rig.connection)
            .await?;
        let (expired, elapsed) = (u64::try_from(expired)?, started.elapsed());
        if expired >= holds || elapsed >= SWEPT_WITHIN {
            window_end.end_now();
            return Ok((expired, elapsed));
        }
        sleep(POLL_INTERVAL).await;
    }
}

/// Number of journal entries of expiries, and of distinct holds in them.
async fn count_expiries(rig: &mut Rig<'_>, event_id: Uuid) -> anyhow::Result<(u64, u64)> {
    let counts =
        query_as("SELECT count(*), count(DISTINCT hold_id) FROM journal WHERE event_id = $1 AND kind = 'hold_expired'");
    let (entries, distinct): (i64, i64) = counts.bind(event_id).fetch_one(&mut rig.connection).await?;
    Ok((u64::try_from(entries)?, u64::try_from(distinct)?))
}
