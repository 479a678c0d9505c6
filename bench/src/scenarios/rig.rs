//! The rig of a scenario: a new database, the engines on it, and the invariants check at its end.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use sqlx::{Connection as _, PgConnection};
use url::Url;
use uuid::Uuid;

use crate::api::{self, EventCreated, EventStatus};
use crate::client::Client;
use crate::database::{self, TableUpdates};
use crate::engines::child::HelperProcess;
use crate::engines::server::{Boxoffice, Server};
use crate::engines::{Engine, floor};
use crate::processes;
use crate::progress::Progress;
use crate::target::Target;

/// The largest capacity of an event: no window can sell it out.
pub const SEATS: u32 = 10_000_000;

/// Number of round trips in a measurement of the delay.
const ROUND_TRIPS: usize = 101;

/// The server binary and the PostgreSQL of a run.
pub struct Site {
    pub boxoffice: Boxoffice,
    pub database_url: String,
    pub connection: PgConnection,
    pub progress: Progress,
}

/// The running engines and the database of one scenario.
pub struct Rig<'a> {
    pub site: &'a mut Site,
    /// URL of the scenario's own database.
    pub database_url: String,
    pub connection: PgConnection,
    running: Vec<(Engine, Running)>,
    /// The proxy between the services and the database. It is stopped when the rig is dropped.
    delay_proxy: Option<HelperProcess>,
    postmaster: Option<u32>,
}

enum Running {
    Service(Server),
    Echo(HelperProcess),
    Statement,
}

/// Processor times since the start of the processes. `None` if they are not known.
#[derive(Clone, Copy)]
pub struct CpuTimes {
    pub server: Option<Duration>,
    pub postgres: Option<Duration>,
    pub generator: Duration,
}

impl<'a> Rig<'a> {
    /// Starts the engines on a new database, with a proxy between services and database if a delay is given.
    ///
    /// # Errors
    ///
    /// When the database cannot be created or an engine does not start.
    pub async fn start(site: &'a mut Site, engines: &[Engine], delay: Option<Duration>) -> anyhow::Result<Self> {
        let database_url = database::create_scratch(&mut site.connection, &site.database_url).await?;
        site.boxoffice.migrate(&database_url).await?;
        let mut connection = database::connect(&database_url).await?;
        let postmaster = processes::postmaster(database::backend_pid(&mut connection).await?);
        let (delay_proxy, service_url) = match delay {
            None => (None, database_url.clone()),
            Some(delay) => {
                let proxy = start_delay_proxy(&database_url, delay).await?;
                let url = url_through_proxy(&database_url, proxy.target)?;
                (Some(proxy), url)
            }
        };
        let mut running = Vec::new();
        for &engine in engines {
            let started = match engine {
                Engine::Lanes | Engine::PerRequest => {
                    Running::Service(site.boxoffice.serve(engine, &service_url).await?)
                }
                Engine::Ceiling => Running::Echo(HelperProcess::start(&["echo"]).await?),
                Engine::Floor => {
                    floor::create(&mut connection).await?;
                    Running::Statement
                }
            };
            running.push((engine, started));
        }
        Ok(Self { site, database_url, connection, running, delay_proxy, postmaster })
    }

    /// Stops the engines, checks the invariants and drops the database. Returns the updates per table.
    ///
    /// # Errors
    ///
    /// When a server does not stop with success, or an invariant is broken.
    pub async fn finish(mut self) -> anyhow::Result<Vec<TableUpdates>> {
        self.site.progress.step("invariants check");
        for (_, running) in self.running {
            if let Running::Service(server) = running {
                server.stop().await?;
            }
        }
        self.site.boxoffice.audit(&self.database_url).await?;
        let updates = database::table_updates(&mut self.connection).await?;
        drop(self.connection);
        database::drop_scratch(&mut self.site.connection).await?;
        Ok(updates)
    }

    /// The address of an engine.
    ///
    /// # Errors
    ///
    /// When the engine does not speak HTTP or was not started.
    pub fn target(&self, engine: Engine) -> anyhow::Result<Target> {
        match self.running(engine)? {
            Running::Service(server) => Ok(server.target),
            Running::Echo(echo) => Ok(echo.target),
            Running::Statement => anyhow::bail!("{} does not speak HTTP", engine.name()),
        }
    }

    /// The service with lanes. Every scenario creates its events there.
    ///
    /// # Errors
    ///
    /// When it was not started.
    pub fn lanes(&self) -> anyhow::Result<&Server> {
        match self.running(Engine::Lanes)? {
            Running::Service(server) => Ok(server),
            Running::Echo(_) | Running::Statement => anyhow::bail!("the engine lanes is not a service"),
        }
    }

    /// Measures the delay of a round trip by the proxy, in microseconds: the difference of the medians.
    ///
    /// # Errors
    ///
    /// When there is no proxy, or the database cannot be reached.
    pub async fn measure_delay(&self) -> anyhow::Result<f64> {
        let proxy = self.delay_proxy.as_ref().context("there is no proxy")?;
        let delayed = round_trip(&url_through_proxy(&self.database_url, proxy.target)?).await?;
        Ok((delayed.as_secs_f64() - round_trip(&self.database_url).await?.as_secs_f64()) * 1e6)
    }

