//! Workers: what the service does without being asked. Each is an idempotent, bounded `tick()` that returns a report;
//! tests call it, and the supervisor here repeats it.
//!
//! Workers hold no state and no locks between ticks, so any number of processes may run them side by side.

pub mod invariant_checker; // checks the invariants
pub mod janitor; // forgets what is kept for a time only
pub mod sweeper; // expires overdue holds

use std::fmt::Debug;
use std::future::Future;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tracing::{debug, error, warn};

use crate::app::App;
use crate::telemetry::metrics;

/// How long a stopping server waits for ticks: requests have a better claim to its time.
const STOP_WITHIN: Duration = Duration::from_secs(2);

/// The running workers of a process.
pub struct Workers {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Workers {
    pub fn start(app: &App) -> Self {
        let (stop, stopped) = watch::channel(false);
        let sweeps = app.settings.sweep_interval;
        let mut tasks = vec![
            tokio::spawn(repeat(sweeper::NAME, sweeps, app.clone(), stopped.clone(), |app| async move {
                sweeper::tick(&app).await
            })),
            tokio::spawn(repeat(
                janitor::NAME,
                janitor::JANITOR_INTERVAL,
                app.clone(),
                stopped.clone(),
                |app| async move { janitor::tick(&app.pool).await },
            )),
        ];
        // Of many instances it is enough that one audits.
        tasks.extend(app.settings.audit_interval.map(|audits| {
            tokio::spawn(repeat(invariant_checker::NAME, audits, app.clone(), stopped, |app| async move {
                invariant_checker::tick(&app.pool).await
            }))
        }));
        Self { stop, tasks }
    }

    /// Lets the ticks that run come to their end, within [`STOP_WITHIN`], and starts no other. A tick that takes longer is an
    /// check_invariants, which only reads; it ends with the process.
    pub async fn stop(self) {
        // Nobody listens when every worker has ended already.
        let _ = self.stop.send(true);
        let ended = async {
            for task in self.tasks {
                if let Err(error) = task.await {
                    error!(%error, "a worker's supervisor did not end well");
                }
            }
        };
        if timeout(STOP_WITHIN, ended).await.is_err() {
            warn!("a worker's tick goes on; nobody waits for it");
        }
    }
}

/// Ticks until told to stop. A tick that fails or panics is logged, and the next one starts afresh.
async fn repeat<Tick, Ticking, Report>(
    name: &'static str,
    every: Duration,
    app: App,
    mut stopped: watch::Receiver<bool>,
    tick: Tick,
) where
    Tick: Fn(App) -> Ticking,
    Ticking: Future<Output = anyhow::Result<Report>> + Send + 'static,
    Report: Debug + Send + 'static,
{
    // Not at once: a process that has just started has others to answer first.
    let mut pace = interval_at(Instant::now() + every, every);
    // After a long tick the worker keeps its distance instead of catching up.
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            _ = pace.tick() => {}
        }
        // In a task of its own: a panic ends the tick and not the worker, and nothing drops it half-way.
        match tokio::spawn(tick(app.clone())).await {
            Ok(Ok(report)) => {
                app.workers.succeeded(name);
                metrics::worker_tick(name, "done");
                debug!(worker = name, ?report, "worker ticked");
            }
            Ok(Err(failure)) => {
                metrics::worker_tick(name, "failed");
                error!(worker = name, error = format!("{failure:#}"), "worker failed; it tries again");
            }
            Err(panic) => {
                metrics::worker_tick(name, "panicked");
                error!(worker = name, error = %panic, "worker panicked; it tries again");
            }
        }
    }
}
