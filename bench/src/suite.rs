//! Suite files: which scenarios run, how long, how often, with how many clients, side by side with what.
//!
//! A file is TOML with a table per scenario. What a grid scenario does not say comes from `defaults`. Unknown names are
//! refused, and so is what is out of range, before anything is started.

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

/// What a file says, in range.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suite {
    /// Of the report's section and of its files.
    pub name: String,
    #[serde(default)]
    pub defaults: Defaults,
    pub scenarios: Scenarios,
}

/// For grid scenarios that do not say otherwise.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Defaults {
    pub clients: Vec<usize>,
    pub rounds: u32,
    pub window_seconds: f64,
    /// Load before the first window of a cell, per engine, that is not counted.
    pub warm_up_seconds: f64,
}

/// In the order in which they run.
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

/// A scenario that is a grid of clients and engines.
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
    /// Of the load of holds.
    pub clients: usize,
    pub rounds: u32,
    /// Of the same load before anything expires.
    pub quiet_seconds: f64,
}

/// More than the service can do, open loop.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Overload {
    /// Of the capacity that is measured just before.
    pub factors: Vec<f64>,
    pub rounds: u32,
    pub window_seconds: f64,
    pub arrivals: Arrivals,
    pub connections: usize,
    /// How late a request may be sent; later ones are given up.
    pub patience_ms: u64,
}

/// One event overrun, while others sell modestly.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Stampede {
    /// Of the capacity that is measured just before.
    pub factor: f64,
    pub rounds: u32,
    pub window_seconds: f64,
    /// Of the stampede.
    pub connections: usize,
    pub patience_ms: u64,
    /// Holds per second of the other events, all together.
    pub others_per_second: u32,
}

/// A sale that goes on.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Long {
    pub clients: usize,
    pub minutes: u32,
}

/// A grid with nothing left open.
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
    /// One event, holds.
    Hot,
    /// The same, with half a millisecond each way between service and database.
    HotRemote,
    /// A thousand events, each wanted as much as the others.
    ManyUniform,
    /// A thousand events, the k-th wanted in proportion to `k^-1.1`.
    ManyZipf,
    /// A hold, then its booking.
    Checkout,
    /// A sale that runs out.
    LastSeats,
    /// Nothing to be had.
    SoldOut,
    /// The status of one event.
    ReadOne,
    /// The status of a thousand.
    ReadMany,
    /// 90 % status, 8 % holds, 2 % bookings, of a thousand events.
    Mixed,
    /// Seats of one event, each visitor naming those that may be available.
    SeatsNamed,
}

impl Default for Defaults {
    fn default() -> Self {
        Self { clients: vec![1, 16, 64, 256], rounds: 3, window_seconds: 2.0, warm_up_seconds: 0.5 }
    }
}

impl GridKind {
    /// As in suite files, results and reports.
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

    fn admits(self, engine: Engine) -> bool {
        match engine {
            Engine::Lanes => true,
            // It only differs in how commands become transactions.
            Engine::PerRequest => !matches!(self, Self::ReadOne | Self::ReadMany),
            // Made for this one.
            Engine::Floor | Engine::Ceiling => self == Self::Hot,
        }
    }
}

impl Suite {
    /// # Errors
    ///
    /// When the file cannot be read, says something unknown or is out of range, naming the place.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| path.display().to_string())
    }

    /// # Errors
    ///
    /// When the text is not TOML, says something unknown or is out of range, naming the place.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let suite: Self = toml::from_str(text)?;
        let is_plain = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        ensure!(!suite.name.is_empty() && is_plain(&suite.name), "name must be lower case letters and hyphens");
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
        let place = |what: &str| format!("{} of {}", what, self.kind.name());
        ensure!(!self.clients.is_empty(), "{}: name at least one number", place("clients"));
        for &clients in &self.clients {
            within(&place("clients"), clients, &CLIENTS)?;
        }
        within(&place("rounds"), self.rounds, &ROUNDS)?;
        within(&place("window-seconds"), self.window.as_secs_f64(), &SECONDS)?;
        within(&place("warm-up-seconds"), self.warm_up.as_secs_f64(), &SECONDS)?;
        ensure!(self.engines.contains(&Engine::Lanes), "{}: lanes must be among them", place("engines"));
        for (index, &engine) in self.engines.iter().enumerate() {
            ensure!(self.kind.admits(engine), "{}: {} is not for this scenario", place("engines"), engine.name());
            ensure!(!self.engines[..index].contains(&engine), "{}: {} twice", place("engines"), engine.name());
        }
        Ok(())
    }
}

impl Scenarios {
    fn check(&self) -> anyhow::Result<()> {
        if let Some(sweep) = &self.sweep {
            within("holds of sweep", sweep.holds, &SWEEP_HOLDS)?;
            within("clients of sweep", sweep.clients, &CLIENTS)?;
            within("rounds of sweep", sweep.rounds, &ROUNDS)?;
            within("quiet-seconds of sweep", sweep.quiet_seconds, &SECONDS)?;
        }
        if let Some(overload) = &self.overload {
            ensure!(!overload.factors.is_empty(), "factors of overload: name at least one");
            for &factor in &overload.factors {
                within("factors of overload", factor, &FACTORS)?;
            }
            within("rounds of overload", overload.rounds, &ROUNDS)?;
            within("window-seconds of overload", overload.window_seconds, &SECONDS)?;
            within("connections of overload", overload.connections, &CONNECTIONS)?;
            within("patience-ms of overload", overload.patience_ms, &PATIENCE_MS)?;
        }
        if let Some(stampede) = &self.stampede {
            within("factor of stampede", stampede.factor, &FACTORS)?;
            within("rounds of stampede", stampede.rounds, &ROUNDS)?;
            within("window-seconds of stampede", stampede.window_seconds, &SECONDS)?;
            within("connections of stampede", stampede.connections, &CONNECTIONS)?;
            within("patience-ms of stampede", stampede.patience_ms, &PATIENCE_MS)?;
            within("others-per-second of stampede", stampede.others_per_second, &OTHERS_PER_SECOND)?;
        }
        if let Some(seats) = &self.seats {
            seats.check()?;
        }
        if let Some(long) = &self.long {
            within("clients of long", long.clients, &CLIENTS)?;
            within("minutes of long", long.minutes, &MINUTES)?;
        }
        Ok(())
    }
}

fn within<T: PartialOrd + Display>(place: &str, value: T, range: &RangeInclusive<T>) -> anyhow::Result<()> {
    ensure!(range.contains(&value), "{place} is {value}: it must be from {} to {}", range.start(), range.end());
    Ok(())
}

/// Of a figure that is checked to be in range before it is used.
pub fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
