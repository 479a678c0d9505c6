//! What all clients of a run share: how many requests are left, what became of those before, and what was acknowledged.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::pace::Pace;
use crate::acknowledged::{Acknowledged, Journal};

/// The line that says that half of the requests are done. Scripts wait for it.
const HALF_DONE: &str = "half of the requests are done";

pub struct Shared {
    requests: u64,
    pace: Pace,
    /// How many were begun, and more: the counter goes on when there are none left.
    begun: AtomicU64,
    written: Mutex<Written>,
}

struct Written {
    journal: Journal,
    tally: Tally,
}

/// What became of the requests.
#[derive(Default)]
pub struct Tally {
    settled: u64,
    /// No answer settled them.
    given_up: u64,
    replayed: u64,
    /// How late the latest one began; `None` if they had no times of their own.
    latest: Option<Duration>,
    /// CommitResolution with one of the answers that the API promises for this request in this state, by what was asked and answered.
    expected: BTreeMap<String, u64>,
    /// CommitResolution otherwise, or given up.
    wrong: BTreeMap<String, u64>,
    /// Tries that were repeated, by what they ended with.
    repeated: BTreeMap<String, u64>,
}

/// What became of one request.
pub struct Settlement {
    /// What was asked and what was answered.
    pub label: String,
    pub is_expected: bool,
    pub given_up: bool,
    pub replayed: bool,
    pub repeated: Vec<String>,
    pub acknowledged: Option<Acknowledged>,
}

impl Shared {
    pub fn new(requests: u64, pace: Pace, journal: Journal) -> Self {
        let written = Mutex::new(Written { journal, tally: Tally::default() });
        Self { requests, pace, begun: AtomicU64::new(0), written }
    }

    /// Whether one more request may be begun. Returns when it is due.
    pub async fn take(&self) -> bool {
        let number = self.begun.fetch_add(1, Ordering::Relaxed);
        if number >= self.requests {
            return false;
        }
        let late = self.pace.wait(number).await;
        let latest = &mut self.written().tally.latest;
        *latest = late.max(*latest);
        true
    }

    /// Lets no more requests begin: one is lost, so the run has failed, and whoever waits for it should hear that soon.
    pub fn give_up(&self) {
        self.begun.store(self.requests, Ordering::Relaxed);
    }

    /// Writes down what became of a request that was taken.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn settle(&self, settlement: Settlement) -> anyhow::Result<()> {
        let mut written = self.written();
        if let Some(acknowledged) = settlement.acknowledged {
            written.journal.record(acknowledged)?;
        }
        let tally = &mut written.tally;
        let ends = if settlement.is_expected { &mut tally.expected } else { &mut tally.wrong };
        *ends.entry(settlement.label).or_default() += 1;
        for label in settlement.repeated {
            *tally.repeated.entry(label).or_default() += 1;
        }
        tally.replayed += u64::from(settlement.replayed);
        tally.given_up += u64::from(settlement.given_up);
        tally.settled += 1;
        if tally.settled == self.requests.div_ceil(2) {
            println!("{HALF_DONE}");
        }
        Ok(())
    }

    /// Never held across an await.
    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// # Errors
    ///
    /// When what was acknowledged cannot be written.
    pub fn finish(self) -> anyhow::Result<Tally> {
        let written = self.written.into_inner().unwrap_or_else(PoisonError::into_inner);
        written.journal.finish()?;
        Ok(written.tally)
    }
}

impl Tally {
    /// Whether every request ended as the API promises.
    pub fn is_clean(&self) -> bool {
        self.wrong.is_empty()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let repeated: u64 = self.repeated.values().sum();
        let wrong: u64 = self.wrong.values().sum();
        write!(
            f,
            "{} requests: {repeated} tries repeated, {} given up, {} wrong, {} answers replayed",
            self.settled,
            self.given_up,
            wrong - self.given_up,
            self.replayed
        )?;
        if let Some(latest) = self.latest {
            write!(f, ", begun at most {} ms late", latest.as_millis())?;
        }
        for (kind, labels) in [("as promised", &self.expected), ("WRONG", &self.wrong), ("repeated", &self.repeated)] {
            for (label, count) in labels {
                write!(f, "\n  {count:>8}  {kind}: {label}")?;
            }
        }
        Ok(())
    }
}
