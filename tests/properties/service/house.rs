//! Houses: two servers on a database, where one case plays after the other.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use boxoffice::config::Settings;
use boxoffice::domain::hold_rules::HoldRules;
use boxoffice::server::Running;
use boxoffice::workers::sweeper;
use futures_util::future::join_all;
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use crate::model::Seconds;
use crate::rows::Violation;
use crate::script::{Plan, Script, for_all_scripts};
use crate::support::{Client, Database, Service};
use crate::translate;

pub const SERVERS: usize = 2;

pub struct House {
    service: Service,
    second: Running,
    second_client: Client,
    rules: HoldRules,
    pub tick: Seconds,
}

/// Plays each script in a house that has no trouble left over from another.
pub async fn for_all_histories<P>(name: &str, plan: &Plan, play: P)
where
    P: AsyncFn(&House, &Script) -> Result<(), Violation> + Sync,
{
    let runtime = Handle::current();
    let empty: Mutex<Vec<House>> = Mutex::default();
    let empty_houses = || empty.lock().unwrap_or_else(PoisonError::into_inner);
    let played = |script: &Script| {
        let rules = translate::rules(&script.world.rules);
        let house = take(&mut empty_houses(), &rules);
        let house = house.unwrap_or_else(|| runtime.block_on(House::open(rules, plan.tick)));
        let played = runtime.block_on(play(&house, script));
        if played.is_ok() || runtime.block_on(house.is_sound()) {
            empty_houses().push(house);
        } else {
            drop(runtime.block_on(house.close()));
        }
        played
    };
    block_in_place(|| for_all_scripts(name, plan, played));
    let houses = empty.into_inner().unwrap_or_else(PoisonError::into_inner);
    // Dropping a database keeps the thread busy, and while it does no other house could stop in time.
    let databases = join_all(houses.into_iter().map(House::close)).await;
    drop(databases);
}

/// Settings are of a process, so each house has rules of its own.
fn take(empty: &mut Vec<House>, rules: &HoldRules) -> Option<House> {
    let fitting = empty.iter().position(|house| house.rules == *rules)?;
    Some(empty.swap_remove(fitting))
}

impl House {
    async fn open(rules: HoldRules, tick: Seconds) -> Self {
        let database = Database::create().await;
        // Nobody pulls the plug here, and thousands of commits are faster if they need not expect it.
        database.execute(format!("ALTER DATABASE {} SET synchronous_commit = off", database.name)).await;
        let adjust = |settings: &mut Settings| {
            settings.hold_rules = rules;
            settings.shutdown_timeout = Duration::ZERO;
        };
        let service = Service::start_on(database, adjust);
        let (second, second_client) = service.another_with(adjust);
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

    /// One of the servers.
    pub fn client(&self, server: usize) -> &Client {
        if server == 0 { &self.service.client } else { &self.second_client }
    }

    /// One round of the sweeper of one of the servers.
    pub async fn sweep(&self, server: usize) -> Result<(), Violation> {
        let running = if server == 0 { &self.service.running } else { &self.second };
        let report = sweeper::tick(running.app()).await.map_err(|error| format!("the sweeper failed: {error:#}"))?;
        if report.postponed == 0 { Ok(()) } else { Err(format!("the sweeper could not do its work: {report:?}")) }
    }

    /// Whether another case can play here after one that failed.
    async fn is_sound(&self) -> bool {
        self.sweep(0).await.is_ok() && self.audit().await.is_ok()
    }

    pub async fn audit(&self) -> Result<(), Violation> {
        let report = boxoffice::queries::invariants::check_invariants(&self.database().pool).await;
        let report = report.map_err(|error| format!("the audit failed: {error:#}"))?;
        let breaches: Vec<_> = report.invariants.iter().filter(|invariant| !invariant.holds()).collect();
        if breaches.is_empty() { Ok(()) } else { Err(format!("broken invariants: {breaches:#?}")) }
    }
}
