//! When each worker last did its work, for those who ask about the service's health.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Cheap to clone: shared by the supervisor and the health resource. By the process's monotonic clock, which is good
/// enough for "how long ago" and decides nothing.
#[derive(Clone, Debug)]
pub struct WorkerHealth {
    started: Instant,
    last_success: Arc<Mutex<BTreeMap<&'static str, Instant>>>,
}

impl Default for WorkerHealth {
    fn default() -> Self {
        Self { started: Instant::now(), last_success: Arc::default() }
    }
}

impl WorkerHealth {
    /// A worker's tick came to a good end.
    pub fn succeeded(&self, worker: &'static str) {
        let mut last_success = self.last_success.lock().unwrap_or_else(PoisonError::into_inner);
        last_success.insert(worker, Instant::now());
    }

    /// How long ago a worker last succeeded; since the start of the process if it never has.
    pub fn age(&self, worker: &str) -> Duration {
        let last_success = self.last_success.lock().unwrap_or_else(PoisonError::into_inner);
        last_success.get(worker).copied().unwrap_or(self.started).elapsed()
    }
}
