//! overload: one event is asked for more than the service can do, by people who do not wait for each other.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use tokio::time::sleep;
use uuid::Uuid;

use super::capacity;
use super::rig::{Rig, SEATS, Site};
use crate::api;
use crate::client::Client;
use crate::database;
use crate::engines::Engine;
use crate::load::open_loop::OpenLoop;
use crate::load::recorder::Recorder;
use crate::load::schedule::Schedule;
use crate::load::visitor::Traffic;
use crate::processes;
use crate::results::{OverloadLevel, OverloadResult, Spread};
use crate::suite::{Overload, seconds};
use crate::target::Target;

const RESIDENT_INTERVAL: Duration = Duration::from_millis(100);

/// Everything is normal again when so many holds and looks in a row were answered as usual, each within this time: fifty
/// times what one takes when nobody else is there.
const NORMAL_IN_A_ROW: u32 = 20;
const NORMAL_WITHIN: Duration = Duration::from_millis(25);
const NORMAL_PAUSE: Duration = Duration::from_millis(10);

/// After this the service has not recovered; that is a figure too.
const RECOVERY_MAX: Duration = Duration::from_secs(30);

/// One window of one level.
struct Measured {
    recorder: Recorder,
    offered: usize,
    generator_cpu: Duration,
    resident_bytes: Option<u64>,
    recovery: Duration,
}

/// # Errors
///
/// When something does not run.
pub async fn run(site: &mut Site, overload: &Overload) -> anyhow::Result<OverloadResult> {
    site.progress.scenario("overload");
    let mut rig = Rig::start(site, &[Engine::Lanes], None).await?;
    let window = seconds(overload.window_seconds);
    let mut capacities = Vec::new();
    let mut levels: Vec<(f64, Vec<Measured>)> = overload.factors.iter().map(|&factor| (factor, Vec::new())).collect();
    for round in 1..=overload.rounds {
        rig.site.progress.step(&format!("round {round}/{}, capacity", overload.rounds));
        let capacity = capacity::measure(&rig, window).await?;
        ensure!(capacity > 0.0, "the service places no holds");
        capacities.push(capacity);
        for (factor, measured) in &mut levels {
            rig.site.progress.step(&format!("round {round}/{}, {factor} × {capacity:.0}/s", overload.rounds));
            measured.push(one_window(&mut rig, overload, capacity * *factor, u64::from(round)).await?);
        }
    }
    rig.finish().await?;
    let levels = levels.iter().map(|(factor, measured)| level(*factor, measured, window));
    let levels = levels.collect::<anyhow::Result<Vec<_>>>()?;
    for level in &levels {
        site.progress.done(&format!("{} ×: {:.0} accepted/s", level.factor, level.goodput.median));
    }
    Ok(OverloadResult { capacity: Spread::of(capacities), levels })
}

async fn one_window(rig: &mut Rig<'_>, overload: &Overload, rate: f64, seed: u64) -> anyhow::Result<Measured> {
    let server = rig.lanes()?;
    let (target, pid) = (server.target, server.pid);
    let event_id = rig.create_event(SEATS).await?;
    database::checkpoint(&mut rig.connection).await?;
    let window = seconds(overload.window_seconds);
    let schedule = Schedule::new(overload.arrivals, rate, window, seed);
    let offered = schedule.len();
    let load = OpenLoop {
        target,
        traffic: Traffic::place_hold(event_id),
        schedule,
        window,
        connections: overload.connections,
        patience: Duration::from_millis(overload.patience_ms),
    };
    let ready = load.connect().await?;
    let cpu_before = processes::own_cpu_time();
    let answered = AtomicBool::new(false);
    let loaded = async {
        let recorder = ready.run().await;
        answered.store(true, Ordering::Relaxed);
        (recorder, processes::own_cpu_time() - cpu_before)
    };
    let ((recorder, generator_cpu), resident_bytes, recovery) =
        tokio::join!(loaded, resident_max(pid, &answered), recovery(target, event_id, window));
    Ok(Measured { recorder: recorder?, offered, generator_cpu, resident_bytes, recovery: recovery? })
}

async fn resident_max(pid: u32, answered: &AtomicBool) -> Option<u64> {
    let mut most = processes::resident_bytes(pid);
    while !answered.load(Ordering::Relaxed) {
        sleep(RESIDENT_INTERVAL).await;
        most = most.max(processes::resident_bytes(pid));
    }
    most
}

/// How long after the end of the load everything was normal again.
async fn recovery(target: Target, event_id: Uuid, window: Duration) -> anyhow::Result<Duration> {
    sleep(window).await;
    let ended = Instant::now();
    let requests = [(api::place_hold(event_id, 1, None), 201), (api::event_status(event_id), 200)];
    let mut client = Client::new(target);
    let mut normal_since = ended;
    let mut in_a_row = 0;
    while in_a_row < NORMAL_IN_A_ROW && ended.elapsed() < RECOVERY_MAX {
        let asked = Instant::now();
        let mut is_normal = true;
        for (request, expected) in &requests {
            is_normal &= client.send(request).await.is_ok_and(|answer| answer.status == *expected);
        }
        is_normal &= asked.elapsed() <= NORMAL_WITHIN * 2;
        if !is_normal {
            normal_since = Instant::now();
            in_a_row = 0;
        } else {
            in_a_row += 1;
        }
        sleep(NORMAL_PAUSE).await;
    }
    Ok(normal_since - ended)
}

fn level(factor: f64, measured: &[Measured], window: Duration) -> anyhow::Result<OverloadLevel> {
    let mut all = Recorder::new();
    for window in measured {
        all.add(&window.recorder)?;
    }
    let spread = |count: fn(&Measured) -> u64| {
        Spread::of(measured.iter().map(|measured| count(measured) as f64 / window.as_secs_f64()).collect())
    };
    let generator_cpu: Duration = measured.iter().map(|measured| measured.generator_cpu).sum();
    Ok(OverloadLevel {
        factor,
        offered: spread(|measured| measured.offered as u64),
        sent: spread(|measured| measured.offered as u64 - measured.recorder.unsent_count()),
        goodput: spread(|measured| measured.recorder.accepted_in_time()),
        shed: spread(|measured| measured.recorder.shed.count()),
        accepted_micros: all.accepted.percentiles(),
        shed_micros: all.shed.percentiles(),
        lag_micros: all.lag.percentiles(),
        generator_cpu_share: generator_cpu.as_secs_f64() / (window.as_secs_f64() * measured.len() as f64),
        errors: all.errors().clone(),
        resident_bytes: measured.iter().filter_map(|measured| measured.resident_bytes).max(),
        recovery_seconds: Spread::of(measured.iter().map(|measured| measured.recovery.as_secs_f64()).collect()),
    })
}
