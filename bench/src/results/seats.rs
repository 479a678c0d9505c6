//! Results of the scenario `seats`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Spread;
use crate::load::recorder::Percentiles;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeatsResult {
    /// Number of seats of each event.
    pub seats: u32,
    /// Times to create the venue, and an event with a row for each of its seats, in milliseconds.
    pub venue_ms: Spread,
    pub event_ms: Spread,
    pub named: SalesResult,
    pub best_available: SalesResult,
    /// Best available with few clients: from the best seats to the last, and with seats held at random up to each
    /// level.
    pub in_order: Curve,
    pub scattered: Curve,
    pub map: MapResult,
}

/// Sales of all seats of an event.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SalesResult {
    pub clients: usize,
    /// Ascending; the last one is the end of the sale.
    pub milestones: Vec<Milestone>,
    /// Latencies of holds.
    pub micros: Percentiles,
    /// Held seats at the end, of all sales together.
    pub held: u64,
    /// Share of one core that the load generator used. Near 1, it limits the figures.
    pub generator_cpu_share: f64,
    pub shed: u64,
    pub errors: BTreeMap<String, u64>,
    /// Steps that at least one sale reached.
    pub steps: Vec<Step>,
}

/// The part of a sale from its beginning until a share of the seats is sold.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// Share of the seats that are sold, in per cent.
    pub full: u32,
    pub seconds: Spread,
    /// Rates per second: accepted holds, the seats in them, and refusals.
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

/// The part of a sale in which one twentieth of the seats is sold, over all rounds.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Share of the seats that were sold at the beginning of the step, in per cent.
    pub full: u32,
    /// Rate of accepted holds.
    pub per_second: Spread,
    /// Latencies of accepted holds.
    pub micros: Percentiles,
    pub accepted: u64,
    pub refused: u64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MapResult {
    /// Share of the seats that were held or booked, in per cent.
    pub full: u32,
    pub reads: Vec<Read>,
    /// Size of the layout in bytes, uncompressed and compressed.
    pub layout_plain: u64,
    pub layout_gzip: u64,
}

/// Reads of the seat map with one kind of request and number of clients.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Read {
    pub question: Question,
    pub clients: usize,
    /// Size of a body as it was received.
    pub bytes: u64,
    pub per_second: Spread,
    pub micros: Percentiles,
    pub errors: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// All seats, compressed with gzip, as for browsers.
    Gzip,
    /// All seats, uncompressed.
    Plain,
    /// The changes since an earlier sequence, compressed.
    Since,
}

impl SeatsResult {
    /// The reads of one single client with this request.
    pub fn read_alone(&self, question: Question) -> Option<&Read> {
        self.map.reads.iter().find(|read| read.question == question && read.clients == 1)
    }
}
