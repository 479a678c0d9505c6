//! The raw results of hold-throughput: every window, and what the windows of a cell come to.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::environment::Environment;
use crate::recorder::{Percentiles, Recorder};

#[derive(Serialize)]
pub struct Results {
    scenario: &'static str,
    pub environment: Environment,
    pub settings: Settings,
    pub cells: Vec<Cell>,
}

#[derive(Serialize)]
pub struct Settings {
    pub rounds: u32,
    pub window_seconds: u64,
    pub warm_up_seconds: u64,
    /// Whether every window started after a checkpoint.
    pub checkpoints: bool,
    /// Settings of the servers other than the defaults.
    pub server: BTreeMap<String, String>,
}

/// One line of the table.
#[derive(Serialize)]
pub struct Cell {
    pub clients: usize,
    pub lanes: Series,
    pub per_request: Series,
}

/// The windows of one mode in one cell.
#[derive(Serialize)]
pub struct Series {
    pub holds_per_second: Spread,
    /// Over all windows together.
    pub latency_micros: Percentiles,
    /// Answers other than 201, and lost requests, over all windows.
    pub errors: BTreeMap<String, u64>,
    windows: Vec<Window>,
}

#[derive(Clone, Copy, Serialize)]
pub struct Spread {
    pub median: f64,
    pub min: f64,
    pub max: f64,
}

#[derive(Serialize)]
struct Window {
    holds: u64,
    holds_per_second: f64,
    latency_micros: Percentiles,
    errors: BTreeMap<String, u64>,
}

impl Results {
    pub fn new(environment: Environment, settings: Settings, cells: Vec<Cell>) -> Self {
        Self { scenario: "hold-throughput", environment, settings, cells }
    }
}

impl Cell {
    /// How many times faster lanes are. Infinite when the other mode placed nothing at all.
    pub fn ratio(&self) -> f64 {
        self.lanes.holds_per_second.median / self.per_request.holds_per_second.median
    }
}

impl Series {
    /// At least one window of the given length.
    ///
    /// # Errors
    ///
    /// None in practice: see [`Recorder::add`].
    pub fn new(recorded: &[Recorder], length: Duration) -> anyhow::Result<Self> {
        let mut all = Recorder::new();
        let mut windows = Vec::with_capacity(recorded.len());
        for recorder in recorded {
            all.add(recorder)?;
            windows.push(Window {
                holds: recorder.successes(),
                holds_per_second: recorder.successes() as f64 / length.as_secs_f64(),
                latency_micros: recorder.percentiles(),
                errors: recorder.errors().clone(),
            });
        }
        Ok(Self {
            holds_per_second: Spread::of(windows.iter().map(|window| window.holds_per_second).collect()),
            latency_micros: all.percentiles(),
            errors: all.errors().clone(),
            windows,
        })
    }
}

impl Spread {
    /// All zero when there are no figures.
    fn of(mut figures: Vec<f64>) -> Self {
        figures.sort_by(f64::total_cmp);
        let at = |index: usize| figures.get(index).copied().unwrap_or_default();
        let count = figures.len();
        Self {
            median: f64::midpoint(at(count.saturating_sub(1) / 2), at(count / 2)),
            min: at(0),
            max: at(count.saturating_sub(1)),
        }
    }
}
