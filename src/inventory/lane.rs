//! A lane: the queue and the task that turn waiting commands into batches.
//!
//! Batching is greedy: the next batch is whatever waited while the last one ran. No timer, so a lone command goes at once.
//! The task is never dropped before its queue is empty; callers may go away whenever they like.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use futures_util::FutureExt;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::command::{Command, Outcome};
use super::execute::Executor;
use super::{CommandError, outcome_label};
use crate::telemetry::metrics;

type Reply = oneshot::Sender<Result<Outcome, CommandError>>;

/// A command on its way through the lane.
struct Waiting {
    command: Command,
    reply: Reply,
    since: Instant,
}

/// The handlers' end of a lane.
pub(super) struct Lane {
    queue: mpsc::Sender<Waiting>,
    closing: CancellationToken,
    task: Mutex<Option<JoinHandle<()>>>,
    alive: Arc<AtomicBool>,
}

/// How a lane is.
#[derive(Clone, Copy, Debug)]
pub struct LaneHealth {
    /// Commands that wait.
    pub queue_depth: usize,
    /// Whether its task runs.
    pub alive: bool,
}

impl Lane {
    /// Starts the lane's task on the current runtime, which must outlive every caller.
    pub(super) fn start(executor: Executor, batch_max: usize, queue_max: usize) -> Self {
        let (queue, waiting) = mpsc::channel(queue_max);
        let closing = CancellationToken::new();
        let alive = Arc::new(AtomicBool::new(true));
        let task = tokio::spawn(run(executor, batch_max, waiting, closing.clone(), AliveGuard(alive.clone())));
        Self { queue, closing, task: Mutex::new(Some(task)), alive }
    }

    /// Hands a command over, at once or not at all, and waits for its result.
    pub(super) async fn submit(&self, command: Command) -> Result<Outcome, CommandError> {
        let (reply, result) = oneshot::channel();
        self.queue.try_send(Waiting { command, reply, since: Instant::now() }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => CommandError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => CommandError::Unavailable,
        })?;
        // The reply is lost only when a batch panics: nobody knows what became of it.
        result.await.unwrap_or(Err(CommandError::OutcomeUnknown))
    }

    /// Refuses what comes from now on, and finishes what was accepted.
    pub(super) async fn drain(&self) {
        self.closing.cancel();
        if let Some(task) = self.task.lock().await.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "a lane ended badly");
        }
    }

    pub(super) fn health(&self) -> LaneHealth {
        LaneHealth {
            queue_depth: self.queue.max_capacity() - self.queue.capacity(),
            alive: self.alive.load(Ordering::Relaxed),
        }
    }
}

async fn run(
    executor: Executor,
    batch_max: usize,
    mut waiting: mpsc::Receiver<Waiting>,
    closing: CancellationToken,
    _alive: AliveGuard,
) {
    let mut batch = Vec::with_capacity(batch_max);
    loop {
        // Both branches are safe to drop: neither holds a command or a transaction.
        let received = tokio::select! {
            received = waiting.recv_many(&mut batch, batch_max) => received,
            () = closing.cancelled(), if !waiting.is_closed() => {
                waiting.close();
                continue;
            }
        };
        if received == 0 {
            return;
        }
        run_batch(&executor, &mut batch).await;
    }
}

async fn run_batch(executor: &Executor, batch: &mut Vec<Waiting>) {
    for waiting in &*batch {
        metrics::lane_queue_wait(waiting.since.elapsed());
    }
    let (commands, replies): (Vec<_>, Vec<_>) = batch.drain(..).map(|waiting| (waiting.command, waiting.reply)).unzip();
    let started = Instant::now();
    // A panic is a bug, and must not take the lane with it: its callers learn that their outcome is unknown, the next batch
    // is another matter. The transaction is rolled back when its connection is returned.
    let Ok(results) = AssertUnwindSafe(executor.execute(&commands)).catch_unwind().await else {
        tracing::error!(commands = commands.len(), "a batch panicked");
        return;
    };
    metrics::batch(commands.len(), started.elapsed());
    for ((command, result), reply) in commands.iter().zip(results).zip(replies) {
        metrics::command(command.name(), outcome_label(&result));
        // A caller that went away does not want its answer; the command was finished all the same.
        let _ = reply.send(result);
    }
}

/// Says that the task runs, until it ends in whatever way.
struct AliveGuard(Arc<AtomicBool>);

impl Drop for AliveGuard {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}
