//! hold-throughput: holds per second for one hot event, with lanes and with one transaction per request, side by side.
//!
//! Both servers run all the time, on the same database, and short windows of load alternate between them, so that whatever
//! disturbs the machine disturbs both. Every window has a fresh event, and starts after a checkpoint.

mod markdown;
mod results;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use clap::Args;
use sqlx::PgConnection;

use self::results::{Cell, Results, Series, Settings};
use crate::api::{self, EventCreated};
use crate::client::Client;
use crate::closed_loop::{self, Load};
use crate::database;
use crate::environment::Environment;
use crate::recorder::Recorder;
use crate::report;
use crate::server::{self, Boxoffice, Mode, Server};

/// The most that an event may have: no window can sell it out.
const SEATS: u32 = 10_000_000;

#[derive(Args, Debug)]
pub struct HoldThroughput {
    /// The server binary, built with --release
    #[arg(long, default_value = "target/release/boxoffice")]
    server: PathBuf,
    /// The database that both servers use. It is migrated, and left with the holds in it
    #[arg(long, env, hide_env_values = true)]
    database_url: String,
    /// How many clients, one cell of the table each
    #[arg(long, value_delimiter = ',', default_value = "1,16,64,256", value_parser = clap::value_parser!(u16).range(1..=1024))]
    clients: Vec<u16>,
    /// Windows per cell and mode
    #[arg(long, default_value = "5", value_parser = clap::value_parser!(u32).range(1..=50))]
    rounds: u32,
    #[arg(long, default_value = "3", value_parser = clap::value_parser!(u64).range(1..=60))]
    window_seconds: u64,
    /// Load before the first window of a cell, per mode, that is not counted
    #[arg(long, default_value = "2", value_parser = clap::value_parser!(u64).range(1..=60))]
    warm_up_seconds: u64,
    /// Where the raw results go
    #[arg(long)]
    json: Option<PathBuf>,
    /// The Markdown report whose section is written
    #[arg(long)]
    report: Option<PathBuf>,
}

/// The two servers, and the connection that prepares their database.
struct Bench {
    lanes: Server,
    per_request: Server,
    connection: PgConnection,
}

impl HoldThroughput {
    /// Runs everything, prints the table and writes what was asked for.
    ///
    /// # Errors
    ///
    /// When the database is not durable, a server fails, an invariant is broken or a file cannot be written.
    pub async fn run(self) -> anyhow::Result<()> {
        let mut connection = database::connect(&self.database_url).await?;
        let facts = database::facts(&mut connection).await?;
        facts.assert_durable()?;
        let checkpoints = database::checkpoint(&mut connection).await?;
        let environment = Environment::read(facts)?;

        let boxoffice = Boxoffice { binary: self.server.clone(), database_url: self.database_url.clone() };
        boxoffice.migrate().await?;
        let mut bench = Bench {
            lanes: boxoffice.serve(Mode::Lanes).await?,
            per_request: boxoffice.serve(Mode::PerRequest).await?,
            connection,
        };
        let mut cells = Vec::with_capacity(self.clients.len());
        for &clients in &self.clients {
            cells.push(self.cell(&mut bench, usize::from(clients)).await?);
            boxoffice.audit().await?;
        }
        bench.lanes.stop().await?;
        bench.per_request.stop().await?;

        let settings = Settings {
            rounds: self.rounds,
            window_seconds: self.window_seconds,
            warm_up_seconds: self.warm_up_seconds,
            checkpoints,
            server: server::settings(),
        };
        self.write(&Results::new(environment, settings, cells))
    }

    /// All rounds of one number of clients.
    async fn cell(&self, bench: &mut Bench, clients: usize) -> anyhow::Result<Cell> {
        for mode in [Mode::Lanes, Mode::PerRequest] {
            bench.window(mode, clients, Duration::from_secs(self.warm_up_seconds)).await?;
        }
        let window = Duration::from_secs(self.window_seconds);
        let (mut lanes, mut per_request) = (Vec::new(), Vec::new());
        for round in 0..self.rounds {
            // The first of a round alternates too: neither mode always comes after the other.
            let order = match round % 2 {
                0 => [Mode::Lanes, Mode::PerRequest],
                _ => [Mode::PerRequest, Mode::Lanes],
            };
            for mode in order {
                let recorded = bench.window(mode, clients, window).await?;
                self.progress(round, mode, clients, &recorded);
                match mode {
                    Mode::Lanes => lanes.push(recorded),
                    Mode::PerRequest => per_request.push(recorded),
                }
            }
        }
        Ok(Cell { clients, lanes: Series::new(&lanes, window)?, per_request: Series::new(&per_request, window)? })
    }

    fn progress(&self, round: u32, mode: Mode, clients: usize, recorded: &Recorder) {
        eprintln!(
            "{clients:>4} clients, round {}/{}, {:<11} {:>6} holds/s, {} errors",
            round + 1,
            self.rounds,
            mode.setting(),
            recorded.successes() / self.window_seconds,
            recorded.errors().values().sum::<u64>(),
        );
    }

    fn write(&self, results: &Results) -> anyhow::Result<()> {
        let section = markdown::section(results);
        println!("{section}");
        if let Some(path) = &self.json {
            let json = serde_json::to_string_pretty(results).context("cannot write the results as JSON")?;
            std::fs::write(path, json + "\n").with_context(|| format!("cannot write {}", path.display()))?;
        }
        if let Some(path) = &self.report {
            report::update(path, "hold-throughput", &section)?;
        }
        Ok(())
    }
}

impl Bench {
    async fn window(&mut self, mode: Mode, clients: usize, length: Duration) -> anyhow::Result<Recorder> {
        let target = match mode {
            Mode::Lanes => self.lanes.target,
            Mode::PerRequest => self.per_request.target,
        };
        let mut client = Client::new(target);
        let answer = client.send(&api::create_event("hold-throughput", SEATS)).await?;
        ensure!(answer.status == 201, "cannot create an event: {}", api::label(&answer));
        let event: EventCreated = serde_json::from_slice(answer.body).context("an event without an id")?;
        let load = Load { target, request: Arc::from(api::place_hold(event.event_id, 1, None)), expected: 201 };
        database::checkpoint(&mut self.connection).await?;
        closed_loop::run(&load, clients, length).await
    }
}
