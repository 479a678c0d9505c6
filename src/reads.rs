//! Reads that thousands ask for at once: all that wait are answered by one statement.
//!
//! The batching is the lanes' (greedy, no timer, bounded), and there is no cache: the statement begins after the last of
//! its requests came, so no answer is staler than the moment at which it was asked for.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_web::web::Bytes;
use futures_util::FutureExt;
use sqlx::PgPool;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use uuid::Uuid;

use crate::db::connect::Connections;
use crate::db::failure::will_pass;
use crate::db::held_connection::HeldConnection;
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

/// An event's counters, shared by all who asked for them.
pub struct SharedCounts {
    pub counts: EventCounts,
    body: OnceLock<Bytes>,
}

impl SharedCounts {
    /// The counters as they are written for clients. The first who asks writes them, for everybody.
    pub fn body(&self, write: impl FnOnce(&EventCounts) -> Bytes) -> Bytes {
        self.body.get_or_init(|| write(&self.counts)).clone()
    }
}

/// The counters of the event, or `None` if there is no such event.
type Counts = Option<Arc<SharedCounts>>;

/// Somebody who waits for an event's counters.
struct Asking {
    event_id: EventId,
    reply: oneshot::Sender<Result<Counts, ReadError>>,
}

/// Reads the status of events. Cheap to clone.
#[derive(Clone)]
pub struct StatusReads {
    queue: mpsc::Sender<Asking>,
    pool: PgPool,
    answer_within: Duration,
}

impl StatusReads {
    /// Starts the reader's task on the current runtime. `pool` is its alone, and ends it when it is closed.
    pub fn start(pool: PgPool, queue_max: usize, answer_within: Duration) -> Self {
        let (queue, asking) = mpsc::channel(queue_max);
        tokio::spawn(run(pool.clone(), asking, answer_within));
        Self { queue, pool, answer_within }
    }

    /// The event's counters, as they were at some moment after this was called.
    ///
    /// # Errors
    /// When too many wait already, or the database does not answer in time.
    pub async fn status(&self, event_id: EventId) -> Result<Counts, ReadError> {
        let (reply, counts) = oneshot::channel();
        self.queue.try_send(Asking { event_id, reply }).map_err(|refused| match refused {
            TrySendError::Full(_) => ReadError::Overloaded,
            TrySendError::Closed(_) => ReadError::Unavailable,
        })?;
        let answer = timeout(self.answer_within, counts).await;
        // The reply is lost when reading panicked, which the panic hook has logged.
        answer.map_err(|_| ReadError::Unavailable)?.unwrap_or(Err(ReadError::Failed))
    }

    /// The connection that the statements run on.
    pub fn connections(&self) -> Connections {
        Connections::of(&self.pool)
    }

    /// Closes the connection. Who asks afterwards is told that the database is not available.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

async fn run(pool: PgPool, mut queue: mpsc::Receiver<Asking>, answer_within: Duration) {
    let mut batch = Vec::new();
    let mut held_connection = HeldConnection::default();
    let mut closed = pool.close_event();
    loop {
        tokio::select! {
            received = queue.recv_many(&mut batch, READ_BATCH_MAX) => if received == 0 { break },
            () = &mut closed => break,
        }
        // Whoever gave up meanwhile is not read for.
        batch.retain(|asking| !asking.reply.is_closed());
        let asking = std::mem::take(&mut batch);
        // A panic is a bug, and must not take the reader with it: those who ask are told, the next ones are another matter.
        let answered =
            AssertUnwindSafe(answer(&pool, &mut held_connection, asking, answer_within)).catch_unwind().await;
        if answered.is_err() {
            tracing::error!("reading the status of events panicked");
            held_connection.give_up();
        }
    }
    queue.close();
    while let Ok(Asking { reply, .. }) = queue.try_recv() {
        let _ = reply.send(Err(ReadError::Unavailable));
    }
}

async fn answer(pool: &PgPool, held_connection: &mut HeldConnection, asking: Vec<Asking>, within: Duration) {
    if asking.is_empty() {
        return;
    }
    let mut event_ids: Vec<Uuid> = asking.iter().map(|asking| asking.event_id.as_uuid()).collect();
    event_ids.sort_unstable();
    event_ids.dedup();
    let read = async { statuses(held_connection.connection(pool).await?, &event_ids).await };
    let found: Result<HashMap<EventId, Arc<SharedCounts>>, ReadError> = match timeout(within, read).await {
        Ok(Ok(found)) => Ok(found.into_iter().map(|counts| (counts.event_id, shared(counts))).collect()),
        Ok(Err(error)) => Err(failure(&error)),
        // Nobody waits any more.
        Err(_) => Err(ReadError::Unavailable),
    };
    if found.is_err() {
        // Those who came meanwhile should not wait behind a connection that may be dead.
        held_connection.give_up();
    }
    for Asking { event_id, reply } in asking {
        // Whoever has gone away does not want the answer.
        let _ = reply.send(found.as_ref().map(|found| found.get(&event_id).cloned()).map_err(|error| *error));
    }
}

fn shared(counts: EventCounts) -> Arc<SharedCounts> {
    Arc::new(SharedCounts { counts, body: OnceLock::new() })
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
