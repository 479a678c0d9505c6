//! The open loop: requests start at scheduled times, independent of answers.
//!
//! Latency counts from the scheduled start, so it includes the waiting time of requests that were due while the server
//! was stalled (a closed loop omits them: coordinated omission). The number of connections is limited, as behind a load
//! balancer. A request without a free connection waits for one; if it waits longer than `patience`, it counts as
//! unsent. Lag and unsent requests show how far the generator was from its schedule.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::closed_loop::connect;
use super::recorder::Recorder;
use super::schedule::Schedule;
use super::visitor::{Traffic, Visitor};
use crate::client::Client;
use crate::target::Target;

/// The pacer thread's shortest sleep. A timer of the runtime would round to milliseconds.
const PACE_MIN: Duration = Duration::from_micros(100);

/// One window of load.
#[derive(Clone)]
pub struct OpenLoop {
    pub target: Target,
    pub traffic: Traffic,
    pub schedule: Schedule,
    /// Duration of the window. Later answers count for latencies and not for rates.
    pub window: Duration,
    pub connections: usize,
    /// How late a request may be sent; later ones are not sent.
    pub patience: Duration,
}

/// State shared by the connections.
struct Shared {
    load: OpenLoop,
    /// One permit per request that is due.
    due: Semaphore,
    /// Index of the next request in the schedule.
    next: AtomicUsize,
    started: Instant,
    recorder: Mutex<Recorder>,
}

/// A load with open connections.
pub struct ConnectedLoad {
    load: OpenLoop,
    connected: Vec<Client>,
}

impl OpenLoop {
    /// Opens the connections.
    ///
    /// # Errors
    ///
    /// When a connection cannot be opened.
    pub async fn connect(self) -> anyhow::Result<ConnectedLoad> {
        let connected = connect(self.target, self.connections).await?;
        Ok(ConnectedLoad { load: self, connected })
    }
}

impl ConnectedLoad {
    /// Starts the schedule now, and returns when every sent request is answered.
    ///
    /// # Errors
    ///
    /// When a task fails.
    pub async fn run(self) -> anyhow::Result<Recorder> {
        let shared = Arc::new(Shared {
            load: self.load,
            due: Semaphore::new(0),
            next: AtomicUsize::new(0),
            started: Instant::now(),
            recorder: Mutex::new(Recorder::new()),
        });
        let mut tasks = JoinSet::new();
        for (index, client) in self.connected.into_iter().enumerate() {
            let visitor = Visitor::new(shared.load.traffic.clone(), index);
            tasks.spawn(one_connection(client, visitor, shared.clone()));
        }
        let pacer_shared = shared.clone();
        let pacer = thread::spawn(move || release_due_requests(&pacer_shared));
        while let Some(ended) = tasks.join_next().await {
            ended.context("a connection's task failed")?;
        }
        // All connections have ended, and they end only after the pacer's last permits.
        pacer.join().map_err(|_| anyhow!("the pacer panicked"))?;
        let shared = Arc::into_inner(shared).context("a connection is still in use")?;
        Ok(shared.recorder.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Adds a permit for each request when it is due. Runs on its own thread, to be on time while the runtime is busy with
/// answers.
fn release_due_requests(shared: &Shared) {
    let schedule = &shared.load.schedule;
    let mut released = 0;
    while let Some(next) = schedule.get(released) {
        let now = shared.started.elapsed();
        if next > now {
            thread::sleep((next - now).max(PACE_MIN));
        }
        let due = schedule.count_due(shared.started.elapsed());
        shared.due.add_permits(due - released);
        released = due;
    }
    // One more permit per connection: each finds the schedule finished, and ends.
    shared.due.add_permits(shared.load.connections);
}

async fn one_connection(mut client: Client, mut visitor: Visitor, shared: Arc<Shared>) {
    let lock_recorder = || shared.recorder.lock().unwrap_or_else(PoisonError::into_inner);
    // The semaphore is never closed.
    while let Ok(permit) = shared.due.acquire().await {
        permit.forget();
        let index = shared.next.fetch_add(1, Ordering::Relaxed);
        let Some(offset) = shared.load.schedule.get(index) else { return };
        let scheduled = shared.started + offset;
        let sent = Instant::now();
        let lag = sent.saturating_duration_since(scheduled);
        if lag > shared.load.patience {
            lock_recorder().record_unsent();
            continue;
        }
        let outcome = visitor.visit(&mut client).await;
        let answered = Instant::now();
        let mut recorder = lock_recorder();
        recorder.lag.record(lag);
        let latency = answered.saturating_duration_since(scheduled);
        if answered - shared.started <= shared.load.window {
            recorder.record_answer(outcome, latency, answered - sent);
        } else {
            recorder.record_answer_after_window(outcome, latency, answered - sent);
        }
    }
}
