//! What the scenario `seats` measured.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Spread;
use crate::load::recorder::Percentiles;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeatsResult {
    /// Of the house.
    pub seats: u32,
    /// To create the venue, and an event with a row for each of its seats, in milliseconds.
    pub venue_ms: Spread,
    pub event_ms: Spread,
    pub named: SalesResult,
    pub best_available: SalesResult,
    /// Best available with few clients: the house filling from its best seats, and filled at random to each level.
    pub in_order: Curve,
    pub scattered: Curve,
    pub map: MapResult,
}

/// Sales of a whole house.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SalesResult {
    pub clients: usize,
    /// The last is the end of the sale.
    pub milestones: Vec<Milestone>,
    /// Of holds.
    pub micros: Percentiles,
    /// Seats that were held in the end, of all sales together.
    pub held: u64,
    /// Of one core: near 1 the generator is what was measured.
    pub generator_cpu_share: f64,
    pub shed: u64,
    pub errors: BTreeMap<String, u64>,
    /// Absent for what no sale reached.
    pub steps: Vec<Step>,
}

/// From the beginning of a sale until so much was sold.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// Of the house, in per cent.
    pub full: u32,
    pub seconds: Spread,
    /// Accepted holds, the seats in them, and refusals, all per second.
    pub holds: Spread,
    pub seats: Spread,
    pub refused: Spread,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Curve {
    pub clients: usize,
    pub shed: u64,
    pub errors: BTreeMap<String, u64>,
    pub steps: Vec<Step>,
}

/// What happened while a twentieth of the house filled, over all rounds.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// How full the house was when it began, in per cent.
    pub full: u32,
    /// Accepted holds.
    pub per_second: Spread,
    /// Of the same.
    pub micros: Percentiles,
    pub accepted: u64,
    pub refused: u64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MapResult {
    /// How many of the seats were held and booked, in per cent.
    pub full: u32,
    pub reads: Vec<Read>,
    /// Where the seats stand, in bytes.
    pub layout_plain: u64,
    pub layout_gzip: u64,
}

/// One kind of question, asked by so many at once.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Read {
    pub question: Question,
    pub clients: usize,
    /// Of a body, as it came.
    pub bytes: u64,
    pub per_second: Spread,
    pub micros: Percentiles,
    pub errors: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// All seats, compressed as browsers ask for it.
    Gzip,
    /// All seats as they are.
    Plain,
    /// What has changed since some holds ago.
    Since,
}

impl SeatsResult {
    /// What a client alone is told when it asks so.
    pub fn read_alone(&self, question: Question) -> Option<&Read> {
        self.map.reads.iter().find(|read| read.question == question && read.clients == 1)
    }
}
