//! Every metric: its name, unit and meaning. Nothing else in the code names one.
//!
//! The recorder belongs to the process, not to a server: tests start several. Handles that every request needs are kept,
//! because looking one up by its labels costs more than counting.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};
use std::thread::{self, LocalKey};
use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use metrics::{Counter, Histogram, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::config::COMMANDS_PER_BATCH_MAX;
use crate::error::ErrorCode;

/// One metric, as `docs/operations.md` lists it.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    pub name: &'static str,
    pub kind: Kind,
    pub meaning: &'static str,
}

/// What Prometheus may do with a metric's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Counter,
    Gauge,
    Histogram,
}

macro_rules! table {
    ($($constant:ident, $name:literal, $kind:ident, $meaning:literal;)*) => {
        $(const $constant: &str = $name;)*

        /// The whole table, in order.
        pub const ALL: &[Metric] = &[$(Metric { name: $name, kind: Kind::$kind, meaning: $meaning },)*];
    };
}

table! {
    // Requests.
    HTTP_REQUESTS,           "http_requests_total",             Counter,   "Requests answered, by method, route template and status";
    HTTP_DURATION,           "http_request_duration_seconds",   Histogram, "From the request's head to the answer's, by method and route template";
    ERRORS,                  "errors_total",                    Counter,   "Problem documents sent, by code of the table of errors";
    BOOKING_OPERATIONS,      "booking_operations_total",        Counter,   "Commands of clients, by operation and outcome, those that no lane took included";
    // Lanes.
    COMMANDS,                "commands_total",                  Counter,   "Commands that the lanes took, whoever gave them, by command and outcome";
    BATCH_SIZE,              "batch_size",                      Histogram, "Commands that one transaction decided";
    BATCH_DURATION,          "batch_duration_seconds",          Histogram, "From the begin of a batch's transaction to its commit, retries included";
    BATCH_RETRIES,           "batch_retries_total",             Counter,   "Batches that lost a race or their connection and were run again";
    BATCHES_ISOLATED,        "batches_isolated_total",          Counter,   "Batches that were run again in parts, to find the command that the database refuses or the event that is locked";
    UNKNOWN_COMMITS_RESOLVED,         "commits_settled_total",           Counter,   "Commits whose answer was lost, by what was found when they were looked up: found, not_found or unknown";
    LANES_ALIVE,             "lanes_alive",                     Gauge,     "Lanes whose tasks run";
    LANE_QUEUE_DEPTH,        "lane_queue_depth",                Gauge,     "Commands that wait for the lanes";
    LANE_QUEUE_WAIT,         "lane_queue_wait_seconds",         Histogram, "From a command's arrival to the begin of its batch";
    // The database.
    DB_TRANSACTION_DURATION, "db_transaction_duration_seconds", Histogram, "Transactions outside the lanes, by name and outcome, retries included";
    DB_TRANSACTION_RETRIES,  "db_transaction_retries_total",    Counter,   "Transactions outside the lanes that lost a race and were run again, by name";
    DB_POOL,                 "db_pool_connections",             Gauge,     "Connections, by pool (requests, lanes, status) and state (idle, used)";
    // Workers, and what there is.
    WORKER_TICKS,            "worker_ticks_total",              Counter,   "Runs of each worker: done, failed or panicked";
    SWEPT_HOLDS,             "swept_holds_total",               Counter,   "Overdue holds that the sweeper expired";
    INVARIANT_BREACHES,      "invariant_breaches",              Gauge,     "Rows that break an invariant, by invariant, at this instance's last audit; anything but 0 is an alarm";
    ACTIVE_HOLDS,            "active_holds",                    Gauge,     "Holds that are active, overdue ones included until they are swept";
    TOTAL_BOOKINGS,          "total_bookings",                  Gauge,     "Bookings that are confirmed";
}

/// Seconds. A hold takes well under a millisecond on an idle machine; timeouts end at a few seconds.
const DURATION_BUCKETS: &[f64] =
    &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Commands, up to the most that a batch can be told to have.
