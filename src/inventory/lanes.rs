//! The lanes: the queue, and the tasks that turn waiting commands into batches.
//!
//! Batching is greedy: the next batch is whatever waited while the last one ran. No timer, so a lone command goes at once.
//! Lanes share one queue, which hands an event to one of them at a time; so batches of one process never wait for each
//! other's locks, and a lane that waits for a lock keeps nobody else waiting (docs/decisions/0012-lanes-take-turns.md).
//!
//! A lane's task is never dropped before the queue is empty; callers may go away whenever they like. Until its batch
//! begins, a command belongs to its caller, who may give it up; then to the lane, which finishes it. [`Claim`] decides.

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
use super::queue::{NotAdmitted, Queue, QueueLimits, Taken};
use super::{CommandError, outcome_label};
use crate::config::InventorySettings;
use crate::db::held_connection::HeldConnection;
use crate::domain::ids::Affinity;
use crate::telemetry::metrics;

/// How long an organiser waits for an answer: cancelling an event ends all of its holds, which takes what it takes.
const ORGANISER_ANSWER_WITHIN: Duration = Duration::from_secs(15);

/// The replies to a larger batch are sent while the next one has begun: waking so many callers takes longer than the
/// database needs for some of it.
const REPLIES_BEFORE_NEXT_MAX: usize = 8;

type CommandResult = Result<Outcome, CommandError>;

/// The handlers' end of the lanes.
pub(super) struct Lanes {
    shared: Arc<Shared>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
    total: usize,
    answer_within: Duration,
}

struct Shared {
    queue: std::sync::Mutex<Queue<Waiting>>,
    /// Somebody's turn has come, or the queue was closed.
    turn: Notify,
    alive: AtomicUsize,
    batch_max: usize,
    deadline: Duration,
}

/// A command on its way through the lanes.
#[derive(Debug)]
struct Waiting {
    command: Command,
    reply: oneshot::Sender<CommandResult>,
    claim: Claim,
    since: Instant,
}

/// A command with its result, and who waits for it.
struct Executed {
    command: &'static str,
    affinity: Affinity,
    result: CommandResult,
    reply: oneshot::Sender<CommandResult>,
}

/// How the lanes are.
#[derive(Clone, Copy, Debug)]
pub struct LanesHealth {
    /// How many work.
    pub alive: usize,
    /// How many there should be.
    pub total: usize,
    /// Commands that wait.
    pub queue_depth: usize,
}

impl Lanes {
    /// Starts the tasks on the current runtime, which must outlive every caller.
    pub(super) fn start(settings: &InventorySettings, executor: &Executor) -> Self {
        let limits = QueueLimits { per_event: settings.event_queue_max, total: settings.queue_max };
        let shared = Arc::new(Shared {
            queue: std::sync::Mutex::new(Queue::new(limits)),
            turn: Notify::new(),
            alive: AtomicUsize::new(settings.lanes),
            batch_max: settings.batch_max,
            deadline: settings.command_deadline,
        });
        let lane = |_| tokio::spawn(run(shared.clone(), executor.clone(), AliveGuard(shared.clone())));
        let tasks = (0..settings.lanes).map(lane).collect();
        Self { shared, tasks: Mutex::new(tasks), total: settings.lanes, answer_within: settings.answer_within }
    }

    /// Hands a command over, at once or not at all, and waits for its result.
    pub(super) async fn submit(&self, command: Command) -> CommandResult {
        let (class, affinity) = (command.class(), command.affinity());
        let (reply, result) = oneshot::channel();
        let claim = Claim::default();
        // When the caller goes away first, its handler and this with it are dropped.
        let _given_up = GiveUp(claim.clone());
        let waiting = Waiting { command, reply, claim: claim.clone(), since: Instant::now() };
        self.shared.admit(affinity, class, waiting)?;
        self.shared.turn.notify_one();

        let within = if class == Class::Organiser { ORGANISER_ANSWER_WITHIN } else { self.answer_within };
        match timeout(within, result).await {
            // The reply is lost only when a batch panics: nobody knows what became of it.
            Ok(answer) => answer.unwrap_or(Err(CommandError::OutcomeUnknown)),
            Err(_) if claim.take() => Err(CommandError::Overloaded),
            Err(_) => Err(CommandError::OutcomeUnknown),
        }
    }

