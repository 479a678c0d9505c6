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

/// When clients begin nothing more: at the end of the window, or when someone says so before.
#[derive(Clone)]
pub struct Until {
    window: Duration,
    enough: Arc<AtomicBool>,
}

impl Until {
    pub fn end_of(window: Duration) -> Self {
        Self { window, enough: Arc::default() }
    }

    /// Ends the window now.
    pub fn enough(&self) {
        self.enough.store(true, Ordering::Relaxed);
    }

    pub fn window(&self) -> Duration {
        self.window
    }

    pub fn is_over(&self, started: Instant, now: Instant) -> bool {
        now - started >= self.window || self.enough.load(Ordering::Relaxed)
    }
}

/// Runs one window. Only answers that came inside it count for rates and latencies, so its length is exact; errors count
/// whenever they come.
///
/// # Errors
///
/// When a client cannot connect, or its task fails.
pub async fn run(target: Target, traffic: &Traffic, clients: usize, until: &Until) -> anyhow::Result<Recorder> {
    let connected = connect(target, clients).await?;
    let recorder = Arc::new(Mutex::new(Recorder::new()));
    let mut tasks = JoinSet::new();
    let started = Instant::now();
    for (index, client) in connected.into_iter().enumerate() {
        let visitor = Visitor::new(traffic.clone(), index);
        tasks.spawn(one_client(client, visitor, started, until.clone(), recorder.clone()));
    }
    while let Some(ended) = tasks.join_next().await {
        ended.context("a client failed")?;
    }
    let recorder = Arc::into_inner(recorder).context("a client is still running")?;
    Ok(recorder.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Before the window, so that connecting is not part of it.
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
    until: Until,
    recorder: Arc<Mutex<Recorder>>,
) {
    let mut sent = Instant::now();
    while !until.is_over(started, sent) {
        let verdict = visitor.visit(&mut client).await;
        let answered = Instant::now();
        let is_late = until.is_over(started, answered);
        // Never held across an await, and the threads of the load are few: taking it costs next to nothing.
        let mut recorder = recorder.lock().unwrap_or_else(PoisonError::into_inner);
        if is_late {
            recorder.late_answer(verdict);
        } else {
            recorder.answer(verdict, answered - sent, answered - sent);
        }
        drop(recorder);
        sent = answered;
    }
}
