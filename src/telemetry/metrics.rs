//! Every metric: its name, unit and meaning. Metric names appear in no other file.
//!
//! The recorder belongs to the process, not to a server: tests start several servers. Handles of frequent metrics are
//! cached, because looking one up by its labels costs more than counting.

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

/// Prometheus type of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Counter,
    Gauge,
    Histogram,
}

macro_rules! table {
    ($($constant:ident, $name:literal, $kind:ident, $meaning:literal;)*) => {
        $(const $constant: &str = $name;)*

        /// Every metric, in the order of the table.
        pub const ALL: &[Metric] = &[$(Metric { name: $name, kind: Kind::$kind, meaning: $meaning },)*];
    };
}

table! {
    // Requests.
    HTTP_REQUESTS,           "http_requests_total",             Counter,   "Requests answered, by method, route template and status";
    HTTP_DURATION,           "http_request_duration_seconds",   Histogram, "Time from the request's head to the response's head, by method and route template";
    ERRORS,                  "errors_total",                    Counter,   "Problem documents sent, by error code";
    BOOKING_OPERATIONS,      "booking_operations_total",        Counter,   "Commands of clients, by operation and outcome, including those that no lane took";
    // Lanes.
    COMMANDS,                "commands_total",                  Counter,   "Commands that a lane took, from clients and workers, by command and outcome";
    BATCH_SIZE,              "batch_size",                      Histogram, "Commands in one batch";
    BATCH_DURATION,          "batch_duration_seconds",          Histogram, "Time to execute a batch, including retries and splits";
    BATCH_RETRIES,           "batch_retries_total",             Counter,   "Retries of a batch, or of a part of one, after a deadlock, a locked event or a lost connection";
    BATCHES_ISOLATED,        "batches_isolated_total",          Counter,   "Splits of a batch, or of a part of one, after a failure: into halves if the database rejected it or a statement timed out, by event if an event is locked";
    UNKNOWN_COMMITS_RESOLVED, "commits_settled_total",          Counter,   "Commits whose answer was lost, by the result of the lookup: found, not_found or unknown";
    LANES_ALIVE,             "lanes_alive",                     Gauge,     "Lanes that are running";
    LANE_QUEUE_DEPTH,        "lane_queue_depth",                Gauge,     "Commands that wait in the queue";
    LANE_QUEUE_WAIT,         "lane_queue_wait_seconds",         Histogram, "Time from a command's arrival in the queue until a lane takes it";
    // The database.
    DB_TRANSACTION_DURATION, "db_transaction_duration_seconds", Histogram, "Time of transactions outside the lanes, by name and outcome, including retries";
    DB_TRANSACTION_RETRIES,  "db_transaction_retries_total",    Counter,   "Retries of transactions outside the lanes after a deadlock, a serialization failure or a lock timeout, by name";
    DB_POOL,                 "db_pool_connections",             Gauge,     "Connections, by pool (requests, lanes, status) and state (idle, used)";
    // Workers, and totals in the database.
    WORKER_TICKS,            "worker_ticks_total",              Counter,   "Ticks of each worker, by outcome: done, failed or panicked";
    SWEPT_HOLDS,             "swept_holds_total",               Counter,   "Overdue holds that the sweeper expired";
    INVARIANT_BREACHES,      "invariant_breaches",              Gauge,     "Rows that break an invariant, by invariant, at this instance's last invariants check; anything but 0 is an alarm";
    ACTIVE_HOLDS,            "active_holds",                    Gauge,     "Active holds, including overdue ones until they are swept";
    TOTAL_BOOKINGS,          "total_bookings",                  Gauge,     "Confirmed bookings";
}

/// Histogram buckets in seconds. A hold takes well under a millisecond on an idle machine; timeouts are a few seconds.
const DURATION_BUCKETS: &[f64] =
    &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Histogram buckets in commands, up to the largest value of `BATCH_MAX`.
const BATCH_SIZE_BUCKETS: &[f64] =
    &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0, 2048.0, COMMANDS_PER_BATCH_MAX as f64];

/// Interval at which histogram samples are folded into their buckets. Without it they accumulate until the next scrape.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// Installs the recorder, once per process. Values recorded before are lost.
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
        initialize_counters();
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

/// Exports counters of rare failures as 0 from the start: Prometheus sees no increase in a series that begins at 1.
fn initialize_counters() {
    counter!(BATCH_RETRIES).absolute(0);
    counter!(BATCHES_ISOLATED).absolute(0);
    for outcome in [CommitResolution::Found, CommitResolution::NotFound, CommitResolution::Unknown] {
        counter!(UNKNOWN_COMMITS_RESOLVED, "outcome" => outcome.label()).absolute(0);
    }
}

/// All metrics in Prometheus' text format.
pub fn render() -> String {
    RECORDER.get().map(PrometheusHandle::render).unwrap_or_default()
}

/// Method, route template and status.
type RequestLabels = (&'static str, &'static str, u16);

