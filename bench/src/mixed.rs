//! mixed: what clients of a sale do, in a random order, through whatever happens to the servers.
//!
//! Every client holds, then books, releases or forgets, and reads the event's status in between. A request that fails for
//! a reason that passes is repeated with the same `Idempotency-Key`, as the documentation tells clients to. Everything
//! that a server acknowledged is written down for `verify`.

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
use self::retry::Patient;
use self::session::Session;
use self::shared::Shared;
use crate::acknowledged::Journal;
use crate::api::{self, EventCreated};
use crate::client::Client;
use crate::target::Target;

/// A load ends, whatever the servers do.
const RUN_MAX: Duration = Duration::from_secs(15 * 60);

#[derive(Args, Debug)]
pub struct Mixed {
    /// Base URLs of the service, as in http://127.0.0.1:8080; clients are dealt out over them
    #[arg(long = "target", required = true, value_delimiter = ',')]
    targets: Vec<Target>,
    #[arg(long, default_value = "10000", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    requests: u64,
    #[arg(long, default_value = "64", value_parser = clap::value_parser!(u16).range(1..=1024))]
    clients: u16,
    /// Requests per second, however long the answers take; without it, each client goes on when it has its answer
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rate: Option<u32>,
    /// A request is given up when it fails after so many repeats; without it, after half a minute
    #[arg(long, value_parser = clap::value_parser!(u8).range(0..=100))]
    repeats_max: Option<u8>,
    /// Seats of the event; when they run out, refusals for lack of room are expected
    #[arg(long, default_value = "1000000", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    seats: u32,
    /// What the clients do is drawn from this; only keys, ids and timing differ between runs
    #[arg(long, default_value = "1")]
    seed: u64,
    /// Where everything goes that a server acknowledged, as JSON lines
    #[arg(long)]
    acknowledged: PathBuf,
}

impl Mixed {
    /// Runs until all requests are settled, and prints what became of them. Prints a line of its own when half are done.
    ///
    /// # Errors
    ///
    /// When an answer is not what the API promises, or a request is not settled in time.
    pub async fn run(self) -> anyhow::Result<()> {
        let event_id = self.create_event().await?;
        let shared = Arc::new(Shared::new(self.requests, Pace::new(self.rate), Journal::create(&self.acknowledged)?));
        timeout(RUN_MAX, self.sessions(event_id, &shared))
            .await
            .with_context(|| format!("not done after {RUN_MAX:?}"))??;
        let tally = Arc::into_inner(shared).context("a client is still running")?.finish()?;
        println!("{tally}");
        ensure!(tally.is_clean(), "some requests did not end as the API promises");
        Ok(())
    }

    async fn sessions(&self, event_id: Uuid, shared: &Arc<Shared>) -> anyhow::Result<()> {
        let mut sessions = JoinSet::new();
        for index in 0..usize::from(self.clients) {
            let rng = StdRng::seed_from_u64(self.seed.wrapping_add(index as u64));
            let patient = Patient::new(&self.targets, index, self.repeats_max);
            sessions.spawn(Session::new(event_id, patient, rng, shared.clone()).run());
        }
        while let Some(ended) = sessions.join_next().await {
            ended.context("a client failed")??;
        }
        Ok(())
    }

    async fn create_event(&self) -> anyhow::Result<Uuid> {
        let target = self.targets.first().context("no target")?;
        let mut client = Client::new(*target);
        let answer = client
            .send(&api::create_event("mixed", self.seats))
            .await
            .with_context(|| format!("cannot reach {target}"))?;
        ensure!(answer.status == 201, "cannot create an event: {}", api::label(&answer));
        let event: EventCreated = serde_json::from_slice(answer.body).context("an event without an id")?;
        Ok(event.event_id)
    }
}
