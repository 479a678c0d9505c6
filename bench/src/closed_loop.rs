//! The closed loop: a number of clients, each sending its next request when the last one is answered.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::task::JoinSet;

use crate::api;
use crate::client::Client;
use crate::recorder::Recorder;
use crate::target::Target;

/// What every client sends, again and again.
#[derive(Clone)]
pub struct Load {
    pub target: Target,
    pub request: Arc<[u8]>,
    /// The status of an answer that counts; any other is an error.
    pub expected: u16,
}

/// Runs one window. Only answers that came inside it count, so its length is exact; errors count whenever they come.
///
/// # Errors
///
/// When a client cannot connect, or its task fails.
pub async fn run(load: &Load, clients: usize, window: Duration) -> anyhow::Result<Recorder> {
    let mut connected = Vec::with_capacity(clients);
    for _ in 0..clients {
        let mut client = Client::new(load.target);
        client.connect().await.with_context(|| format!("cannot connect to {}", load.target))?;
        connected.push(client);
    }
    let recorder = Arc::new(Mutex::new(Recorder::new()));
    let mut tasks = JoinSet::new();
    let deadline = Instant::now() + window;
    for client in connected {
        tasks.spawn(one_client(client, load.clone(), deadline, recorder.clone()));
    }
    while let Some(ended) = tasks.join_next().await {
        ended.context("a client failed")?;
    }
    let recorder = Arc::into_inner(recorder).context("a client is still running")?;
    Ok(recorder.into_inner().unwrap_or_else(PoisonError::into_inner))
}

async fn one_client(mut client: Client, load: Load, deadline: Instant, recorder: Arc<Mutex<Recorder>>) {
    let mut sent = Instant::now();
    while sent < deadline {
        let error = match client.send(&load.request).await {
            Ok(answer) if answer.status == load.expected => None,
            Ok(answer) => Some(api::label(&answer)),
            Err(error) => Some(error.to_string()),
        };
        let answered = Instant::now();
        // Never held across an await, and the threads of the load are few: taking it costs next to nothing.
        let mut recorder = recorder.lock().unwrap_or_else(PoisonError::into_inner);
        match error {
            Some(label) => recorder.error(label),
            None if answered <= deadline => recorder.success(answered - sent),
            None => {}
        }
        sent = answered;
    }
}