const BATCH_SIZE_BUCKETS: &[f64] =
    &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0, 2048.0, COMMANDS_PER_BATCH_MAX as f64];

/// How often samples of histograms are folded into their buckets when nobody scrapes; they are kept one by one until then.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// Starts recording, once per process; before that everything recorded is lost.
pub fn install() {
    RECORDER.get_or_init(|| {
        let handle = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), DURATION_BUCKETS)
            .and_then(|builder| {
                builder.set_buckets_for_metric(Matcher::Full(BATCH_SIZE.to_owned()), BATCH_SIZE_BUCKETS)
            })
            .expect("the bucket lists are not empty")
            .install_recorder()
            .expect("nothing else in this process installs a recorder");
        describe();
        begin_at_zero();
        let upkeep = handle.clone();
        thread::spawn(move || {
            loop {
                thread::sleep(UPKEEP_INTERVAL);
                upkeep.run_upkeep();
            }
        });
        handle
    });
}

fn describe() {
    for metric in ALL {
        match metric.kind {
            Kind::Counter => describe_counter!(metric.name, metric.meaning),
            Kind::Gauge => describe_gauge!(metric.name, metric.meaning),
            Kind::Histogram => describe_histogram!(metric.name, metric.meaning),
        }
    }
}

/// What should stay at 0 is told from the start: Prometheus does not see a series rise that begins with its first event.
fn begin_at_zero() {
    counter!(BATCH_RETRIES).absolute(0);
    counter!(BATCHES_ISOLATED).absolute(0);
    for outcome in [CommitResolution::Found, CommitResolution::NotFound, CommitResolution::Unknown] {
        counter!(UNKNOWN_COMMITS_RESOLVED, "outcome" => outcome.label()).absolute(0);
    }
}

/// Everything recorded so far, in Prometheus' text format.
pub fn render() -> String {
    RECORDER.get().map(PrometheusHandle::render).unwrap_or_default()
}

/// Method, route template and status.
type RequestLabels = (&'static str, &'static str, u16);

/// An answered request.
pub fn http_request(method: &Method, endpoint: &'static str, status: StatusCode, seconds: f64) {
    thread_local! {
        static KEPT: RefCell<HashMap<RequestLabels, (Counter, Histogram)>> = RefCell::default();
    }
    let key = (known_method(method), endpoint, status.as_u16());
    KEPT.with_borrow_mut(|kept| {
        let (requests, duration) = kept.entry(key).or_insert_with(|| {
            let (method, endpoint, status) = key;
            (
                counter!(HTTP_REQUESTS, "method" => method, "endpoint" => endpoint, "status" => status.to_string()),
                histogram!(HTTP_DURATION, "method" => method, "endpoint" => endpoint),
            )
        });
        requests.increment(1);
        duration.record(seconds);
    });
}

/// HTTP lets clients invent methods; a label must not follow them.
fn known_method(method: &Method) -> &'static str {
    let known = ["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS"];
    known.into_iter().find(|name| *name == method.as_str()).unwrap_or("other")
}

/// A problem document on its way out.
pub fn error(code: ErrorCode) {
    counter!(ERRORS, "code" => code.as_str()).increment(1);
}

/// A client's command, answered, also if no lane took it. `status` has the words of [`command`]'s outcome.
pub fn booking_operation(operation: &'static str, status: &'static str) {
    thread_local! {
        static KEPT: KeptCounters = RefCell::default();
    }
    count(&KEPT, [operation, status], || counter!(BOOKING_OPERATIONS, "operation" => operation, "status" => status));
}

/// A command that a lane answered, whoever gave it.
pub fn command(command: &'static str, outcome: &'static str) {
    thread_local! {
        static KEPT: KeptCounters = RefCell::default();
    }
    count(&KEPT, [command, outcome], || counter!(COMMANDS, "command" => command, "outcome" => outcome));
}

