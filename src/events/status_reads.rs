//! Status reads: one statement answers all requests that wait, thousands at a time during a sale.
//!
//! They are batched as in the lanes (greedy, no timer, bounded). There is no cache: the statement begins after the last
//! of its requests has arrived, so every answer is at least as new as its request.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use boxoffice_engine::db::failure::is_transient;
use boxoffice_engine::db::held_connection::HeldConnection;
use boxoffice_engine::ids::EventId;
use bytes::Bytes;
use futures_util::FutureExt;
use sqlx::PgPool;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use uuid::Uuid;

use crate::error::{ApiError, ErrorCode};
use crate::events::sql::status::{EventCounts, statuses};

/// The most requests that one statement answers.
const READ_BATCH_MAX: usize = 4096;

/// Reason why a status read has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("too many requests are waiting")]
    Overloaded,
    #[error("the database is not available")]
    Unavailable,
    /// A bug, already logged.
    #[error("the statement failed")]
    Failed,
}

impl From<ReadError> for ApiError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Overloaded => Self::new(ErrorCode::Overloaded),
            ReadError::Unavailable => Self::new(ErrorCode::Unavailable),
            ReadError::Failed => Self::internal(error),
        }
    }
}

/// An event's counters, shared by all requests that one statement answers.
pub struct SharedCounts {
    pub counts: EventCounts,
    body: OnceLock<Bytes>,
}

impl SharedCounts {
    fn new(counts: EventCounts) -> Arc<Self> {
        Arc::new(Self { counts, body: OnceLock::new() })
    }

    /// The response body with the counters, serialised at the first call and shared by all requests.
    pub fn body(&self, write: impl FnOnce(&EventCounts) -> Bytes) -> Bytes {
        self.body.get_or_init(|| write(&self.counts)).clone()
    }
}

/// The counters of an event, or `None` if there is no such event.
type FoundCounts = Option<Arc<SharedCounts>>;

/// A request that waits for an event's counters.
struct StatusRequest {
    event_id: EventId,
    reply: oneshot::Sender<Result<FoundCounts, ReadError>>,
}

/// Reader of event status. Cheap to clone.
#[derive(Clone)]
pub struct StatusReads {
    queue: mpsc::Sender<StatusRequest>,
    answer_within: Duration,
}

impl StatusReads {
    /// Starts the reader's task on the current runtime. `pool` is used by this task only; closing it ends the task.
    pub fn start(pool: PgPool, queue_max: usize, answer_within: Duration) -> Self {
        let (queue, requests) = mpsc::channel(queue_max);
        tokio::spawn(run(pool, requests, answer_within));
        Self { queue, answer_within }
    }

    /// The event's counters, read after this call began; `None` if there is no such event.
    ///
    /// # Errors
    /// `Overloaded` when the queue is full, `Unavailable` when the database does not answer in time, `Failed` for a
    /// bug.
    pub async fn status(&self, event_id: EventId) -> Result<FoundCounts, ReadError> {
        let (reply, counts) = oneshot::channel();
        self.queue.try_send(StatusRequest { event_id, reply }).map_err(|refused| match refused {
            TrySendError::Full(_) => ReadError::Overloaded,
            TrySendError::Closed(_) => ReadError::Unavailable,
        })?;
        let answer = timeout(self.answer_within, counts).await;
        // The sender is dropped without a reply when the read panicked, which the panic hook has logged.
        answer.map_err(|_| ReadError::Unavailable)?.unwrap_or(Err(ReadError::Failed))
    }
}

async fn run(pool: PgPool, mut queue: mpsc::Receiver<StatusRequest>, answer_within: Duration) {
    let mut batch = Vec::new();
    let mut held_connection = HeldConnection::default();
    let mut closed = pool.close_event();
    loop {
        tokio::select! {
            received = queue.recv_many(&mut batch, READ_BATCH_MAX) => if received == 0 { break },
            () = &mut closed => break,
        }
        // Requests that were given up meanwhile need no read.
        batch.retain(|request| !request.reply.is_closed());
        let requests = std::mem::take(&mut batch);
        // A panic is a bug. It fails the requests of this batch, and the reader goes on with the next batch.
        let answered =
            AssertUnwindSafe(answer(&pool, &mut held_connection, requests, answer_within)).catch_unwind().await;
        if answered.is_err() {
            tracing::error!("reading the status of events panicked");
            held_connection.close();
        }
    }
    queue.close();
    while let Ok(StatusRequest { reply, .. }) = queue.try_recv() {
        let _ = reply.send(Err(ReadError::Unavailable));
    }
}

async fn answer(pool: &PgPool, held_connection: &mut HeldConnection, requests: Vec<StatusRequest>, within: Duration) {
    if requests.is_empty() {
        return;
    }
    let mut event_ids: Vec<Uuid> = requests.iter().map(|request| request.event_id.as_uuid()).collect();
    event_ids.sort_unstable();
    event_ids.dedup();
    let read = async { statuses(held_connection.acquire(pool).await?, &event_ids).await };
    let found: Result<HashMap<EventId, Arc<SharedCounts>>, ReadError> = match timeout(within, read).await {
        Ok(Ok(found)) => Ok(found.into_iter().map(|counts| (counts.event_id, SharedCounts::new(counts))).collect()),
        Ok(Err(error)) => Err(log_failure(&error)),
        // All requests of the batch have timed out too.
        Err(_) => Err(ReadError::Unavailable),
    };
    if found.is_err() {
        // The connection may be dead; the next batch opens a new one.
        held_connection.close();
    }
    for StatusRequest { event_id, reply } in requests {
        // Sending fails if the request was given up meanwhile.
        let _ = reply.send(found.as_ref().map(|found| found.get(&event_id).cloned()).map_err(|error| *error));
    }
}

/// Logs a failed read, once for the whole batch.
fn log_failure(error: &sqlx::Error) -> ReadError {
    if is_transient(error) {
        tracing::warn!(%error, "reading the status of events failed; the database is not available");
        ReadError::Unavailable
    } else {
        tracing::error!(%error, "reading the status of events failed; this is a bug");
        ReadError::Failed
    }
}
