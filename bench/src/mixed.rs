//! `mixed`: holds, bookings, releases and status reads in random order, during failures of the servers.
//!
//! Every client places a hold, then books it, releases it or leaves it to expire, and reads the event's status in
//! between. A request with a transient failure is repeated with the same `Idempotency-Key`, as the documentation says.
//! All acknowledged work is written to a file for `verify`.

mod pace;
mod retry;
mod session;
mod shared;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use clap::Args;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use tokio::task::JoinSet;
use tokio::time::timeout;
use uuid::Uuid;

use self::pace::Pace;
use self::retry::RetryingClient;
use self::session::Session;
use self::shared::Shared;
use crate::acknowledged::AcknowledgedWriter;
use crate::api::{self, EventCreated};
use crate::client::Client;
use crate::target::Target;

/// Time limit of the whole run.
const RUN_MAX: Duration = Duration::from_secs(15 * 60);

#[derive(Args, Debug)]
pub struct Mixed {
    /// Base URLs of the service, as in http://127.0.0.1:8080; clients are distributed over them
    #[arg(long = "target", required = true, value_delimiter = ',')]
    targets: Vec<Target>,
    #[arg(long, default_value = "10000", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    requests: u64,
    #[arg(long, default_value = "64", value_parser = clap::value_parser!(u16).range(1..=1024))]
    clients: u16,
    /// Requests per second, independent of answers; without it, each client sends its next request after an answer
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rate: Option<u32>,
    /// The most repeats of a request before it is given up; without it, a request is given up after 30 seconds
    #[arg(long, value_parser = clap::value_parser!(u8).range(0..=100))]
    repeats_max: Option<u8>,
    /// Seats of the event; when they run out, refusals for lack of room are expected
    #[arg(long, default_value = "1000000", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    seats: u32,
    /// Seed of the clients' random choices; only keys, ids and timing differ between runs with the same seed
    #[arg(long, default_value = "1")]
    seed: u64,
    /// The file for acknowledged work, as JSON lines
    #[arg(long)]
    acknowledged: PathBuf,
}

impl Mixed {
    /// Runs until all requests are finished, and prints a summary. Prints one more line when half of them are finished.
    ///
    /// # Errors
    ///
    /// When an answer is not as documented, or a request has no final answer in time.
    pub async fn run(self) -> anyhow::Result<()> {
        let event_id = self.create_event().await?;
        let shared =
            Arc::new(Shared::new(self.requests, Pace::new(self.rate), AcknowledgedWriter::create(&self.acknowledged)?));
        timeout(RUN_MAX, self.run_sessions(event_id, &shared))
            .await
            .with_context(|| format!("not done after {RUN_MAX:?}"))??;
        let summary = Arc::into_inner(shared).context("a client is still running")?.finish()?;
        println!("{summary}");
        ensure!(summary.is_clean(), "some requests did not end as documented");
        Ok(())
    }

    async fn run_sessions(&self, event_id: Uuid, shared: &Arc<Shared>) -> anyhow::Result<()> {
        let mut sessions = JoinSet::new();
        for index in 0..usize::from(self.clients) {
            let rng = StdRng::seed_from_u64(self.seed.wrapping_add(index as u64));
            let client = RetryingClient::new(&self.targets, index, self.repeats_max);
            sessions.spawn(Session::new(event_id, client, rng, shared.clone()).run());
        }
        while let Some(ended) = sessions.join_next().await {
            ended.context("a client failed")??;
        }
        Ok(())
    }

    async fn create_event(&self) -> anyhow::Result<Uuid> {
        let target = self.targets.first().context("no target is given")?;
        let mut client = Client::new(*target);
        let answer = client
            .send(&api::create_event("mixed", self.seats))
            .await
            .with_context(|| format!("cannot reach {target}"))?;
        ensure!(answer.status == 201, "cannot create an event: {}", api::label(&answer));
        let event: EventCreated = serde_json::from_slice(answer.body).context("cannot parse a created event")?;
        Ok(event.event_id)
    }
}
