//! Workers: background tasks. Each is an idempotent, bounded `tick()` that returns a report; tests call it directly,
//! and the supervisor in this file repeats it.
//!
//! Workers hold no state and no locks between ticks, so any number of processes may run them at the same time.

use std::fmt::Debug;
use std::future::Future;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tracing::{debug, error, warn};

use crate::app::App;
use crate::holds::worker as sweeper;
use crate::idempotency::worker as janitor;
use crate::operations::worker as invariant_checker;
use crate::telemetry::metrics;

/// How long a stopping server waits for running ticks. Short, because requests need the rest of the shutdown time.
const STOP_WITHIN: Duration = Duration::from_secs(2);

/// The running workers of a process.
pub struct Workers {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Workers {
    /// Starts every worker on the current runtime. The first ticks run after one interval.
    pub fn start(app: &App) -> Self {
        let (stop, stopped) = watch::channel(false);
        let sweep_interval = app.settings.sweep_interval;
        let mut tasks = vec![
            tokio::spawn(repeat(sweeper::NAME, sweep_interval, app.clone(), stopped.clone(), |app| async move {
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
        // `None` turns the check off: with many instances it is enough that one checks.
        tasks.extend(app.settings.audit_interval.map(|interval| {
            tokio::spawn(repeat(invariant_checker::NAME, interval, app.clone(), stopped, |app| async move {
                invariant_checker::tick(&app.pool).await
            }))
        }));
        Self { stop, tasks }
    }

    /// Starts no more ticks and waits up to [`STOP_WITHIN`] for those that run. A tick that takes longer is most likely
    /// an invariants check, which only reads; it ends with the process.
    pub async fn stop(self) {
        // Sending fails if every worker has ended already.
        let _ = self.stop.send(true);
        let ended = async {
            for task in self.tasks {
                if let Err(error) = task.await {
                    error!(%error, "a worker's supervisor panicked");
                }
            }
        };
        if timeout(STOP_WITHIN, ended).await.is_err() {
            warn!("a worker's tick is still running; the server stops without waiting for it");
        }
    }
}

/// Runs a worker's ticks until stopped. A tick that fails or panics is logged, and the next one starts from scratch.
async fn repeat<Tick, TickFuture, Report>(
    name: &'static str,
    interval: Duration,
    app: App,
    mut stopped: watch::Receiver<bool>,
    tick: Tick,
) where
    Tick: Fn(App) -> TickFuture,
    TickFuture: Future<Output = anyhow::Result<Report>> + Send + 'static,
    Report: Debug + Send + 'static,
{
    // The first tick comes after one interval: a process that has just started serves its first requests first.
    let mut ticker = interval_at(Instant::now() + interval, interval);
    // After a long tick the worker waits a full interval instead of catching up.
    ticker.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            _ = ticker.tick() => {}
        }
        // In its own task, so that a panic ends the tick but not the worker, and stopping does not drop it half-way.
        match tokio::spawn(tick(app.clone())).await {
            Ok(Ok(report)) => {
                app.workers.record_success(name);
                metrics::worker_tick(name, "done");
                debug!(worker = name, ?report, "worker tick done");
            }
            Ok(Err(failure)) => {
                metrics::worker_tick(name, "failed");
                error!(worker = name, error = format!("{failure:#}"), "worker tick failed; the next tick tries again");
            }
            Err(panic) => {
                metrics::worker_tick(name, "panicked");
                error!(worker = name, error = %panic, "worker tick panicked; the next tick tries again");
            }
        }
    }
}
