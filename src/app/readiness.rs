//! Readiness: the process is ready for requests from its start until it is told to stop.
//!
//! The drain window follows: requests are still served, but `/health/ready` answers 503, and load balancers have until
//! the end of the window to notice.

use std::time::Duration;

use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Readiness of this process. Cheap to clone; all clones share one state.
#[derive(Clone, Debug, Default)]
pub struct Readiness {
    draining: CancellationToken,
    window_over: CancellationToken,
}

impl Readiness {
    /// Whether draining has not begun yet.
    pub fn is_ready(&self) -> bool {
        !self.draining.is_cancelled()
    }

    /// Begins to drain: from now on the process is not ready.
    pub fn drain(&self) {
        self.draining.cancel();
    }

    /// Drains for `window`, or until [`Readiness::end_drain_window`] is called.
    pub async fn drain_for(&self, window: Duration) {
        self.drain();
        // The window is over after a timeout and after a cancellation alike.
        let _ = timeout(window, self.window_over.cancelled()).await;
        self.window_over.cancel();
    }

    /// Ends the drain window now, or as soon as it begins. Returns `false` if it was over already.
    pub fn end_drain_window(&self) -> bool {
        let was_open = !self.window_over.is_cancelled();
        self.window_over.cancel();
        was_open
    }
}
