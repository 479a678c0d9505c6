//! The scheduled start of each request.
//!
//! With a rate the load is an open loop: requests start at scheduled times, independent of earlier ones. This needs a
//! free client when a request is due, so the largest delay is part of the summary.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// The schedule of a run.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    started: Instant,
    /// Requests per second; `None` for no schedule.
    rate: Option<u32>,
}

impl Pace {
    /// Starts now.
    pub fn new(rate: Option<u32>) -> Self {
        Self { started: Instant::now(), rate }
    }

    /// Waits until the request with this number, counted from 0, is due. Returns how late it is; `None` without a
    /// schedule.
    pub async fn wait_until_due(self, number: u64) -> Option<Duration> {
        let due = self.started + Duration::from_secs_f64(number as f64 / f64::from(self.rate?));
        sleep_until(due).await;
        Some(due.elapsed())
    }
}
