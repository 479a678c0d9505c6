//! `run`: runs a suite and writes its results and report.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context as _;
use clap::Args;

use crate::database;
use crate::engines::Engine;
use crate::engines::server::{self, Boxoffice};
use crate::environment::Environment;
use crate::processes;
use crate::progress::Progress;
use crate::report;
use crate::results::Results;
use crate::scenarios::rig::Site;
use crate::scenarios::{grid, long, overload, seats, stampede, sweep};
use crate::suite::Suite;

#[derive(Args, Debug)]
pub struct Run {
    /// The suite file, as in bench/suites/
    #[arg(long)]
    suite: PathBuf,
    /// The server binary, built with the profile of container images
    #[arg(long, default_value = "target/dist/boxoffice")]
    server: PathBuf,
    /// A PostgreSQL whose role may create databases. The named database itself is not changed
    #[arg(long, env, hide_env_values = true)]
    database_url: String,
    /// The results file; the logs of the servers are written beside it
    #[arg(long)]
    json: PathBuf,
    /// The Markdown report whose section is written, with plots in a folder beside it
    #[arg(long)]
    report: Option<PathBuf>,
}

impl Run {
    /// Runs everything, prints the tables and writes the files.
    ///
    /// # Errors
    ///
    /// When the database is not durable, a scenario fails, an invariant is broken or a file cannot be written.
    pub async fn run(self) -> anyhow::Result<()> {
        let suite = Suite::read(&self.suite)?;
        let folder = self.json.parent().context("the results need a file name")?;
        std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        processes::raise_open_files_limit()?;
        let results = self.measure(suite).await?;
        results.write(&self.json)?;
        println!("{}", report::text(&results, None));
        match &self.report {
            Some(path) => report::write(path, &results),
            None => Ok(()),
        }
    }

    async fn measure(&self, suite: Suite) -> anyhow::Result<Results> {
        let started = Instant::now();
        let mut connection = database::connect(&self.database_url).await?;
        let facts = database::facts(&mut connection).await?;
        facts.assert_durable()?;
        let checkpoints = database::checkpoint(&mut connection).await?;
        let boxoffice = Boxoffice { binary: self.server.clone(), log: self.json.with_extension("log") };
        let environment = Environment::read(boxoffice.version().await?, facts)?;
        let database_url = self.database_url.clone();
        let mut site = Site { boxoffice, database_url, connection, progress: Progress::new() };

        let mut grids = Vec::new();
        for grid in suite.grids() {
            let result = grid::run(&mut site, &grid).await;
            grids.push(result.with_context(|| format!("scenario {}", grid.kind.name()))?);
        }
        let sweep = match &suite.scenarios.sweep {
            Some(sweep) => Some(sweep::run(&mut site, sweep).await.context("scenario sweep")?),
            None => None,
        };
        let overload = match &suite.scenarios.overload {
            Some(overload) => Some(overload::run(&mut site, overload).await.context("scenario overload")?),
            None => None,
        };
        let stampede = match &suite.scenarios.stampede {
            Some(stampede) => Some(stampede::run(&mut site, stampede).await.context("scenario stampede")?),
            None => None,
        };
        let seats = match &suite.scenarios.seats {
            Some(table) => Some(seats::run(&mut site, table).await.context("scenario seats")?),
            None => None,
        };
        let long = match &suite.scenarios.long {
            Some(long) => Some(long::run(&mut site, long).await.context("scenario long")?),
            None => None,
        };
        Ok(Results {
            suite,
            environment,
            settings: [Engine::Lanes, Engine::PerRequest].map(|engine| (engine, server::settings(engine))).into(),
            checkpoints,
            seconds: started.elapsed().as_secs_f64(),
            grids,
            sweep,
            overload,
            stampede,
            seats,
            long,
        })
    }
}
