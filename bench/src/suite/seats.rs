//! The table of the scenario `seats`.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::{CLIENTS, ROUNDS, SECONDS, check_range};

/// Sections of 1,000 seats. A layout has at most 100,000 seats.
const SECTIONS: RangeInclusive<u32> = 1..=100;

/// Sales of numbered seats until no seat is left, and reads of the seat map.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Seats {
    /// Number of sections, with a thousand seats each.
    pub sections: u32,
    /// Number of clients of the sales that measure throughput.
    pub clients: usize,
    /// Number of clients of the sales that measure the latency by seats sold: few, so that it is not the time in the
    /// queue.
    pub curve_clients: usize,
    /// Number of clients that read the seat map, besides the measurement with one client.
    pub read_clients: usize,
    pub rounds: u32,
    /// Duration of a window of reads.
    pub window_seconds: f64,
}

impl Seats {
    pub(super) fn check(&self) -> anyhow::Result<()> {
        check_range("sections of seats", self.sections, &SECTIONS)?;
        check_range("clients of seats", self.clients, &CLIENTS)?;
        check_range("curve-clients of seats", self.curve_clients, &CLIENTS)?;
        check_range("read-clients of seats", self.read_clients, &CLIENTS)?;
        check_range("rounds of seats", self.rounds, &ROUNDS)?;
        check_range("window-seconds of seats", self.window_seconds, &SECONDS)
    }
}
