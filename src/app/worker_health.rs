//! Time of each worker's last success, for `/api/v1/health/status`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Last success of each worker, shared by the supervisor and the health resource. Measured with the process's monotonic
/// clock: it only reports durations and decides nothing.
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
    /// Records that a worker's tick has succeeded now.
    pub fn record_success(&self, worker: &'static str) {
        let mut last_success = self.last_success.lock().unwrap_or_else(PoisonError::into_inner);
        last_success.insert(worker, Instant::now());
    }

    /// Time since a worker's last success, or since the start of the process if it has not succeeded yet.
    pub fn time_since_success(&self, worker: &str) -> Duration {
        let last_success = self.last_success.lock().unwrap_or_else(PoisonError::into_inner);
        last_success.get(worker).copied().unwrap_or(self.started).elapsed()
    }
}