/// Records an answered request.
pub fn http_request(method: &Method, endpoint: &'static str, status: StatusCode, seconds: f64) {
    thread_local! {
        static HANDLES: RefCell<HashMap<RequestLabels, (Counter, Histogram)>> = RefCell::default();
    }
    let key = (known_method(method), endpoint, status.as_u16());
    HANDLES.with_borrow_mut(|handles| {
        let (requests, duration) = handles.entry(key).or_insert_with(|| {
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

/// The method as a label; `other` for unknown methods, so that clients cannot create new series.
fn known_method(method: &Method) -> &'static str {
    let known = ["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS"];
    known.into_iter().find(|name| *name == method.as_str()).unwrap_or("other")
}

/// Counts a problem document.
pub fn error(code: ErrorCode) {
    counter!(ERRORS, "code" => code.as_str()).increment(1);
}

/// Counts a client's answered command, also if no lane took it. `status` has the same values as [`command`]'s
/// `outcome`.
pub fn booking_operation(operation: &'static str, status: &'static str) {
    thread_local! {
        static HANDLES: CounterHandles = RefCell::default();
    }
    increment(
        &HANDLES,
        [operation, status],
        || counter!(BOOKING_OPERATIONS, "operation" => operation, "status" => status),
    );
}

/// Counts a command that a lane answered, from a client or a worker.
pub fn command(command: &'static str, outcome: &'static str) {
    thread_local! {
        static HANDLES: CounterHandles = RefCell::default();
    }
    increment(&HANDLES, [command, outcome], || counter!(COMMANDS, "command" => command, "outcome" => outcome));
}

/// One thread's handles to a counter, by label values.
type CounterHandles = RefCell<HashMap<[&'static str; 2], Counter>>;

fn increment(handles: &'static LocalKey<CounterHandles>, labels: [&'static str; 2], new: impl FnOnce() -> Counter) {
    handles.with_borrow_mut(|handles| handles.entry(labels).or_insert_with(new).increment(1));
}

/// Records a batch when all of its commands have results.
pub fn batch(size: usize, duration: Duration) {
    static SIZE: LazyLock<Histogram> = LazyLock::new(|| histogram!(BATCH_SIZE));
    static DURATION: LazyLock<Histogram> = LazyLock::new(|| histogram!(BATCH_DURATION));
    SIZE.record(u32::try_from(size).unwrap_or(u32::MAX));
    DURATION.record(duration);
}

/// Counts a retry: a batch, or a part of one, is run again without a split.
pub fn batch_retry() {
    counter!(BATCH_RETRIES).increment(1);
}

/// Counts a split: a batch, or a part of one, failed and is run again in halves or event by event.
pub fn batch_isolated() {
    counter!(BATCHES_ISOLATED).increment(1);
}

/// Result of looking up a commit whose answer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitResolution {
    /// The batch was committed.
    Found,
    /// The batch was not committed, and may be run again.
    NotFound,
    /// The database could not be asked in time, or the event of the commit marker was deleted.
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

/// Counts the lookup of a commit whose answer was lost.
pub fn unknown_commit_resolved(resolution: CommitResolution) {
    counter!(UNKNOWN_COMMITS_RESOLVED, "outcome" => resolution.label()).increment(1);
}

/// Records how long a command waited in the queue until a lane took it.
pub fn lane_queue_wait(wait: Duration) {
    static WAIT: LazyLock<Histogram> = LazyLock::new(|| histogram!(LANE_QUEUE_WAIT));
    WAIT.record(wait);
}

/// Sets the number of running lanes and of waiting commands, at scrape time.
pub fn lanes(alive: usize, queue_depth: usize) {
    gauge!(LANES_ALIVE).set(u32::try_from(alive).unwrap_or(u32::MAX));
    gauge!(LANE_QUEUE_DEPTH).set(u32::try_from(queue_depth).unwrap_or(u32::MAX));
}

/// Records an ended transaction outside the lanes. `outcome` is committed or failed.
pub fn db_transaction(name: &'static str, outcome: &'static str, duration: Duration) {
    histogram!(DB_TRANSACTION_DURATION, "transaction" => name, "outcome" => outcome).record(duration);
}

/// Counts a retry of a transaction outside the lanes.
pub fn db_transaction_retry(name: &'static str) {
    counter!(DB_TRANSACTION_RETRIES, "transaction" => name).increment(1);
}

/// Counts a worker's tick. `outcome` is done, failed or panicked.
pub fn worker_tick(worker: &'static str, outcome: &'static str) {
    counter!(WORKER_TICKS, "worker" => worker, "outcome" => outcome).increment(1);
}

/// Counts holds that the sweeper expired.
pub fn swept_holds(count: u64) {
    counter!(SWEPT_HOLDS).increment(count);
}

/// Sets the idle and used connections of a pool, at scrape time.
pub fn db_pool(pool: &'static str, idle: u32, used: u32) {
    gauge!(DB_POOL, "pool" => pool, "state" => "idle").set(idle);
    gauge!(DB_POOL, "pool" => pool, "state" => "used").set(used);
}

/// Sets the breaches that the invariant checker found of one invariant.
pub fn invariant_breaches(invariant: &'static str, breaches: i64) {
    gauge!(INVARIANT_BREACHES, "invariant" => invariant).set(breaches as f64);
}

/// Sets the totals that were counted in the database, at scrape time.
pub fn totals(active_holds: i64, total_bookings: i64) {
    gauge!(ACTIVE_HOLDS).set(active_holds as f64);
    gauge!(TOTAL_BOOKINGS).set(total_bookings as f64);
}
