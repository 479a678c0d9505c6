//! Latencies and errors of one window.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Context as _;
use hdrhistogram::Histogram;
use serde::Serialize;

/// The longest latency that is told from longer ones, in microseconds: one minute, twice the client's timeout.
const LATENCY_MICROS_MAX: u64 = 60_000_000;

/// Three digits: a figure is off by at most 0.1 %.
const SIGNIFICANT_DIGITS: u8 = 3;

/// Shared by all clients of a window. One histogram instead of one per client: it stays in the processor's cache.
pub struct Recorder {
    /// Microseconds, of the answers that count.
    latencies: Histogram<u64>,
    errors: BTreeMap<String, u64>,
}

/// Microseconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Percentiles {
    pub p50: u64,
    pub p90: u64,
    pub p99: u64,
    pub p999: u64,
    pub max: u64,
}

impl Recorder {
    pub fn new() -> Self {
        let latencies = Histogram::new_with_max(LATENCY_MICROS_MAX, SIGNIFICANT_DIGITS)
            .expect("the bounds are constants that HdrHistogram takes");
        Self { latencies, errors: BTreeMap::new() }
    }

    pub fn success(&mut self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        self.latencies.saturating_record(micros);
    }

    pub fn error(&mut self, label: String) {
        *self.errors.entry(label).or_default() += 1;
    }

    /// Adds what another window recorded.
    ///
    /// # Errors
    ///
    /// None in practice: all histograms have the same bounds.
    pub fn add(&mut self, other: &Self) -> anyhow::Result<()> {
        self.latencies.add(&other.latencies).context("histograms differ in their bounds")?;
        for (label, count) in &other.errors {
            *self.errors.entry(label.clone()).or_default() += count;
        }
        Ok(())
    }

    pub fn successes(&self) -> u64 {
        self.latencies.len()
    }

    /// How often, by label.
    pub fn errors(&self) -> &BTreeMap<String, u64> {
        &self.errors
    }

    pub fn percentiles(&self) -> Percentiles {
        Percentiles {
            p50: self.latencies.value_at_quantile(0.5),
            p90: self.latencies.value_at_quantile(0.9),
            p99: self.latencies.value_at_quantile(0.99),
            p999: self.latencies.value_at_quantile(0.999),
            max: self.latencies.max(),
        }
    }
}

impl Default for Recorder {
    fn default() -> Self {
        Self::new()
    }
}
