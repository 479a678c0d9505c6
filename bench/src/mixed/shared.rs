//! State shared by all clients of a run: the number of requests left, the results, and the file of acknowledged work.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::pace::Pace;
use crate::acknowledged::{Acknowledged, AcknowledgedWriter};

/// Printed when half of the requests are finished. Scripts wait for this line.
const HALF_DONE: &str = "half of the requests are done";

pub struct Shared {
    requests: u64,
    pace: Pace,
    /// Number of begun requests. It can exceed `requests`, because clients also count when none is left.
    begun: AtomicU64,
    records: Mutex<Records>,
}

struct Records {
    acknowledged: AcknowledgedWriter,
    summary: Summary,
}

/// Summary of the results.
#[derive(Default)]
pub struct Summary {
    finished: u64,
    /// Requests without a final answer.
    given_up: u64,
    replayed: u64,
    /// Largest delay of a start; `None` without a schedule.
    largest_delay: Option<Duration>,
    /// Number of requests with a documented answer, by operation and answer.
    expected: BTreeMap<String, u64>,
    /// Number of requests with another answer, or given up.
    wrong: BTreeMap<String, u64>,
    /// Number of repeated tries, by their result.
    repeated: BTreeMap<String, u64>,
}

/// Result of one request.
pub struct RequestResult {
    /// Operation and answer.
    pub label: String,
    pub is_expected: bool,
    pub given_up: bool,
    pub replayed: bool,
    pub repeated: Vec<String>,
    pub acknowledged: Option<Acknowledged>,
}

impl Shared {
    pub fn new(requests: u64, pace: Pace, acknowledged: AcknowledgedWriter) -> Self {
        let records = Mutex::new(Records { acknowledged, summary: Summary::default() });
        Self { requests, pace, begun: AtomicU64::new(0), records }
    }

    /// Waits until the next request is due. Returns false if none is left.
    pub async fn begin_request(&self) -> bool {
        let number = self.begun.fetch_add(1, Ordering::Relaxed);
        if number >= self.requests {
            return false;
        }
        let delay = self.pace.wait_until_due(number).await;
        let largest_delay = &mut self.records().summary.largest_delay;
        *largest_delay = delay.max(*largest_delay);
        true
    }

    /// Prevents further requests: the run has failed already and should end soon.
    pub fn stop(&self) {
        self.begun.store(self.requests, Ordering::Relaxed);
    }

    /// Records the result of a request.
    ///
    /// # Errors
    ///
    /// When acknowledged work cannot be written.
    pub fn record(&self, result: RequestResult) -> anyhow::Result<()> {
        let mut records = self.records();
        if let Some(acknowledged) = result.acknowledged {
            records.acknowledged.record(acknowledged)?;
        }
        let summary = &mut records.summary;
        let counts = if result.is_expected { &mut summary.expected } else { &mut summary.wrong };
        *counts.entry(result.label).or_default() += 1;
        for label in result.repeated {
            *summary.repeated.entry(label).or_default() += 1;
        }
        summary.replayed += u64::from(result.replayed);
        summary.given_up += u64::from(result.given_up);
        summary.finished += 1;
        if summary.finished == self.requests.div_ceil(2) {
            println!("{HALF_DONE}");
        }
        Ok(())
    }

    /// The guard must not be held across an await.
    fn records(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the file of acknowledged work and returns the summary.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn finish(self) -> anyhow::Result<Summary> {
        let records = self.records.into_inner().unwrap_or_else(PoisonError::into_inner);
        records.acknowledged.finish()?;
        Ok(records.summary)
    }
}

impl Summary {
    /// Whether every request ended as documented.
    pub fn is_clean(&self) -> bool {
        self.wrong.is_empty()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let repeated: u64 = self.repeated.values().sum();
        let wrong: u64 = self.wrong.values().sum();
        write!(
            f,
            "{} requests: {repeated} tries repeated, {} given up, {} wrong, {} answers replayed",
            self.finished,
            self.given_up,
            wrong - self.given_up,
            self.replayed
        )?;
        if let Some(delay) = self.largest_delay {
            write!(f, ", started at most {} ms late", delay.as_millis())?;
        }
        for (kind, labels) in [("as documented", &self.expected), ("WRONG", &self.wrong), ("repeated", &self.repeated)]
        {
            for (label, count) in labels {
                write!(f, "\n  {count:>8}  {kind}: {label}")?;
            }
        }
        Ok(())
    }
}
