//! What a run measured, as the JSON file has it. The report is made of this and nothing else.

pub mod seats; // of the scenario `seats`

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
    /// Settings of the servers other than the defaults.
    pub settings: BTreeMap<Engine, BTreeMap<String, String>>,
    /// Whether every window started after a checkpoint.
    pub checkpoints: bool,
    /// Of the whole run, start-up included.
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
    /// Over the scenario, all engines together.
    pub updates: Vec<TableUpdates>,
    /// By how much the proxy prolonged a round trip between service and database, in microseconds. Absent without a proxy.
    pub delay_micros: Option<f64>,
}

/// One number of clients.
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
    /// Of what the scenario is about: refusals when everything is sold out, else what was accepted.
    pub per_second: Spread,
    /// Of the same, over all windows together.
    pub micros: Percentiles,
    /// Shares of the answers, and the microseconds within which they came.
    pub curve: Vec<(f64, u64)>,
    pub accepted: u64,
    pub refused: u64,
    pub shed: u64,
    /// Anything else, by what was answered.
    pub errors: BTreeMap<String, u64>,
    pub costs: Costs,
    /// Answers about an event that lacked what was acknowledged before they were asked for. Absent where nobody looked.
    pub stale: Option<Checks>,
    pub windows: Vec<Window>,
}

/// Processor time per 1,000 answers, in milliseconds; absent where it is not known.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Costs {
    pub server_cpu_ms: Option<f64>,
    pub postgres_cpu_ms: Option<f64>,
    pub generator_cpu_ms: f64,
    /// Of one core, over the windows: near 1 the generator is what was measured.
    pub generator_cpu_share: f64,
    /// Bytes of write-ahead log per hold. Absent where answers are not holds.
    pub wal_bytes: Option<f64>,
}

/// How often something was looked at, and found wrong.
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
    /// Of them, until nobody waited any longer.
    pub expired: u64,
    /// From their expiry until all of them were expired, or nobody waited any longer.
    pub seconds: f64,
    /// Expiries in the journal, and different holds among them. No fewer than were seen to be expired: more may follow.
    pub entries: u64,
    pub distinct: u64,
    /// Of holds that were placed before, and meanwhile.
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
    /// Per second: intended; sent, because a connection was free in time; accepted; turned away.
    pub offered: Spread,
    pub sent: Spread,
    pub goodput: Spread,
    pub shed: Spread,
    /// From the intended start.
    pub accepted_micros: Percentiles,
    /// From the sending.
    pub shed_micros: Percentiles,
    /// How late requests were sent.
    pub lag_micros: Percentiles,
    pub generator_cpu_share: f64,
    pub errors: BTreeMap<String, u64>,
    /// The most that the server had in memory, in bytes; absent where it is not known.
    pub resident_bytes: Option<u64>,
    /// From the end of the load until everything was normal again.
    pub recovery_seconds: Spread,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StampedeResult {
    pub capacity: Spread,
    pub rounds: Vec<StampedeRound>,
}

/// The other events without the stampede and with it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StampedeRound {
    pub quiet: Bystanders,
    pub busy: Bystanders,
    /// Of the stampede itself, per second.
    pub sent_per_second: f64,
    pub goodput: f64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bystanders {
    pub asked: u64,
    pub accepted: u64,
    /// From the intended start.
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
    /// # Errors
    ///
    /// When the file cannot be read, or is not what this version writes.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} is not a result of this version", path.display()))
    }

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

    /// Those that were measured, in order.
    pub fn engines(&self) -> Vec<Engine> {
        self.cells.first().map_or_else(Vec::new, |cell| cell.series.keys().copied().collect())
    }
}

impl Spread {
    /// All zero when there are no figures.
    pub fn of(mut figures: Vec<f64>) -> Self {
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
