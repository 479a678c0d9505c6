//! The open loop: requests start at times of their own, however slow the answers are.
//!
//! Latency counts from the intended start, so a server that stalls is charged for everyone who came meanwhile, and not
//! only for those whose requests it had (coordinated omission). The number of connections is bounded, as it is for a
//! crowd behind a load balancer: an arrival that finds none free waits for one, and when that takes longer than people
//! wait, it is counted as never sent. Both show how far the generator was from what it intended.

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

/// The pacer's shortest sleep. A timer of the runtime would round to milliseconds.
const PACE_MIN: Duration = Duration::from_micros(100);

/// One window of load.
#[derive(Clone)]
pub struct OpenLoop {
    pub target: Target,
    pub traffic: Traffic,
    pub schedule: Schedule,
    /// Answers after this count for latencies and not for rates.
    pub window: Duration,
    pub connections: usize,
    /// How late a request may be sent; later ones are not.
    pub patience: Duration,
}

/// What the connections share.
struct Shared {
    load: OpenLoop,
    /// One permit per arrival that is due.
    due: Semaphore,
    /// The next arrival that nobody has taken yet.
    next: AtomicUsize,
    started: Instant,
    recorder: Mutex<Recorder>,
}

/// A load whose connections are open.
pub struct Ready {
    load: OpenLoop,
    connected: Vec<Client>,
}

impl OpenLoop {
    /// # Errors
    ///
    /// When a connection cannot be opened.
    pub async fn connect(self) -> anyhow::Result<Ready> {
        let connected = connect(self.target, self.connections).await?;
        Ok(Ready { load: self, connected })
    }
}

impl Ready {
    /// Starts now, and runs until every request is answered.
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
        let paced = shared.clone();
        let pacer = thread::spawn(move || pace(&paced));
        while let Some(ended) = tasks.join_next().await {
            ended.context("a connection's task failed")?;
        }
        // Every connection has seen the end, which the pacer announces last.
        pacer.join().map_err(|_| anyhow!("the pacer panicked"))?;
        let shared = Arc::into_inner(shared).context("a connection is still in use")?;
        Ok(shared.recorder.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A thread of its own: it wakes at the right moment also when the runtime is busy with answers.
fn pace(shared: &Shared) {
    let schedule = &shared.load.schedule;
    let mut released = 0;
    while let Some(next) = schedule.get(released) {
        let now = shared.started.elapsed();
        if next > now {
            thread::sleep((next - now).max(PACE_MIN));
        }
        let due = schedule.due(shared.started.elapsed());
        shared.due.add_permits(due - released);
        released = due;
    }
    // Nobody waits for ever: each connection takes one more and finds nothing left.
    shared.due.add_permits(shared.load.connections);
}

async fn one_connection(mut client: Client, mut visitor: Visitor, shared: Arc<Shared>) {
    let record = || shared.recorder.lock().unwrap_or_else(PoisonError::into_inner);
    // The semaphore is never closed.
    while let Ok(permit) = shared.due.acquire().await {
        permit.forget();
        let arrival = shared.next.fetch_add(1, Ordering::Relaxed);
        let Some(offset) = shared.load.schedule.get(arrival) else { return };
        let intended = shared.started + offset;
        let sent = Instant::now();
        let lag = sent.saturating_duration_since(intended);
        if lag > shared.load.patience {
            record().unsent();
            continue;
        }
        let verdict = visitor.visit(&mut client).await;
        let answered = Instant::now();
        let mut recorder = record();
        recorder.lag.record(lag);
        let latency = answered.saturating_duration_since(intended);
        if answered - shared.started <= shared.load.window {
            recorder.answer(verdict, latency, answered - sent);
        } else {
            recorder.drained_answer(verdict, latency, answered - sent);
        }
    }
}
