//! When each request is meant to begin.
//!
//! With a rate the load is an open loop: requests begin at times of their own, however long those before them take. It is
//! one only as long as some client is free when a request is due, so how late the latest one began is told.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// The beginnings of a run's requests.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    started: Instant,
    /// Requests per second; `None` is as fast as the clients can.
    rate: Option<u32>,
}

impl Pace {
    /// Starts now.
    pub fn new(rate: Option<u32>) -> Self {
        Self { started: Instant::now(), rate }
    }

    /// Returns when the request of this number, counted from 0, is due, and how late that is.
    pub async fn wait(self, number: u64) -> Option<Duration> {
        let due = self.started + Duration::from_secs_f64(number as f64 / f64::from(self.rate?));
        sleep_until(due).await;
        Some(due.elapsed())
    }
}
