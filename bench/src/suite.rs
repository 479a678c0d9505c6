//! Suite files: the scenarios of a run, with durations, rounds, numbers of clients and engines.
//!
//! A file is TOML with a table per scenario. Missing settings of a grid scenario come from `defaults`. Unknown names
//! and values out of range are refused before a scenario starts.

mod seats; // the table of the scenario `seats`

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};

pub use self::seats::Seats;
use crate::engines::Engine;
use crate::load::schedule::Arrivals;

const CLIENTS: RangeInclusive<usize> = 1..=4096;
const ROUNDS: RangeInclusive<u32> = 1..=20;
const SECONDS: RangeInclusive<f64> = 0.1..=600.0;
const SWEEP_HOLDS: RangeInclusive<u32> = 1000..=1_000_000;
const FACTORS: RangeInclusive<f64> = 0.1..=100.0;
const CONNECTIONS: RangeInclusive<usize> = 1..=15_000;
const PATIENCE_MS: RangeInclusive<u64> = 1..=60_000;
const OTHERS_PER_SECOND: RangeInclusive<u32> = 1..=10_000;
const MINUTES: RangeInclusive<u32> = 2..=60;

/// The content of a suite file. All values are in range.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suite {
    /// Name of the suite, of the report's section and of its files.
    pub name: String,
    #[serde(default)]
    pub defaults: Defaults,
    pub scenarios: Scenarios,
}

/// Settings of grid scenarios that do not have their own.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Defaults {
    pub clients: Vec<usize>,
    pub rounds: u32,
    pub window_seconds: f64,
    /// Duration of the load, per engine, before the first window of a cell. It is not counted.
    pub warm_up_seconds: f64,
}

/// The scenarios, in the order in which they run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scenarios {
    pub hot: Option<GridTable>,
    pub hot_remote: Option<GridTable>,
    pub many_uniform: Option<GridTable>,
    pub many_zipf: Option<GridTable>,
    pub checkout: Option<GridTable>,
    pub last_seats: Option<GridTable>,
    pub sold_out: Option<GridTable>,
    pub read_one: Option<GridTable>,
    pub read_many: Option<GridTable>,
    pub mixed: Option<GridTable>,
    pub seats_named: Option<GridTable>,
    pub sweep: Option<Sweep>,
    pub overload: Option<Overload>,
    pub stampede: Option<Stampede>,
    pub seats: Option<Seats>,
    pub long: Option<Long>,
}

/// Settings of a scenario that is a grid of clients and engines.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct GridTable {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engines: Option<Vec<Engine>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clients: Option<Vec<usize>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rounds: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warm_up_seconds: Option<f64>,
}

/// Many holds that expire in the same second, under load.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Sweep {
    pub holds: u32,
    /// Number of clients that place holds meanwhile.
    pub clients: usize,
    pub rounds: u32,
    /// Duration of the same load before the holds expire.
    pub quiet_seconds: f64,
}

/// Load above the capacity of the service, open loop.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Overload {
    /// Multiples of the capacity that is measured just before.
    pub factors: Vec<f64>,
    pub rounds: u32,
    pub window_seconds: f64,
    pub arrivals: Arrivals,
    pub connections: usize,
    /// The most milliseconds that a request may be sent late; later ones are not sent.
    pub patience_ms: u64,
}

/// An overload of one event, with a small load on other events.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Stampede {
    /// Multiple of the capacity that is measured just before.
    pub factor: f64,
    pub rounds: u32,
    pub window_seconds: f64,
    /// Number of connections of the stampede.
    pub connections: usize,
    pub patience_ms: u64,
    /// Holds per second of all other events together.
    pub others_per_second: u32,
}

/// A sale of several minutes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Long {
    pub clients: usize,
    pub minutes: u32,
}

