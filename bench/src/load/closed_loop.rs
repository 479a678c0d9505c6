//! The closed loop: a number of clients, each sending its next request when the last one is answered.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::task::JoinSet;

use super::recorder::Recorder;
use super::visitor::{Traffic, Visitor};
use crate::client::Client;
use crate::target::Target;

/// The end of a window: after its duration, or earlier if [`Self::end_now`] is called. After it clients send no new
/// requests.
#[derive(Clone)]
pub struct WindowEnd {
    duration: Duration,
    ended: Arc<AtomicBool>,
}

impl WindowEnd {
    pub fn new(duration: Duration) -> Self {
        Self { duration, ended: Arc::default() }
    }

    /// Ends the window now.
    pub fn end_now(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }

    pub fn is_over(&self, started: Instant, now: Instant) -> bool {
        now - started >= self.duration || self.ended.load(Ordering::Relaxed)
    }
}

/// Runs one window. Only answers inside the window count for rates and latencies, so its duration is exact; errors
/// always count.
///
/// # Errors
///
/// When a client cannot connect, or its task fails.
pub async fn run(
    target: Target,
    traffic: &Traffic,
    clients: usize,
    window_end: &WindowEnd,
) -> anyhow::Result<Recorder> {
    let connected = connect(target, clients).await?;
    let recorder = Arc::new(Mutex::new(Recorder::new()));
    let mut tasks = JoinSet::new();
    let started = Instant::now();
    for (index, client) in connected.into_iter().enumerate() {
        let visitor = Visitor::new(traffic.clone(), index);
        tasks.spawn(one_client(client, visitor, started, window_end.clone(), recorder.clone()));
    }
    while let Some(ended) = tasks.join_next().await {
        ended.context("a client failed")?;
    }
    let recorder = Arc::into_inner(recorder).context("a client is still running")?;
    Ok(recorder.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Connects the clients before the window, so that connecting is not part of it.
pub(super) async fn connect(target: Target, clients: usize) -> anyhow::Result<Vec<Client>> {
    let mut connected = Vec::with_capacity(clients);
    for _ in 0..clients {
        let mut client = Client::new(target);
        client.connect().await.with_context(|| format!("cannot connect to {target}"))?;
        connected.push(client);
    }
    Ok(connected)
}

async fn one_client(
    mut client: Client,
    mut visitor: Visitor,
    started: Instant,
    window_end: WindowEnd,
    recorder: Arc<Mutex<Recorder>>,
) {
    let mut sent = Instant::now();
    while !window_end.is_over(started, sent) {
        let outcome = visitor.visit(&mut client).await;
        let answered = Instant::now();
        let is_late = window_end.is_over(started, answered);
        // Not held across an await, and the load has one or two threads, so the lock costs almost nothing.
        let mut recorder = recorder.lock().unwrap_or_else(PoisonError::into_inner);
        if is_late {
            recorder.record_late_answer(outcome);
        } else {
            recorder.record_answer(outcome, answered - sent, answered - sent);
        }
        drop(recorder);
        sent = answered;
    }
}
