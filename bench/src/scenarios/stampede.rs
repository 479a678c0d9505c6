//! stampede: everybody wants one event, far more than the service can do. Do the others, which sell modestly, notice?

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
use crate::load::zipf::Picker;
use crate::results::{Bystanders, Spread, StampedeResult, StampedeRound};
use crate::suite::{Stampede, seconds};

/// The other events: enough for every lane to have many of them.
const OTHERS: usize = 100;
const OTHERS_CONNECTIONS: usize = 64;

/// People who are let down are counted as such, and not as unsent.
const OTHERS_PATIENCE: Duration = Duration::from_secs(30);

/// # Errors
///
/// When something does not run.
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
        let Bystanders { asked, accepted, .. } = &measured.busy;
        rig.site.progress.done(&format!("{accepted} of {asked} served beside the stampede"));
        rounds.push(measured);
    }
    rig.finish().await?;
    Ok(StampedeResult { capacity: Spread::of(capacities), rounds })
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
    let modest = OpenLoop {
        target,
        traffic: Traffic::among(requests, Picker::uniform(others.len())),
        schedule: Schedule::new(Arrivals::Poisson, f64::from(stampede.others_per_second), window, seed),
        window,
        connections: OTHERS_CONNECTIONS,
        patience: OTHERS_PATIENCE,
    };
    let crowd = OpenLoop {
        target,
        traffic: Traffic::place_hold(rig.create_event(SEATS).await?),
        schedule: Schedule::new(Arrivals::Poisson, capacity * stampede.factor, window, seed),
        window,
        connections: stampede.connections,
        patience: Duration::from_millis(stampede.patience_ms),
    };

    database::checkpoint(&mut rig.connection).await?;
    let quiet = modest.clone().connect().await?.run().await?;

    database::checkpoint(&mut rig.connection).await?;
    let asked = crowd.schedule.len() as u64;
    let crowd = crowd.connect().await?;
    let (connected, is_connected) = oneshot::channel();
    let busy = spawn_blocking(|| on_its_own_thread(modest, connected));
    // An error on the other thread is told by its result.
    let _ = is_connected.await;
    let crowd = crowd.run().await?;
    let busy = busy.await.context("the bystanders' thread failed")??;
    Ok(StampedeRound {
        quiet: bystanders(&quiet),
        busy: bystanders(&busy),
        sent_per_second: (asked - crowd.unsent_count()) as f64 / window.as_secs_f64(),
        goodput: crowd.accepted_in_time() as f64 / window.as_secs_f64(),
    })
}

/// So that what the crowd costs the generator is not taken for what it costs the others.
fn on_its_own_thread(load: OpenLoop, connected: oneshot::Sender<()>) -> anyhow::Result<Recorder> {
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        let ready = load.connect().await?;
        // Nobody waits any more if the run was interrupted.
        let _ = connected.send(());
        ready.run().await
    })
}

fn bystanders(recorder: &Recorder) -> Bystanders {
    let answered = recorder.accepted.count() + recorder.refused.count() + recorder.shed.count();
    let mut errors = recorder.errors().clone();
    if recorder.shed.count() > 0 {
        errors.insert("503".to_owned(), recorder.shed.count());
    }
    Bystanders {
        asked: answered + recorder.error_count() + recorder.unsent_count(),
        accepted: recorder.accepted.count(),
        micros: recorder.accepted.percentiles(),
        errors,
    }
}
