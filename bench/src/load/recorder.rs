//! Latencies and verdicts of one window.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Context as _;
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// The longest latency that is told from longer ones, in microseconds: one minute, twice the client's timeout.
const LATENCY_MICROS_MAX: u64 = 60_000_000;

/// Three digits: a figure is off by at most 0.1 %.
const SIGNIFICANT_DIGITS: u8 = 3;

/// Where the curve of a distribution is read off. Close together where it bends.
const CURVE: [f64; 14] = [0.0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999, 1.0];

/// What an answer is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Done, as asked.
    Accepted,
    /// Not done, for lack of room: the answer that the API promises in that state.
    Refused,
    /// Turned away because of the load, to come back later.
    Shed,
    /// Anything else, by what it is counted under.
    Failed(String),
}

/// Shared by all clients of a window. One recorder instead of one per client: it stays in the processor's cache.
pub struct Recorder {
    pub accepted: Latencies,
    pub refused: Latencies,
    /// From the moment of sending: before that nobody can turn a request away.
    pub shed: Latencies,
    /// How much later than intended requests were sent. Empty in a closed loop, which intends nothing.
    pub lag: Latencies,
    /// Requests of an open loop that were never sent, because no connection was free in time.
    unsent: u64,
    /// Accepted after the end of the window. Part of no rate, but somebody has the seat.
    accepted_late: u64,
    /// The part of `accepted` that came after the end of an open loop's window: part of the latencies, not of the rate.
    drained: u64,
    errors: BTreeMap<String, u64>,
}

/// A distribution of microseconds.
pub struct Latencies(Histogram<u64>);

/// Microseconds.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Percentiles {
    pub p50: u64,
    pub p90: u64,
    pub p99: u64,
    pub p999: u64,
    pub max: u64,
}

impl Recorder {
    pub fn new() -> Self {
        Self {
            accepted: Latencies::new(),
            refused: Latencies::new(),
            shed: Latencies::new(),
            lag: Latencies::new(),
            unsent: 0,
            accepted_late: 0,
            drained: 0,
            errors: BTreeMap::new(),
        }
    }

    /// An answer that came inside the window. `since_sent` differs from `latency` only in an open loop.
    pub fn answer(&mut self, verdict: Verdict, latency: Duration, since_sent: Duration) {
        match verdict {
            Verdict::Accepted => self.accepted.record(latency),
            Verdict::Refused => self.refused.record(latency),
            Verdict::Shed => self.shed.record(since_sent),
            Verdict::Failed(label) => *self.errors.entry(label).or_default() += 1,
        }
    }

    /// An answer that came after the window. Errors count whenever they come.
    pub fn late_answer(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Accepted => self.accepted_late += 1,
            Verdict::Refused | Verdict::Shed => {}
            Verdict::Failed(label) => *self.errors.entry(label).or_default() += 1,
        }
    }

    /// An answer of an open loop that came after the window. Its latency counts, or those who waited longest would not.
    pub fn drained_answer(&mut self, verdict: Verdict, latency: Duration, since_sent: Duration) {
        self.drained += u64::from(verdict == Verdict::Accepted);
        self.answer(verdict, latency, since_sent);
    }

    pub fn unsent(&mut self) {
        self.unsent += 1;
    }

    /// Adds what another window recorded.
    ///
    /// # Errors
    ///
    /// None in practice: all histograms have the same bounds.
    pub fn add(&mut self, other: &Self) -> anyhow::Result<()> {
        self.accepted.add(&other.accepted)?;
        self.refused.add(&other.refused)?;
        self.shed.add(&other.shed)?;
        self.lag.add(&other.lag)?;
        self.unsent += other.unsent;
        self.accepted_late += other.accepted_late;
        self.drained += other.drained;
        for (label, count) in &other.errors {
            *self.errors.entry(label.clone()).or_default() += count;
        }
        Ok(())
    }

    pub fn unsent_count(&self) -> u64 {
        self.unsent
    }

    /// Accepted, and answered before the end of the window.
    pub fn accepted_in_time(&self) -> u64 {
        self.accepted.count() - self.drained
    }

    /// Inside the window and after it.
    pub fn accepted_in_all(&self) -> u64 {
        self.accepted.count() + self.accepted_late
    }

    /// How often, by label.
    pub fn errors(&self) -> &BTreeMap<String, u64> {
        &self.errors
    }

    pub fn error_count(&self) -> u64 {
        self.errors.values().sum()
    }
}

impl Default for Recorder {
    fn default() -> Self {
        Self::new()
    }
}

impl Default for Latencies {
    fn default() -> Self {
        Self::new()
    }
}

impl Latencies {
    pub fn new() -> Self {
        let histogram = Histogram::new_with_max(LATENCY_MICROS_MAX, SIGNIFICANT_DIGITS);
        Self(histogram.expect("the bounds are constants that HdrHistogram takes"))
    }

    pub fn record(&mut self, latency: Duration) {
        self.0.saturating_record(u64::try_from(latency.as_micros()).unwrap_or(u64::MAX));
    }

    /// # Errors
    ///
    /// None in practice: all histograms have the same bounds.
    pub fn add(&mut self, other: &Self) -> anyhow::Result<()> {
        self.0.add(&other.0).context("histograms differ in their bounds")
    }

    pub fn count(&self) -> u64 {
        self.0.len()
    }

    pub fn percentiles(&self) -> Percentiles {
        let at = |quantile| self.0.value_at_quantile(quantile);
        Percentiles { p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999), max: self.0.max() }
    }

    /// Shares of all, each with the microseconds within which they were answered. Empty when there was nothing.
    pub fn curve(&self) -> Vec<(f64, u64)> {
        let point = |quantile| (quantile, self.0.value_at_quantile(quantile));
        if self.0.is_empty() { Vec::new() } else { CURVE.map(point).to_vec() }
    }
}
