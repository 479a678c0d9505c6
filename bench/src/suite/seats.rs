//! The table of the scenario `seats`.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::{CLIENTS, ROUNDS, SECONDS, within};

/// A layout has at most a hundred thousand seats.
const SECTIONS: RangeInclusive<u32> = 1..=100;

/// A house of numbered seats that is sold until nothing is left, and looked at.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Seats {
    /// Of the house, with a thousand seats each.
    pub sections: u32,
    /// Of the sales that say how much the service can do.
    pub clients: usize,
    /// Of those that say how it changes while the house fills: few, so that a latency is that of a hold and not that of a
    /// crowd.
    pub curve_clients: usize,
    /// Of reading, beside one client alone.
    pub read_clients: usize,
    pub rounds: u32,
    /// Of reading.
    pub window_seconds: f64,
}

impl Seats {
    pub(super) fn check(&self) -> anyhow::Result<()> {
        within("sections of seats", self.sections, &SECTIONS)?;
        within("clients of seats", self.clients, &CLIENTS)?;
        within("curve-clients of seats", self.curve_clients, &CLIENTS)?;
        within("read-clients of seats", self.read_clients, &CLIENTS)?;
        within("rounds of seats", self.rounds, &ROUNDS)?;
        within("window-seconds of seats", self.window_seconds, &SECONDS)
    }
}
