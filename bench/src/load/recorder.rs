//! Latencies and outcomes of one window.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Context as _;
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// The longest recorded latency, in microseconds: one minute, twice the client's timeout. Longer ones are recorded as
/// this.
const LATENCY_MICROS_MAX: u64 = 60_000_000;

/// Three significant digits: the error of a figure is at most 0.1 %.
const SIGNIFICANT_DIGITS: u8 = 3;

/// Quantiles of the latency curve, closer together in the tail.
const CURVE: [f64; 14] = [0.0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999, 1.0];

/// Outcome of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestOutcome {
    /// The request succeeded.
    Accepted,
    /// Refused for lack of capacity, as documented in the API.
    Refused,
    /// Refused with 503 and `Retry-After` because of the load.
    Shed,
    /// Any other answer or error, with the label under which it is counted.
    Failed(String),
}

/// Records the answers to all clients of a window. One recorder for all clients stays in the processor's cache.
pub struct Recorder {
    pub accepted: Latencies,
    pub refused: Latencies,
    /// Latencies of 503 responses, from the sending: the server cannot refuse a request earlier.
    pub shed: Latencies,
    /// Delay between the scheduled start and the sending. Empty in a closed loop, which has no schedule.
    pub lag: Latencies,
    /// Requests of an open loop that were never sent, because no connection was free in time.
    unsent: u64,
    /// Accepted after the end of a closed loop's window. Not part of the rate, but the seat is held.
    accepted_late: u64,
    /// The part of `accepted` after the end of an open loop's window: in the latencies, not in the rate.
    accepted_after_window: u64,
    errors: BTreeMap<String, u64>,
}

/// A distribution of latencies, in microseconds.
pub struct Latencies(Histogram<u64>);

/// Percentiles of latency, in microseconds.
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
            accepted_after_window: 0,
            errors: BTreeMap::new(),
        }
    }

    /// Records an answer inside the window. `since_sent` differs from `latency` only in an open loop.
    pub fn record_answer(&mut self, outcome: RequestOutcome, latency: Duration, since_sent: Duration) {
        match outcome {
            RequestOutcome::Accepted => self.accepted.record(latency),
            RequestOutcome::Refused => self.refused.record(latency),
            RequestOutcome::Shed => self.shed.record(since_sent),
            RequestOutcome::Failed(label) => *self.errors.entry(label).or_default() += 1,
        }
    }

    /// Records an answer of a closed loop after the window. Errors always count.
    pub fn record_late_answer(&mut self, outcome: RequestOutcome) {
        match outcome {
            RequestOutcome::Accepted => self.accepted_late += 1,
            RequestOutcome::Refused | RequestOutcome::Shed => {}
            RequestOutcome::Failed(label) => *self.errors.entry(label).or_default() += 1,
        }
    }

    /// Records an answer of an open loop after the window. Its latency counts, because otherwise the longest would be
    /// missing.
    pub fn record_answer_after_window(&mut self, outcome: RequestOutcome, latency: Duration, since_sent: Duration) {
        self.accepted_after_window += u64::from(outcome == RequestOutcome::Accepted);
        self.record_answer(outcome, latency, since_sent);
    }

    pub fn record_unsent(&mut self) {
        self.unsent += 1;
    }

    /// Adds the records of another window.
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
        self.accepted_after_window += other.accepted_after_window;
        for (label, count) in &other.errors {
            *self.errors.entry(label.clone()).or_default() += count;
        }
        Ok(())
    }

    pub fn unsent_count(&self) -> u64 {
        self.unsent
    }

    /// Number of accepted requests that were answered before the end of the window.
    pub fn accepted_in_time(&self) -> u64 {
        self.accepted.count() - self.accepted_after_window
    }

    /// Number of accepted requests, inside the window and after it.
    pub fn accepted_in_all(&self) -> u64 {
        self.accepted.count() + self.accepted_late
    }

    /// Number of errors by label.
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
        let value = |quantile| self.0.value_at_quantile(quantile);
        Percentiles { p50: value(0.5), p90: value(0.9), p99: value(0.99), p999: value(0.999), max: self.0.max() }
    }

    /// Shares of the answers, each with the microseconds within which they came. Empty without answers.
    pub fn curve(&self) -> Vec<(f64, u64)> {
        let point = |quantile| (quantile, self.0.value_at_quantile(quantile));
        if self.0.is_empty() { Vec::new() } else { CURVE.map(point).to_vec() }
    }
}