/// A grid scenario with the defaults applied.
#[derive(Clone, Debug)]
pub struct Grid {
    pub kind: GridKind,
    pub engines: Vec<Engine>,
    pub clients: Vec<usize>,
    pub rounds: u32,
    pub window: Duration,
    pub warm_up: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GridKind {
    /// Holds of one event.
    Hot,
    /// The same, with half a millisecond each way between service and database.
    HotRemote,
    /// Holds of a thousand events, all with the same probability.
    ManyUniform,
    /// Holds of a thousand events; the probability of the k-th is proportional to `k^-1.1`.
    ManyZipf,
    /// A hold, then its booking.
    Checkout,
    /// Holds of an event that sells out.
    LastSeats,
    /// Holds of a sold-out event.
    SoldOut,
    /// The status of one event.
    ReadOne,
    /// The status of a thousand events.
    ReadMany,
    /// 90 % status reads, 8 % holds, 2 % bookings, of a thousand events.
    Mixed,
    /// Holds of named seats of one event.
    SeatsNamed,
}

impl Default for Defaults {
    fn default() -> Self {
        Self { clients: vec![1, 16, 64, 256], rounds: 3, window_seconds: 2.0, warm_up_seconds: 0.5 }
    }
}

impl GridKind {
    /// The name in suite files, results and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hot => "hot",
            Self::HotRemote => "hot-remote",
            Self::ManyUniform => "many-uniform",
            Self::ManyZipf => "many-zipf",
            Self::Checkout => "checkout",
            Self::LastSeats => "last-seats",
            Self::SoldOut => "sold-out",
            Self::ReadOne => "read-one",
            Self::ReadMany => "read-many",
            Self::Mixed => "mixed",
            Self::SeatsNamed => "seats-named",
        }
    }

    /// Whether every counted answer is a hold, so that WAL per answer is WAL per hold.
    pub fn places_holds(self) -> bool {
        matches!(self, Self::Hot | Self::HotRemote | Self::ManyUniform | Self::ManyZipf)
    }

    /// Whether the engine can run this scenario.
    fn supports(self, engine: Engine) -> bool {
        match engine {
            Engine::Lanes => true,
            // It differs from the lanes only in its transactions, so not for reads.
            Engine::PerRequest => !matches!(self, Self::ReadOne | Self::ReadMany),
            // They only implement holds of one event.
            Engine::Floor | Engine::Ceiling => self == Self::Hot,
        }
    }
}

impl Suite {
    /// Reads a suite file.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or has an unknown name or a value out of range; the error names the place.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| path.display().to_string())
    }

    /// Parses the text of a suite file.
    ///
    /// # Errors
    ///
    /// When the text is not TOML, or has an unknown name or a value out of range; the error names the place.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let suite: Self = toml::from_str(text)?;
        let is_valid_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        ensure!(!suite.name.is_empty() && is_valid_name(&suite.name), "name must be lower case letters and hyphens");
        for grid in suite.grids() {
            grid.check()?;
        }
        suite.scenarios.check()?;
        Ok(suite)
    }

    /// The grid scenarios, in the order in which they run.
    pub fn grids(&self) -> Vec<Grid> {
        let tables = &self.scenarios;
        let all = [
            (GridKind::Hot, &tables.hot),
            (GridKind::HotRemote, &tables.hot_remote),
            (GridKind::ManyUniform, &tables.many_uniform),
            (GridKind::ManyZipf, &tables.many_zipf),
            (GridKind::Checkout, &tables.checkout),
            (GridKind::LastSeats, &tables.last_seats),
            (GridKind::SoldOut, &tables.sold_out),
            (GridKind::ReadOne, &tables.read_one),
            (GridKind::ReadMany, &tables.read_many),
            (GridKind::Mixed, &tables.mixed),
            (GridKind::SeatsNamed, &tables.seats_named),
        ];
        all.into_iter().filter_map(|(kind, table)| Some(self.grid(kind, table.as_ref()?))).collect()
    }

    fn grid(&self, kind: GridKind, table: &GridTable) -> Grid {
        let defaults = &self.defaults;
        Grid {
            kind,
            engines: table.engines.clone().unwrap_or_else(|| vec![Engine::Lanes]),
            clients: table.clients.as_ref().unwrap_or(&defaults.clients).clone(),
            rounds: table.rounds.unwrap_or(defaults.rounds),
            window: seconds(table.window_seconds.unwrap_or(defaults.window_seconds)),
            warm_up: seconds(table.warm_up_seconds.unwrap_or(defaults.warm_up_seconds)),
        }
    }
}