/// A thread's handles to a counter, by its labels.
type KeptCounters = RefCell<HashMap<[&'static str; 2], Counter>>;

fn count(kept: &'static LocalKey<KeptCounters>, labels: [&'static str; 2], counter: impl FnOnce() -> Counter) {
    kept.with_borrow_mut(|kept| kept.entry(labels).or_insert_with(counter).increment(1));
}

/// A batch whose transaction has ended.
pub fn batch(size: usize, duration: Duration) {
    static SIZE: LazyLock<Histogram> = LazyLock::new(|| histogram!(BATCH_SIZE));
    static DURATION: LazyLock<Histogram> = LazyLock::new(|| histogram!(BATCH_DURATION));
    SIZE.record(u32::try_from(size).unwrap_or(u32::MAX));
    DURATION.record(duration);
}

/// A batch is run again as a whole.
pub fn batch_retry() {
    counter!(BATCH_RETRIES).increment(1);
}

/// A batch is run again one command at a time.
pub fn batch_isolated() {
    counter!(BATCHES_ISOLATED).increment(1);
}

/// What was found when a commit without an answer was looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitResolution {
    /// It was committed.
    Found,
    /// It was not, and is run again.
    NotFound,
    /// The database could not be asked in time, or what would tell is gone.
    Unknown,
}

impl CommitResolution {
    fn label(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::NotFound => "not_found",
            Self::Unknown => "unknown",
        }
    }
}

/// A commit without an answer was looked up.
pub fn unknown_commit_resolved(settled: CommitResolution) {
    counter!(UNKNOWN_COMMITS_RESOLVED, "outcome" => settled.label()).increment(1);
}

/// How long a command waited for its batch.
pub fn lane_queue_wait(wait: Duration) {
    static WAIT: LazyLock<Histogram> = LazyLock::new(|| histogram!(LANE_QUEUE_WAIT));
    WAIT.record(wait);
}

/// How the lanes are, at scrape time: how many of their tasks run, and how many commands wait for them.
pub fn lanes(alive: usize, queue_depth: usize) {
    gauge!(LANES_ALIVE).set(u32::try_from(alive).unwrap_or(u32::MAX));
    gauge!(LANE_QUEUE_DEPTH).set(u32::try_from(queue_depth).unwrap_or(u32::MAX));
}

/// A transaction outside the lanes has ended. `outcome` is committed or failed.
pub fn db_transaction(name: &'static str, outcome: &'static str, duration: Duration) {
    histogram!(DB_TRANSACTION_DURATION, "transaction" => name, "outcome" => outcome).record(duration);
}

/// A transaction outside the lanes is tried again.
pub fn db_transaction_retry(name: &'static str) {
    counter!(DB_TRANSACTION_RETRIES, "transaction" => name).increment(1);
}

/// A worker's tick. `outcome` is done, failed or panicked.
pub fn worker_tick(worker: &'static str, outcome: &'static str) {
    counter!(WORKER_TICKS, "worker" => worker, "outcome" => outcome).increment(1);
}

/// Holds that one sweep expired.
pub fn swept_holds(count: u64) {
    counter!(SWEPT_HOLDS).increment(count);
}

/// The connections of a pool, at scrape time.
pub fn db_pool(pool: &'static str, idle: u32, used: u32) {
    gauge!(DB_POOL, "pool" => pool, "state" => "idle").set(idle);
    gauge!(DB_POOL, "pool" => pool, "state" => "used").set(used);
}

/// What the auditor found about one invariant.
pub fn invariant_breaches(invariant: &'static str, breaches: i64) {
    gauge!(INVARIANT_BREACHES, "invariant" => invariant).set(breaches as f64);
}

/// What the database counts, at scrape time.
pub fn totals(active_holds: i64, total_bookings: i64) {
    gauge!(ACTIVE_HOLDS).set(active_holds as f64);
    gauge!(TOTAL_BOOKINGS).set(total_bookings as f64);
}