    /// Processor times of an engine, PostgreSQL and the load generator.
    pub fn cpu_times(&self, engine: Engine) -> CpuTimes {
        let pid = self.running(engine).ok().and_then(|running| match running {
            Running::Service(server) => Some(server.pid),
            Running::Echo(echo) => Some(echo.pid),
            Running::Statement => None,
        });
        CpuTimes {
            server: pid.and_then(processes::cpu_time),
            postgres: self.postmaster.and_then(processes::tree_cpu_time),
            generator: processes::own_cpu_time(),
        }
    }

    /// Creates an event with one pool, on sale.
    ///
    /// # Errors
    ///
    /// When the service does not create it.
    pub async fn create_event(&self, seats: u32) -> anyhow::Result<Uuid> {
        create_event(&mut Client::new(self.lanes()?.target), seats).await
    }

    /// Creates several such events.
    ///
    /// # Errors
    ///
    /// When the service does not create one of them.
    pub async fn create_events(&self, count: usize, seats: u32) -> anyhow::Result<Vec<Uuid>> {
        let mut client = Client::new(self.lanes()?.target);
        let mut events = Vec::with_capacity(count);
        for _ in 0..count {
            events.push(create_event(&mut client, seats).await?);
        }
        Ok(events)
    }

    /// Reads the counters of an event.
    ///
    /// # Errors
    ///
    /// When the service does not answer with them.
    pub async fn event_status(&self, event_id: Uuid) -> anyhow::Result<EventStatus> {
        let mut client = Client::new(self.lanes()?.target);
        let answer = client.send(&api::event_status(event_id)).await?;
        ensure!(answer.status == 200, "cannot read the status of an event: {}", api::label(&answer));
        serde_json::from_slice(answer.body).context("cannot parse the status of an event")
    }

    fn running(&self, engine: Engine) -> anyhow::Result<&Running> {
        let found = self.running.iter().find(|(running, _)| *running == engine);
        found.map(|(_, running)| running).with_context(|| format!("{} is not running", engine.name()))
    }
}

async fn create_event(client: &mut Client, seats: u32) -> anyhow::Result<Uuid> {
    let answer = client.send(&api::create_event("bench", seats)).await?;
    ensure!(answer.status == 201, "cannot create an event: {}", api::label(&answer));
    let event: EventCreated = serde_json::from_slice(answer.body).context("cannot parse a created event")?;
    Ok(event.event_id)
}

async fn start_delay_proxy(database_url: &str, delay: Duration) -> anyhow::Result<HelperProcess> {
    let upstream = upstream(database_url)?;
    let delay = delay.as_micros().to_string();
    HelperProcess::start(&["delay-proxy", "--upstream", &upstream, "--delay-micros", &delay]).await
}

/// Median time of a round trip to the database.
async fn round_trip(database_url: &str) -> anyhow::Result<Duration> {
    let mut connection = database::connect(database_url).await?;
    let mut times = Vec::with_capacity(ROUND_TRIPS);
    for _ in 0..ROUND_TRIPS {
        let sent = Instant::now();
        connection.ping().await.context("the database does not answer")?;
        times.push(sent.elapsed());
    }
    times.sort();
    Ok(times[ROUND_TRIPS / 2])
}

/// The address of the database: the path of a Unix socket if the URL names its folder, otherwise host and port.
fn upstream(database_url: &str) -> anyhow::Result<String> {
    let url = Url::parse(database_url).context("DATABASE_URL is not a URL")?;
    let port = url.port().unwrap_or(5432);
    let folder = url.query_pairs().find(|(name, value)| name == "host" && value.starts_with('/'));
    if let Some((_, folder)) = folder {
        let path: PathBuf = [&*folder, &format!(".s.PGSQL.{port}")].iter().collect();
        return Ok(path.display().to_string());
    }
    Ok(format!("{}:{port}", url.host_str().context("DATABASE_URL names no host")?))
}

/// The URL of the same database through the proxy.
fn url_through_proxy(database_url: &str, proxy: Target) -> anyhow::Result<String> {
    let mut url = Url::parse(database_url).context("DATABASE_URL is not a URL")?;
    url.set_query(None);
    url.set_host(Some("127.0.0.1")).context("DATABASE_URL cannot have a host")?;
    ensure!(url.set_port(Some(proxy.address().port())).is_ok(), "DATABASE_URL cannot have a port");
    Ok(url.into())
}

impl CpuTimes {
    /// The difference to an earlier reading.
    pub fn since(self, before: Self) -> Self {
        let difference = |after: Option<Duration>, before| Some(after?.saturating_sub(before?));
        Self {
            server: difference(self.server, before.server),
            postgres: difference(self.postgres, before.postgres),
            generator: self.generator.saturating_sub(before.generator),
        }
    }
}
