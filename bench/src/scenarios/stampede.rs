//! `stampede`: an overload of one event. Does it affect other events, which have a small load?

use std::time::Duration;

use anyhow::Context as _;
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::capacity;
use super::rig::{Rig, SEATS, Site};
use crate::api;
use crate::database;
use crate::engines::Engine;
use crate::load::open_loop::OpenLoop;
use crate::load::recorder::Recorder;
use crate::load::schedule::{Arrivals, Schedule};
use crate::load::visitor::Traffic;
use crate::load::zipf::EventDistribution;
use crate::results::{OtherEvents, Spread, StampedeResult, StampedeRound};
use crate::suite::{Stampede, seconds};

/// Number of other events: many for every lane.
const OTHERS: usize = 100;
const OTHERS_CONNECTIONS: usize = 64;

/// Long enough that no request to the other events counts as unsent.
const OTHERS_PATIENCE: Duration = Duration::from_secs(30);

/// Runs the scenario.
///
/// # Errors
///
/// When a part of the scenario fails.
pub async fn run(site: &mut Site, stampede: &Stampede) -> anyhow::Result<StampedeResult> {
    site.progress.scenario("stampede");
    let mut rig = Rig::start(site, &[Engine::Lanes], None).await?;
    let others = rig.create_events(OTHERS, SEATS).await?;
    let (mut capacities, mut rounds) = (Vec::new(), Vec::new());
    for round in 1..=stampede.rounds {
        rig.site.progress.step(&format!("round {round}/{}", stampede.rounds));
        let capacity = capacity::measure(&rig, seconds(stampede.window_seconds)).await?;
        capacities.push(capacity);
        let measured = one_round(&mut rig, stampede, &others, capacity, u64::from(round)).await?;
        let OtherEvents { asked, accepted, .. } = &measured.busy;
        rig.site.progress.done(&format!("{accepted} of {asked} holds of other events accepted during the stampede"));
        rounds.push(measured);
    }
    rig.finish().await?;
    Ok(StampedeResult { capacity: Spread::from_figures(capacities), rounds })
}

async fn one_round(
    rig: &mut Rig<'_>,
    stampede: &Stampede,
    others: &[Uuid],
    capacity: f64,
    seed: u64,
) -> anyhow::Result<StampedeRound> {
    let target = rig.lanes()?.target;
    let window = seconds(stampede.window_seconds);
    let requests = others.iter().map(|&event_id| api::place_hold(event_id, 1, None));
    let others_load = OpenLoop {
        target,
        traffic: Traffic::one_of(requests, EventDistribution::uniform(others.len())),
        schedule: Schedule::new(Arrivals::Poisson, f64::from(stampede.others_per_second), window, seed),
        window,
        connections: OTHERS_CONNECTIONS,
        patience: OTHERS_PATIENCE,
    };
    let stampede_load = OpenLoop {
        target,
        traffic: Traffic::place_hold(rig.create_event(SEATS).await?),
        schedule: Schedule::new(Arrivals::Poisson, capacity * stampede.factor, window, seed),
        window,
        connections: stampede.connections,
        patience: Duration::from_millis(stampede.patience_ms),
    };

    database::checkpoint(&mut rig.connection).await?;
    let quiet = others_load.clone().connect().await?.run().await?;

    database::checkpoint(&mut rig.connection).await?;
    let scheduled = stampede_load.schedule.len() as u64;
    let stampede_load = stampede_load.connect().await?;
    let (connected, is_connected) = oneshot::channel();
    let busy = spawn_blocking(|| run_on_own_runtime(others_load, connected));
    // An error on the other thread is in its result.
    let _ = is_connected.await;
    let recorder = stampede_load.run().await?;
    let busy = busy.await.context("the thread of the other events' load failed")??;
    Ok(StampedeRound {
        quiet: other_events(&quiet),
        busy: other_events(&busy),
        sent_per_second: (scheduled - recorder.unsent_count()) as f64 / window.as_secs_f64(),
        goodput: recorder.accepted_in_time() as f64 / window.as_secs_f64(),
    })
}

/// Runs the load of the other events on a thread of its own, so that their latencies do not include waiting for the
/// stampede's load in the generator.
fn run_on_own_runtime(load: OpenLoop, connected: oneshot::Sender<()>) -> anyhow::Result<Recorder> {
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        let load = load.connect().await?;
        // The receiver is dropped if the run was interrupted.
        let _ = connected.send(());
        load.run().await
    })
}

fn other_events(recorder: &Recorder) -> OtherEvents {
    let answered = recorder.accepted.count() + recorder.refused.count() + recorder.shed.count();
    let mut errors = recorder.errors().clone();
    if recorder.shed.count() > 0 {
        errors.insert("503".to_owned(), recorder.shed.count());
    }
    OtherEvents {
        asked: answered + recorder.error_count() + recorder.unsent_count(),
        accepted: recorder.accepted.count(),
        micros: recorder.accepted.percentiles(),
        errors,
    }
}