    /// Refuses what comes from now on, and finishes what has a caller or has begun.
    pub(super) async fn drain(&self) {
        self.shared.queue().close();
        self.shared.turn.notify_waiters();
        for task in self.tasks.lock().await.drain(..) {
            if let Err(error) = task.await {
                tracing::error!(%error, "a lane ended badly");
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
    /// Takes the command in, or refuses it at once. A hold is refused also where those before it have waited so long that it
    /// would probably be late itself: who cannot be served should know now, and not when the deadline has passed.
    fn admit(&self, affinity: Affinity, class: Class, waiting: Waiting) -> Result<(), CommandError> {
        let mut queue = self.queue();
        let stands_still = |oldest: &Waiting| oldest.since.elapsed() > self.deadline / 2;
        if class == Class::Hold && queue.oldest_hold(affinity).is_some_and(stands_still) {
            return Err(CommandError::Overloaded);
        }
        queue.admit(affinity, class, waiting).map_err(|reason| match reason {
            NotAdmitted::Full => CommandError::Overloaded,
            NotAdmitted::Closed => CommandError::Unavailable,
        })
    }

    /// Never held across an await. What a panic may have left half done is a count or a turn, and the queue survives both.
    fn queue(&self) -> MutexGuard<'_, Queue<Waiting>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next batch, or `None` when the queue was closed and this lane has nothing left to do.
    async fn next(&self) -> Option<Taken<Waiting>> {
        loop {
            // Before the queue is looked at: a turn that comes in between wakes this all the same.
            let turn = self.turn.notified();
            {
                let mut queue = self.queue();
                if let Some(taken) = queue.take(self.batch_max) {
                    if queue.has_turns() {
                        self.turn.notify_one();
                    }
                    return Some(taken);
                }
                if queue.is_closed() {
                    return None;
                }
            }
            turn.await;
        }
    }
}

async fn run(shared: Arc<Shared>, executor: Executor, _alive: AliveGuard) {
    let mut held_connection = HeldConnection::default();
    let mut replying = JoinSet::new();
    while let Some(Taken { waiting, affinities }) = shared.next().await {
        let batch = claim_all(waiting, shared.deadline);
        let executed =
            if batch.is_empty() { None } else { Some(run_batch(&executor, &mut held_connection, batch).await) };
        let troubled = executed.as_deref().map(troubled);
        shared.queue().done(&affinities, |affinity| troubled.as_ref().map(|troubled| troubled.contains(&affinity)));
        let Some(executed) = executed else { continue };
        if executed.len() <= REPLIES_BEFORE_NEXT_MAX {
            reply(executed);
        } else {
            replying.spawn(async { reply(executed) });
        }
        while replying.try_join_next().is_some() {}
    }
    replying.join_all().await;
}

/// What is still wanted, and still in time. From here on the commands are the lane's.
fn claim_all(waiting: Vec<Waiting>, deadline: Duration) -> Vec<Waiting> {
    let wanted = waiting.into_iter().filter(|waiting| waiting.claim.take());
    let (with_deadline, late): (Vec<_>, Vec<_>) = wanted.partition(|waiting| {
        metrics::lane_queue_wait(waiting.since.elapsed());
        waiting.command.class() == Class::Organiser || waiting.since.elapsed() < deadline
    });
    for waiting in late {
        metrics::command(waiting.command.name(), CommandError::Overloaded.label());
        let _ = waiting.reply.send(Err(CommandError::Overloaded));
    }
    with_deadline
}

/// Nothing if nobody knows what became of it.
async fn run_batch(executor: &Executor, held_connection: &mut HeldConnection, batch: Vec<Waiting>) -> Vec<Executed> {
    let (commands, replies): (Vec<_>, Vec<_>) =
        batch.into_iter().map(|waiting| (waiting.command, waiting.reply)).unzip();
    let started = Instant::now();
    // A panic is a bug, and must not take the lane with it: its callers learn that their outcome is unknown, the next batch
    // is another matter. The transaction ends with its connection.
    let Ok(results) = AssertUnwindSafe(executor.execute(held_connection, &commands)).catch_unwind().await else {
        tracing::error!(commands = commands.len(), "a batch panicked");
        held_connection.give_up();
        return Vec::new();
    };
    metrics::batch(commands.len(), started.elapsed());
    let executed = commands.iter().zip(results).zip(replies);
    let executed = executed.map(|((command, result), reply)| Executed {
        command: command.name(),
        affinity: command.affinity(),
        result,
        reply,
    });
    executed.collect()
}

/// Whose commands could not have their lock, or the database.
fn troubled(executed: &[Executed]) -> HashSet<Affinity> {
    let unavailable = executed.iter().filter(|executed| matches!(executed.result, Err(CommandError::Unavailable)));
    unavailable.map(|executed| executed.affinity).collect()
}

fn reply(executed: Vec<Executed>) {
    for Executed { command, result, reply, .. } in executed {
        metrics::command(command, outcome_label(&result));
        // A caller that went away does not want its answer; the command was finished all the same.
        let _ = reply.send(result);
    }
}

/// Whose a command is. Whoever takes it first may do with it what it likes: the lane executes it, the caller gives it up.
#[derive(Clone, Debug, Default)]
struct Claim(Arc<AtomicBool>);

impl Claim {
    /// True for the first who asks.
    fn take(&self) -> bool {
        !self.0.swap(true, Ordering::AcqRel)
    }
}

/// Gives the command up when the caller stops waiting, if no lane has it yet.
struct GiveUp(Claim);

impl Drop for GiveUp {
    fn drop(&mut self) {
        self.0.take();
    }
}

/// Says that the task runs, until it ends in whatever way.
struct AliveGuard(Arc<Shared>);

impl Drop for AliveGuard {
    fn drop(&mut self) {
        self.0.alive.fetch_sub(1, Ordering::Relaxed);
    }
}
