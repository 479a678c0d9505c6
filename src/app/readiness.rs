//! Whether this process wants requests: yes from its start until it is told to stop.
//!
//! Between that and the end lies the drain window: requests are still served, but whoever distributes them is told to
//! look elsewhere, and has until the end of the window to notice.

use std::time::Duration;

use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Cheap to clone: handlers ask, and whoever stops the server tells.
#[derive(Clone, Debug, Default)]
pub struct Readiness {
    draining: CancellationToken,
    window_over: CancellationToken,
}

impl Readiness {
    pub fn is_ready(&self) -> bool {
        !self.draining.is_cancelled()
    }

    /// From now on load balancers are asked to look elsewhere.
    pub fn drain(&self) {
        self.draining.cancel();
    }

    /// Drains, and returns when the window is over or was cut short.
    pub async fn drain_for(&self, window: Duration) {
        self.drain();
        // Either way it is over.
        let _ = timeout(window, self.window_over.cancelled()).await;
        self.window_over.cancel();
    }

    /// Ends the window now, or as soon as it begins. `false` if it was over already.
    pub fn cut_short(&self) -> bool {
        let was_open = !self.window_over.is_cancelled();
        self.window_over.cancel();
        was_open
    }
}