impl Grid {
    fn check(&self) -> anyhow::Result<()> {
        let place = |setting: &str| format!("{setting} of {}", self.kind.name());
        ensure!(!self.clients.is_empty(), "{}: name at least one number", place("clients"));
        for &clients in &self.clients {
            check_range(&place("clients"), clients, &CLIENTS)?;
        }
        check_range(&place("rounds"), self.rounds, &ROUNDS)?;
        check_range(&place("window-seconds"), self.window.as_secs_f64(), &SECONDS)?;
        check_range(&place("warm-up-seconds"), self.warm_up.as_secs_f64(), &SECONDS)?;
        ensure!(self.engines.contains(&Engine::Lanes), "{}: lanes must be among them", place("engines"));
        for (index, &engine) in self.engines.iter().enumerate() {
            ensure!(self.kind.supports(engine), "{}: {} is not for this scenario", place("engines"), engine.name());
            ensure!(!self.engines[..index].contains(&engine), "{}: {} twice", place("engines"), engine.name());
        }
        Ok(())
    }
}

impl Scenarios {
    fn check(&self) -> anyhow::Result<()> {
        if let Some(sweep) = &self.sweep {
            check_range("holds of sweep", sweep.holds, &SWEEP_HOLDS)?;
            check_range("clients of sweep", sweep.clients, &CLIENTS)?;
            check_range("rounds of sweep", sweep.rounds, &ROUNDS)?;
            check_range("quiet-seconds of sweep", sweep.quiet_seconds, &SECONDS)?;
        }
        if let Some(overload) = &self.overload {
            ensure!(!overload.factors.is_empty(), "factors of overload: name at least one");
            for &factor in &overload.factors {
                check_range("factors of overload", factor, &FACTORS)?;
            }
            check_range("rounds of overload", overload.rounds, &ROUNDS)?;
            check_range("window-seconds of overload", overload.window_seconds, &SECONDS)?;
            check_range("connections of overload", overload.connections, &CONNECTIONS)?;
            check_range("patience-ms of overload", overload.patience_ms, &PATIENCE_MS)?;
        }
        if let Some(stampede) = &self.stampede {
            check_range("factor of stampede", stampede.factor, &FACTORS)?;
            check_range("rounds of stampede", stampede.rounds, &ROUNDS)?;
            check_range("window-seconds of stampede", stampede.window_seconds, &SECONDS)?;
            check_range("connections of stampede", stampede.connections, &CONNECTIONS)?;
            check_range("patience-ms of stampede", stampede.patience_ms, &PATIENCE_MS)?;
            check_range("others-per-second of stampede", stampede.others_per_second, &OTHERS_PER_SECOND)?;
        }
        if let Some(seats) = &self.seats {
            seats.check()?;
        }
        if let Some(long) = &self.long {
            check_range("clients of long", long.clients, &CLIENTS)?;
            check_range("minutes of long", long.minutes, &MINUTES)?;
        }
        Ok(())
    }
}

fn check_range<T: PartialOrd + Display>(place: &str, value: T, range: &RangeInclusive<T>) -> anyhow::Result<()> {
    ensure!(range.contains(&value), "{place} is {value}: it must be from {} to {}", range.start(), range.end());
    Ok(())
}

/// Converts a number of seconds that was checked to be in range.
pub fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
