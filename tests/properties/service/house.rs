//! Pairs of servers on one database, on which cases are played one after the other.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use boxoffice::config::Settings;
use boxoffice::holds::worker as sweeper;
use boxoffice::server::Running;
use boxoffice_engine::settings::HoldRules;
use futures_util::future::join_all;
use test_support::model::Seconds;
use test_support::script::{Plan, Script, for_all_scripts};
use test_support::translate;
use test_support::violation::Violation;
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use crate::support::{Client, Database, Service};

pub const SERVERS: usize = 2;

/// Two servers on one database.
pub struct TwoServers {
    service: Service,
    second: Running,
    second_client: Client,
    rules: HoldRules,
    pub tick: Seconds,
}

/// Plays each script on a pair of servers. A pair is used again if its last case passed or left no broken invariant.
pub async fn for_all_histories<P>(name: &str, plan: &Plan, play: P)
where
    P: AsyncFn(&TwoServers, &Script) -> Result<(), Violation> + Sync,
{
    let runtime = Handle::current();
    let idle: Mutex<Vec<TwoServers>> = Mutex::default();
    let idle_pairs = || idle.lock().unwrap_or_else(PoisonError::into_inner);
    let played = |script: &Script| {
        let rules = translate::rules(&script.world.rules);
        let servers = take_idle(&mut idle_pairs(), &rules);
        let servers = servers.unwrap_or_else(|| runtime.block_on(TwoServers::start(rules, plan.tick)));
        let played = runtime.block_on(play(&servers, script));
        if played.is_ok() || runtime.block_on(servers.is_usable()) {
            idle_pairs().push(servers);
        } else {
            drop(runtime.block_on(servers.close()));
        }
        played
    };
    block_in_place(|| for_all_scripts(name, plan, played));
    let pairs = idle.into_inner().unwrap_or_else(PoisonError::into_inner);
    // Dropping a database blocks the thread, so all servers are stopped first.
    let databases = join_all(pairs.into_iter().map(TwoServers::close)).await;
    drop(databases);
}

/// Takes an idle pair with these rules out of the list. Rules are settings of a server, so they cannot change later.
fn take_idle(idle: &mut Vec<TwoServers>, rules: &HoldRules) -> Option<TwoServers> {
    let index = idle.iter().position(|servers| servers.rules == *rules)?;
    Some(idle.swap_remove(index))
}

impl TwoServers {
    async fn start(rules: HoldRules, tick: Seconds) -> Self {
        let database = Database::create().await;
        // No test crashes this PostgreSQL, and thousands of commits are faster without waiting for the disk.
        database.execute(format!("ALTER DATABASE {} SET synchronous_commit = off", database.name)).await;
        let adjust = |settings: &mut Settings| {
            settings.hold_rules = rules;
            settings.shutdown_timeout = Duration::ZERO;
        };
        let service = Service::start_on(database, adjust);
        let (second, second_client) = service.start_second_server_with(adjust);
        Self { service, second, second_client, rules, tick }
    }

    /// Stops the servers, and leaves the database to be dropped.
    async fn close(self) -> Database {
        let Service { database, running, .. } = self.service;
        self.second.stop().await.expect("the second server stops");
        running.stop().await.expect("the first server stops");
        database
    }

    pub fn database(&self) -> &Database {
        &self.service.database
    }

    /// Client of one of the servers.
    pub fn client(&self, server: usize) -> &Client {
        if server == 0 { &self.service.client } else { &self.second_client }
    }

    /// Runs one tick of the sweeper on one of the servers.
    pub async fn sweep(&self, server: usize) -> Result<(), Violation> {
        let running = if server == 0 { &self.service.running } else { &self.second };
        let report = sweeper::tick(running.app()).await.map_err(|error| format!("the sweeper failed: {error:#}"))?;
        if report.postponed == 0 { Ok(()) } else { Err(format!("the sweeper could not do its work: {report:?}")) }
    }

    /// Whether another case can be played here after a failed one.
    async fn is_usable(&self) -> bool {
        self.sweep(0).await.is_ok() && self.check_invariants().await.is_ok()
    }

    pub async fn check_invariants(&self) -> Result<(), Violation> {
        let report = boxoffice_engine::invariants::check_invariants(&self.database().pool).await;
        let report = report.map_err(|error| format!("the invariants check failed: {error:#}"))?;
        let breaches: Vec<_> = report.invariants.iter().filter(|invariant| !invariant.holds()).collect();
        if breaches.is_empty() { Ok(()) } else { Err(format!("broken invariants: {breaches:#?}")) }
    }
}
