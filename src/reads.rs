//! Reads that thousands ask for at once: all that wait are answered by one statement.
//!
//! The batching is the lanes' (greedy, no timer, bounded), and there is no cache: the statement begins after the last of
//! its requests came, so no answer is staler than the moment at which it was asked for.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use sqlx::PgPool;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use uuid::Uuid;

use crate::db::failure::will_pass;
use crate::domain::ids::EventId;
use crate::queries::status::{EventCounts, statuses};

/// The most requests that one statement answers.
const READ_BATCH_MAX: usize = 4096;

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("too many requests are waiting")]
    Overloaded,
    #[error("the database is not available")]
    Unavailable,
    /// A mistake of ours, already logged.
    #[error("the statement failed")]
    Failed,
}

/// The counters of the event, or `None` if there is no such event.
type Counts = Option<Arc<EventCounts>>;

/// Somebody who waits for an event's counters.
struct Asking {
    event_id: EventId,
    reply: oneshot::Sender<Result<Counts, ReadError>>,
}

/// Reads the status of events. Cheap to clone.
#[derive(Clone)]
pub struct StatusReads {
    queue: mpsc::Sender<Asking>,
    answer_within: Duration,
}

impl StatusReads {
    /// Starts the reader's task on the current runtime. It ends with the last clone.
    pub fn start(pool: PgPool, queue_max: usize, answer_within: Duration) -> Self {
        let (queue, asking) = mpsc::channel(queue_max);
        tokio::spawn(run(pool, asking, answer_within));
        Self { queue, answer_within }
    }

    /// The event's counters, as they were at some moment after this was called.
    ///
    /// # Errors
    /// When too many wait already, or the database does not answer in time.
    pub async fn status(&self, event_id: EventId) -> Result<Counts, ReadError> {
        let (reply, counts) = oneshot::channel();
        self.queue.try_send(Asking { event_id, reply }).map_err(|_| ReadError::Overloaded)?;
        let answer = timeout(self.answer_within, counts).await;
        // The reply is lost when reading panicked, which the panic hook has logged.
        answer.map_err(|_| ReadError::Unavailable)?.unwrap_or(Err(ReadError::Failed))
    }
}

async fn run(pool: PgPool, mut asking: mpsc::Receiver<Asking>, answer_within: Duration) {
    let mut batch = Vec::new();
    while asking.recv_many(&mut batch, READ_BATCH_MAX).await > 0 {
        // Whoever gave up meanwhile is not read for.
        batch.retain(|asking| !asking.reply.is_closed());
        let asking = std::mem::take(&mut batch);
        // A panic is a bug, and must not take the reader with it: those who ask are told, the next ones are another matter.
        if AssertUnwindSafe(answer(&pool, asking, answer_within)).catch_unwind().await.is_err() {
            tracing::error!("reading the status of events panicked");
        }
    }
}

async fn answer(pool: &PgPool, asking: Vec<Asking>, within: Duration) {
    if asking.is_empty() {
        return;
    }
    let mut event_ids: Vec<Uuid> = asking.iter().map(|asking| asking.event_id.as_uuid()).collect();
    event_ids.sort_unstable();
    event_ids.dedup();
    let found: Result<HashMap<EventId, Arc<EventCounts>>, ReadError> =
        match timeout(within, statuses(pool, &event_ids)).await {
            // Nobody waits any more, and those who came meanwhile should not wait behind a connection that is dead.
            Err(_) => Err(ReadError::Unavailable),
            Ok(Ok(found)) => Ok(found.into_iter().map(|counts| (counts.event_id, Arc::new(counts))).collect()),
            Ok(Err(error)) => Err(failure(&error)),
        };
    for Asking { event_id, reply } in asking {
        // Whoever has gone away does not want the answer.
        let _ = reply.send(found.as_ref().map(|found| found.get(&event_id).cloned()).map_err(|error| *error));
    }
}

/// Logged here, once for all who wait.
fn failure(error: &sqlx::Error) -> ReadError {
    if will_pass(error) {
        tracing::warn!(%error, "the status of events could not be read");
        ReadError::Unavailable
    } else {
        tracing::error!(%error, "the status of events cannot be read");
        ReadError::Failed
    }
}
