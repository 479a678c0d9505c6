//! The scheduled starts of an open loop's requests: offsets from the start of the window, computed before it begins.

use std::sync::Arc;
use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};
use serde::{Deserialize, Serialize};

/// Distribution of the arrivals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arrivals {
    /// Equal gaps.
    Constant,
    /// Exponential gaps, as for independent visitors: some arrive at almost the same moment.
    Poisson,
}

/// Offsets in ascending order.
#[derive(Clone)]
pub struct Schedule(Arc<[Duration]>);

impl Schedule {
    /// All arrivals of a window, at `rate` per second on average. The same seed makes the same schedule.
    pub fn new(arrivals: Arrivals, rate: f64, window: Duration, seed: u64) -> Self {
        let mut rng = SmallRng::seed_from_u64(seed);
        let mut gap = || match arrivals {
            Arrivals::Constant => 1.0 / rate,
            // Inverse of the exponential distribution function; 1 - x is in (0, 1], where the logarithm is finite.
            Arrivals::Poisson => -(1.0 - rng.random::<f64>()).ln() / rate,
        };
        let mut offsets = Vec::new();
        let mut offset = 0.0;
        while offset < window.as_secs_f64() {
            offsets.push(Duration::from_secs_f64(offset));
            offset += gap();
        }
        Self(Arc::from(offsets))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn get(&self, index: usize) -> Option<Duration> {
        self.0.get(index).copied()
    }

    /// Number of arrivals that are due after this time.
    pub fn count_due(&self, elapsed: Duration) -> usize {
        self.0.partition_point(|&offset| offset <= elapsed)
    }
}
