//! Lanes: tasks, each with a database connection, that execute waiting commands in batches.
//!
//! Batching is greedy: the next batch is whatever was queued while the last one ran. There is no timer, so a single
//! command does not wait. All lanes share one queue, which gives an event to one lane at a time: batches of one process
//! never wait for each other's row locks, and an event whose row is locked does not delay the others for long
//! (docs/decisions/0012-lanes-take-turns.md).
//!
//! A lane ends when the queue is closed and has nothing left for it. Callers may stop waiting at any moment. Until its
//! batch begins, a command belongs to its caller, which may give it up; then to the lane, which executes it. See
//! [`Claim`].

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use tokio::sync::{Mutex, Notify, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use super::command::{Class, Command, Outcome};
use super::execute::Executor;
use super::queue::{NotAdmitted, Queue, QueueLimits, TakenBatch};
use super::{CommandError, outcome_label};
use crate::db::held_connection::HeldConnection;
use crate::ids::Affinity;
use crate::metrics;
use crate::settings::InventorySettings;

/// Answer time for an organiser's command. Longer than for others, because cancelling an event ends all of its holds.
const ORGANISER_ANSWER_WITHIN: Duration = Duration::from_secs(15);

/// Largest batch whose replies the lane sends before its next batch. For a larger one another task sends them, since
/// waking that many callers would delay the next batch noticeably.
const REPLIES_BEFORE_NEXT_MAX: usize = 8;

type CommandResult = Result<Outcome, CommandError>;

/// Handle to the running lanes: queues commands and returns their results.
pub(super) struct Lanes {
    shared: Arc<Shared>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
    total: usize,
    answer_within: Duration,
}

struct Shared {
    queue: std::sync::Mutex<Queue<WaitingCommand>>,
    /// Notified when a line gets a turn and when the queue is closed.
    turn_available: Notify,
    /// Number of running lanes.
    alive: AtomicUsize,
    /// Largest number of commands in a batch.
    batch_max: usize,
    /// Longest time in the queue. Organisers' commands have no limit.
    deadline: Duration,
}

/// A command in the queue.
#[derive(Debug)]
struct WaitingCommand {
    command: Command,
    reply: oneshot::Sender<CommandResult>,
    claim: Claim,
    queued_at: Instant,
}

/// The result of a command, with the channel to its caller.
struct ExecutedCommand {
    /// Name of the command.
    command: &'static str,
    affinity: Affinity,
    result: CommandResult,
    reply: oneshot::Sender<CommandResult>,
}

/// Number of lanes and length of their queue.
#[derive(Clone, Copy, Debug)]
pub struct LanesHealth {
    /// Lanes that run.
    pub alive: usize,
    /// Lanes that were started.
    pub total: usize,
    /// Commands in the queue.
    pub queue_depth: usize,
}

impl Lanes {
    /// Starts the lanes on the current runtime, which must outlive every caller.
    pub(super) fn start(settings: &InventorySettings, executor: &Executor) -> Self {
        let limits = QueueLimits { per_event: settings.event_queue_max, total: settings.queue_max };
        let shared = Arc::new(Shared {
            queue: std::sync::Mutex::new(Queue::new(limits)),
            turn_available: Notify::new(),
            alive: AtomicUsize::new(settings.lanes),
            batch_max: settings.batch_max,
            deadline: settings.command_deadline,
        });
        let lane = |_| tokio::spawn(run_lane(shared.clone(), executor.clone(), AliveGuard(shared.clone())));
        let tasks = (0..settings.lanes).map(lane).collect();
        Self { shared, tasks: Mutex::new(tasks), total: settings.lanes, answer_within: settings.answer_within }
    }

    /// Queues a command and waits for its result, for the answer time of its class.
    pub(super) async fn submit(&self, command: Command) -> CommandResult {
        let (class, affinity) = (command.class(), command.affinity());
        let (reply, result) = oneshot::channel();
        let claim = Claim::default();
        // If the caller stops waiting, this future is dropped and gives the command up.
        let _give_up_on_drop = GiveUpOnDrop(claim.clone());
        let waiting = WaitingCommand { command, reply, claim: claim.clone(), queued_at: Instant::now() };
        self.shared.admit(affinity, class, waiting)?;
        self.shared.turn_available.notify_one();

        let within = if class == Class::Organiser { ORGANISER_ANSWER_WITHIN } else { self.answer_within };
        match timeout(within, result).await {
            // The reply channel closes without a result only when execution of the batch panicked.
            Ok(reply) => reply.unwrap_or(Err(CommandError::OutcomeUnknown)),
            // Not yet in a batch, so nothing was done.
            Err(_) if claim.take() => Err(CommandError::Overloaded),
            Err(_) => Err(CommandError::OutcomeUnknown),
        }
    }

    /// Rejects new commands and waits until the lanes have emptied the queue.
    pub(super) async fn drain(&self) {
        self.shared.queue().close();
        self.shared.turn_available.notify_waiters();
        for task in self.tasks.lock().await.drain(..) {
            if let Err(error) = task.await {
                tracing::error!(%error, "a lane failed: its task panicked or was cancelled");
            }
        }
    }

    pub(super) fn health(&self) -> LanesHealth {
        LanesHealth {
            alive: self.shared.alive.load(Ordering::Relaxed),
            total: self.total,
            queue_depth: self.shared.queue().depth(),
        }
    }
}

impl Shared {
    /// Queues a command, or rejects it at once. A hold is also rejected when the oldest hold of its line has waited for
    /// half of the deadline: it would probably miss the deadline, and an early refusal is worth more than a late one.
    fn admit(&self, affinity: Affinity, class: Class, waiting: WaitingCommand) -> Result<(), CommandError> {
        let mut queue = self.queue();
        let is_slow = |oldest: &WaitingCommand| oldest.queued_at.elapsed() > self.deadline / 2;
        if class == Class::Hold && queue.oldest_hold(affinity).is_some_and(is_slow) {
            return Err(CommandError::Overloaded);
        }
        queue.admit(affinity, class, waiting).map_err(|reason| match reason {
            NotAdmitted::Full => CommandError::Overloaded,
            NotAdmitted::Closed => CommandError::Unavailable,
        })
    }

    /// Locks the queue. Never held across an await. Poisoning is ignored: a panic inside can only leave a wrong count
    /// or a lost turn, which does not corrupt other lines.
    fn queue(&self) -> MutexGuard<'_, Queue<WaitingCommand>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next batch. `None` when the queue is closed and no line has a turn.
    async fn next(&self) -> Option<TakenBatch<WaitingCommand>> {
        loop {
            // Created before the queue is checked, so that a notification in between is not lost.
            let turn_available = self.turn_available.notified();
            {
                let mut queue = self.queue();
                if let Some(taken) = queue.take_batch(self.batch_max) {
                    if queue.has_turns() {
                        self.turn_available.notify_one();
                    }
                    return Some(taken);
                }
                if queue.is_closed() {
                    return None;
                }
            }
            turn_available.await;
        }
    }
}

/// Executes batches until the queue is closed and has no turn left.
async fn run_lane(shared: Arc<Shared>, executor: Executor, _alive: AliveGuard) {
    let mut held_connection = HeldConnection::default();
    let mut replying = JoinSet::new();
    while let Some(TakenBatch { waiting, affinities }) = shared.next().await {
        let batch = claim_all(waiting, shared.deadline);
        let executed =
            if batch.is_empty() { None } else { Some(run_batch(&executor, &mut held_connection, batch).await) };
        let unavailable = executed.as_deref().map(unavailable_affinities);
        let was_unavailable = |affinity: Affinity| unavailable.as_ref().map(|set| set.contains(&affinity));
        shared.queue().finish_batch(&affinities, was_unavailable);
        let Some(executed) = executed else { continue };
        if executed.len() <= REPLIES_BEFORE_NEXT_MAX {
            send_replies(executed);
        } else {
            replying.spawn(async { send_replies(executed) });
        }
        while replying.try_join_next().is_some() {}
    }
    replying.join_all().await;
}

/// Takes ownership of the commands that were not given up, answers those past the deadline, and returns the others.
fn claim_all(waiting: Vec<WaitingCommand>, deadline: Duration) -> Vec<WaitingCommand> {
    let claimed = waiting.into_iter().filter(|waiting| waiting.claim.take());
    let (in_time, late): (Vec<_>, Vec<_>) = claimed.partition(|waiting| {
        metrics::lane_queue_wait(waiting.queued_at.elapsed());
        waiting.command.class() == Class::Organiser || waiting.queued_at.elapsed() < deadline
    });
    for waiting in late {
        metrics::command(waiting.command.name(), CommandError::Overloaded.label());
        let _ = waiting.reply.send(Err(CommandError::Overloaded));
    }
    in_time
}

/// Executes a batch. Returns nothing if execution panicked; the callers then see their reply channel close.
async fn run_batch(
    executor: &Executor,
    held_connection: &mut HeldConnection,
    batch: Vec<WaitingCommand>,
) -> Vec<ExecutedCommand> {
    let (commands, replies): (Vec<_>, Vec<_>) =
        batch.into_iter().map(|waiting| (waiting.command, waiting.reply)).unzip();
    let started = Instant::now();
    // A panic is a bug, but the lane must survive it: callers of this batch get `OutcomeUnknown`, later batches are not
    // affected. Closing the connection ends its transaction.
    let Ok(results) = AssertUnwindSafe(executor.execute(held_connection, &commands)).catch_unwind().await else {
        tracing::error!(commands = commands.len(), "a batch panicked");
        held_connection.close();
        return Vec::new();
    };
    metrics::batch(commands.len(), started.elapsed());
    let executed = commands.iter().zip(results).zip(replies);
    let executed = executed.map(|((command, result), reply)| ExecutedCommand {
        command: command.name(),
        affinity: command.affinity(),
        result,
        reply,
    });
    executed.collect()
}

/// Affinities for which the row lock or the database was unavailable.
fn unavailable_affinities(executed: &[ExecutedCommand]) -> HashSet<Affinity> {
    let unavailable = executed.iter().filter(|executed| matches!(executed.result, Err(CommandError::Unavailable)));
    unavailable.map(|executed| executed.affinity).collect()
}

fn send_replies(executed: Vec<ExecutedCommand>) {
    for ExecutedCommand { command, result, reply, .. } in executed {
        metrics::command(command, outcome_label(&result));
        // Fails if the caller has stopped waiting. The command was executed all the same.
        let _ = reply.send(result);
    }
}

/// Ownership flag of a command: the lane (executes it) or the caller (gives it up), whichever takes it first.
#[derive(Clone, Debug, Default)]
struct Claim(Arc<AtomicBool>);

impl Claim {
    /// True for the first call, on any clone.
    fn take(&self) -> bool {
        !self.0.swap(true, Ordering::AcqRel)
    }
}

/// Gives the command up when the caller stops waiting, unless a lane has taken it.
struct GiveUpOnDrop(Claim);

impl Drop for GiveUpOnDrop {
    fn drop(&mut self) {
        self.0.take();
    }
}

/// Counts a lane as running until its task ends, also by a panic.
struct AliveGuard(Arc<Shared>);

impl Drop for AliveGuard {
    fn drop(&mut self) {
        self.0.alive.fetch_sub(1, Ordering::Relaxed);
    }
}
