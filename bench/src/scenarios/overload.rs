//! `overload`: holds of one event, open loop, at multiples of the capacity.

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

/// Interval between two readings of the server's memory.
const RESIDENT_INTERVAL: Duration = Duration::from_millis(100);

/// Latency is normal again when this many holds and status reads in a row succeed, each within this time on average:
/// fifty times the latency without other load.
const NORMAL_IN_A_ROW: u32 = 20;
const NORMAL_WITHIN: Duration = Duration::from_millis(25);
const NORMAL_PAUSE: Duration = Duration::from_millis(10);

/// Time limit for the recovery. If it is reached, it is reported as the time of recovery.
const RECOVERY_MAX: Duration = Duration::from_secs(30);

/// The measurements of one window of one level.
struct Measured {
    recorder: Recorder,
    offered: usize,
    generator_cpu: Duration,
    resident_bytes: Option<u64>,
    recovery: Duration,
}

/// Runs the scenario.
///
/// # Errors
///
/// When a part of the scenario fails.
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
    let levels = levels.iter().map(|(factor, measured)| summarise_level(*factor, measured, window));
    let levels = levels.collect::<anyhow::Result<Vec<_>>>()?;
    for level in &levels {
        site.progress.done(&format!("{} ×: {:.0} accepted/s", level.factor, level.goodput.median));
    }
    Ok(OverloadResult { capacity: Spread::from_figures(capacities), levels })
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
    let load = load.connect().await?;
    let cpu_before = processes::own_cpu_time();
    let is_finished = AtomicBool::new(false);
    let run_load = async {
        let recorder = load.run().await;
        is_finished.store(true, Ordering::Relaxed);
        (recorder, processes::own_cpu_time() - cpu_before)
    };
    let ((recorder, generator_cpu), resident_bytes, recovery) =
        tokio::join!(run_load, largest_resident_bytes(pid, &is_finished), measure_recovery(target, event_id, window));
    Ok(Measured { recorder: recorder?, offered, generator_cpu, resident_bytes, recovery: recovery? })
}

/// The largest resident memory of the server until the load is finished, in bytes.
async fn largest_resident_bytes(pid: u32, is_finished: &AtomicBool) -> Option<u64> {
    let mut largest = processes::resident_bytes(pid);
    while !is_finished.load(Ordering::Relaxed) {
        sleep(RESIDENT_INTERVAL).await;
        largest = largest.max(processes::resident_bytes(pid));
    }
    largest
}

/// Time from the end of the load until latencies are normal again.
async fn measure_recovery(target: Target, event_id: Uuid, window: Duration) -> anyhow::Result<Duration> {
    sleep(window).await;
    let ended = Instant::now();
    let requests = [(api::place_hold(event_id, 1, None), 201), (api::event_status(event_id), 200)];
    let mut client = Client::new(target);
    let mut normal_since = ended;
    let mut in_a_row = 0;
    while in_a_row < NORMAL_IN_A_ROW && ended.elapsed() < RECOVERY_MAX {
        let sent = Instant::now();
        let mut is_normal = true;
        for (request, expected) in &requests {
            is_normal &= client.send(request).await.is_ok_and(|answer| answer.status == *expected);
        }
        is_normal &= sent.elapsed() <= NORMAL_WITHIN * 2;
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

fn summarise_level(factor: f64, measured: &[Measured], window: Duration) -> anyhow::Result<OverloadLevel> {
    let mut all = Recorder::new();
    for window in measured {
        all.add(&window.recorder)?;
    }
    let spread = |count: fn(&Measured) -> u64| {
        Spread::from_figures(measured.iter().map(|measured| count(measured) as f64 / window.as_secs_f64()).collect())
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
        recovery_seconds: Spread::from_figures(
            measured.iter().map(|measured| measured.recovery.as_secs_f64()).collect(),
        ),
    })
}
