//! The results of a run, as in its JSON file. They are the only input of the report.

pub mod seats; // results of the scenario `seats`

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use self::seats::SeatsResult;
use crate::database::TableUpdates;
use crate::engines::Engine;
use crate::environment::Environment;
use crate::load::recorder::Percentiles;
use crate::suite::{GridKind, Suite};

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Results {
    pub suite: Suite,
    pub environment: Environment,
    /// Settings of the servers that differ from the defaults.
    pub settings: BTreeMap<Engine, BTreeMap<String, String>>,
    /// Whether every window started after a checkpoint.
    pub checkpoints: bool,
    /// Duration of the whole run in seconds, with start-up.
    pub seconds: f64,
    pub grids: Vec<GridResult>,
    pub sweep: Option<SweepResult>,
    pub overload: Option<OverloadResult>,
    pub stampede: Option<StampedeResult>,
    pub seats: Option<SeatsResult>,
    pub long: Option<LongResult>,
}

/// The median over the rounds, and the range.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    pub median: f64,
    pub min: f64,
    pub max: f64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GridResult {
    pub kind: GridKind,
    pub cells: Vec<Cell>,
    /// Updates per table during the scenario, by all engines.
    pub updates: Vec<TableUpdates>,
    /// Delay of a round trip between service and database by the proxy, in microseconds. Absent without a proxy.
    pub delay_micros: Option<f64>,
}

/// The measurements with one number of clients.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    pub clients: usize,
    pub series: BTreeMap<Engine, Series>,
}

/// The windows of one engine in one cell.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// Rate of the counted answers: refusals in the scenario `sold-out`, otherwise accepted requests.
    pub per_second: Spread,
    /// Latencies of the counted answers, over all windows together.
    pub micros: Percentiles,
    /// The latency curve: shares of the answers, and the microseconds within which they came.
    pub curve: Vec<(f64, u64)>,
    pub accepted: u64,
    pub refused: u64,
    pub shed: u64,
    /// Number of other answers, by label.
    pub errors: BTreeMap<String, u64>,
    pub costs: Costs,
    /// Checks of the status for acknowledged holds. Absent in scenarios without this check.
    pub stale: Option<Checks>,
    pub windows: Vec<Window>,
}

/// Processor time per 1,000 answers, in milliseconds; absent if it is not known.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Costs {
    pub server_cpu_ms: Option<f64>,
    pub postgres_cpu_ms: Option<f64>,
    pub generator_cpu_ms: f64,
    /// Share of one core that the load generator used. Near 1, it limits the figures.
    pub generator_cpu_share: f64,
    /// Bytes of write-ahead log per hold. Absent if the answers are not holds.
    pub wal_bytes: Option<f64>,
}

/// Numbers of checks, and of failed ones.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checks {
    pub looked: u64,
    pub wrong: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    pub per_second: f64,
    pub micros: Percentiles,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SweepResult {
    pub rounds: Vec<SweepRound>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SweepRound {
    /// Holds that were made to expire in the same second.
    pub holds: u64,
    /// Number of them that were expired before the time limit.
    pub expired: u64,
    /// Seconds from their expiry until the sweeper had expired all of them, or until the time limit.
    pub seconds: f64,
    /// Journal entries of expiries, and distinct holds in them. At least `expired`, because more holds may expire
    /// later.
    pub entries: u64,
    pub distinct: u64,
    /// Latencies of holds placed before the expiry (quiet) and during it (busy).
    pub quiet_micros: Percentiles,
    pub busy_micros: Percentiles,
    pub quiet_per_second: f64,
    pub busy_per_second: f64,
    pub errors: BTreeMap<String, u64>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverloadResult {
    /// Holds per second, closed loop, measured before each round.
    pub capacity: Spread,
    pub levels: Vec<OverloadLevel>,
}

/// One factor, over all rounds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverloadLevel {
    pub factor: f64,
    /// Rates per second: scheduled; sent, with a connection free in time; accepted; refused with 503.
    pub offered: Spread,
    pub sent: Spread,
    pub goodput: Spread,
    pub shed: Spread,
    /// Latencies of accepted holds, from the scheduled start.
    pub accepted_micros: Percentiles,
    /// Latencies of 503 responses, from the sending.
    pub shed_micros: Percentiles,
    /// Delay between the scheduled start and the sending.
    pub lag_micros: Percentiles,
    pub generator_cpu_share: f64,
    pub errors: BTreeMap<String, u64>,
    /// Largest resident memory of the server, in bytes; absent if it is not known.
    pub resident_bytes: Option<u64>,
    /// Seconds from the end of the load until latencies were normal again.
    pub recovery_seconds: Spread,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StampedeResult {
    pub capacity: Spread,
    pub rounds: Vec<StampedeRound>,
}

/// The load on the other events, without the stampede (quiet) and during it (busy).
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StampedeRound {
    pub quiet: OtherEvents,
    pub busy: OtherEvents,
    /// Rates of the stampede itself, per second.
    pub sent_per_second: f64,
    pub goodput: f64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherEvents {
    pub asked: u64,
    pub accepted: u64,
    /// Latencies of accepted holds, from the scheduled start.
    pub micros: Percentiles,
    pub errors: BTreeMap<String, u64>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LongResult {
    pub clients: usize,
    pub minutes: Vec<Window>,
    pub errors: BTreeMap<String, u64>,
    pub updates: Vec<TableUpdates>,
    /// Bytes of write-ahead log per hold.
    pub wal_bytes: f64,
}

impl Results {
    /// Reads a results file.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or has the format of another version.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        serde_json::from_str(&text)
            .with_context(|| format!("{} has not the results format of this version", path.display()))
    }

    /// Writes a results file.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let json = serde_json::to_string_pretty(self).context("cannot write the results as JSON")?;
        std::fs::write(path, json + "\n").with_context(|| format!("cannot write {}", path.display()))
    }

    pub fn grid(&self, kind: GridKind) -> Option<&GridResult> {
        self.grids.iter().find(|grid| grid.kind == kind)
    }
}

impl GridResult {
    pub fn series(&self, clients: usize, engine: Engine) -> Option<&Series> {
        self.cells.iter().find(|cell| cell.clients == clients)?.series.get(&engine)
    }

    /// The measured engines, in order.
    pub fn engines(&self) -> Vec<Engine> {
        self.cells.first().map_or_else(Vec::new, |cell| cell.series.keys().copied().collect())
    }
}

impl Spread {
    /// Median and range of figures; all zero if there are none.
    pub fn from_figures(mut figures: Vec<f64>) -> Self {
        figures.sort_by(f64::total_cmp);
        let figure = |index: usize| figures.get(index).copied().unwrap_or_default();
        let count = figures.len();
        Self {
            median: f64::midpoint(figure(count.saturating_sub(1) / 2), figure(count / 2)),
            min: figure(0),
            max: figure(count.saturating_sub(1)),
        }
    }
}
