//! Summary of the windows of one engine in one cell.

use std::time::Duration;

use super::rig::CpuTimes;
use crate::load::recorder::{Latencies, Recorder};
use crate::results::{Checks, Costs, Series, Spread, Window};
use crate::suite::GridKind;

/// The measurements of one window.
pub struct Measured {
    pub recorder: Recorder,
    pub cpu: CpuTimes,
    pub wal_bytes: u64,
    pub stale: Option<Checks>,
}

/// The latencies of the counted answers: refusals in `sold-out`, otherwise accepted requests.
pub fn counted_latencies(kind: GridKind, recorder: &Recorder) -> &Latencies {
    if kind == GridKind::SoldOut { &recorder.refused } else { &recorder.accepted }
}

/// Summarises at least one window of the given length.
///
/// # Errors
///
/// None in practice: see [`Recorder::add`].
pub fn summarise(kind: GridKind, measured: &[Measured], length: Duration) -> anyhow::Result<Series> {
    let mut all = Recorder::new();
    let mut windows = Vec::with_capacity(measured.len());
    let mut stale: Option<Checks> = None;
    for window in measured {
        all.add(&window.recorder)?;
        windows.push(window_figures(counted_latencies(kind, &window.recorder), length));
        if let Some(checks) = window.stale {
            let sum = stale.get_or_insert_default();
            sum.looked += checks.looked;
            sum.wrong += checks.wrong;
        }
    }
    Ok(Series {
        per_second: Spread::from_figures(windows.iter().map(|window| window.per_second).collect()),
        micros: counted_latencies(kind, &all).percentiles(),
        curve: counted_latencies(kind, &all).curve(),
        accepted: all.accepted_in_all(),
        refused: all.refused.count(),
        shed: all.shed.count(),
        errors: all.errors().clone(),
        costs: costs(kind, measured, &all, length),
        stale,
        windows,
    })
}

/// Rate and latencies of one window.
pub fn window_figures(latencies: &Latencies, length: Duration) -> Window {
    Window { per_second: latencies.count() as f64 / length.as_secs_f64(), micros: latencies.percentiles() }
}

fn costs(kind: GridKind, measured: &[Measured], all: &Recorder, length: Duration) -> Costs {
    // Answers after the window used processor time too.
    let answers = all.accepted_in_all() + all.refused.count() + all.shed.count();
    let per_thousand = |time: Duration| time.as_secs_f64() * 1000.0 / (answers.max(1) as f64 / 1000.0);
    let sum = |part: fn(&CpuTimes) -> Option<Duration>| {
        measured.iter().map(|window| part(&window.cpu)).sum::<Option<Duration>>().map(per_thousand)
    };
    let generator: Duration = measured.iter().map(|window| window.cpu.generator).sum();
    let wal_bytes: u64 = measured.iter().map(|window| window.wal_bytes).sum();
    Costs {
        server_cpu_ms: sum(|cpu| cpu.server),
        postgres_cpu_ms: sum(|cpu| cpu.postgres),
        generator_cpu_ms: per_thousand(generator),
        generator_cpu_share: generator.as_secs_f64() / (length.as_secs_f64() * measured.len() as f64),
        wal_bytes: kind.places_holds().then(|| wal_bytes as f64 / answers.max(1) as f64),
    }
}
