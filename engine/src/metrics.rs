//! Every metric of the engine: its name, unit and meaning. The server adds its own in `telemetry::metrics`.
//!
//! Recording needs no recorder: without one, values are dropped. Handles that every batch needs are kept, because looking
//! one up by its labels costs more than counting.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::LazyLock;
use std::thread::LocalKey;
use std::time::Duration;

use metrics::{Counter, Histogram, counter, gauge, histogram};

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

/// Declares a constant per metric, and `ALL` with the whole table.
#[macro_export]
macro_rules! metrics_table {
    ($($constant:ident, $name:literal, $kind:ident, $meaning:literal;)*) => {
        $(const $constant: &str = $name;)*

        /// The whole table, in order.
        pub const ALL: &[$crate::metrics::Metric] =
            &[$($crate::metrics::Metric { name: $name, kind: $crate::metrics::Kind::$kind, meaning: $meaning },)*];
    };
}

metrics_table! {
    COMMANDS,                "commands_total",                  Counter,   "Commands that a lane took, from clients and workers, by command and outcome";
    BATCH_SIZE,              "batch_size",                      Histogram, "Commands in one batch";
    BATCH_DURATION,          "batch_duration_seconds",          Histogram, "Time to execute a batch, including retries and splits";
    BATCH_RETRIES,           "batch_retries_total",             Counter,   "Retries of a batch, or of a part of one, after a deadlock, a locked event or a lost connection";
    BATCHES_ISOLATED,        "batches_isolated_total",          Counter,   "Splits of a batch, or of a part of one, after a failure: into halves if the database rejected it or a statement timed out, by event if an event is locked";
    UNKNOWN_COMMITS_RESOLVED, "commits_settled_total",          Counter,   "Commits whose answer was lost, by the result of the lookup: found, not_found or unknown";
    LANES_ALIVE,             "lanes_alive",                     Gauge,     "Lanes that are running";
    LANE_QUEUE_DEPTH,        "lane_queue_depth",                Gauge,     "Commands that wait in the queue";
    LANE_QUEUE_WAIT,         "lane_queue_wait_seconds",         Histogram, "Time from a command's arrival in the queue until a lane takes it";
    DB_TRANSACTION_DURATION, "db_transaction_duration_seconds", Histogram, "Time of transactions outside the lanes, by name and outcome, including retries";
    DB_TRANSACTION_RETRIES,  "db_transaction_retries_total",    Counter,   "Retries of transactions outside the lanes after a deadlock, a serialization failure or a lock timeout, by name";
    INVARIANT_BREACHES,      "invariant_breaches",              Gauge,     "Rows that break an invariant, by invariant, at this instance's last invariants check; anything but 0 is an alarm";
}

/// The histogram whose values are counts of commands, not seconds.
pub const COMMANDS_HISTOGRAM: &str = BATCH_SIZE;

/// Exports counters of rare failures as 0 from the start: Prometheus sees no increase in a series that begins at 1.
pub fn initialize_counters() {
    counter!(BATCH_RETRIES).absolute(0);
    counter!(BATCHES_ISOLATED).absolute(0);
    for outcome in [CommitResolution::Found, CommitResolution::NotFound, CommitResolution::Unknown] {
        counter!(UNKNOWN_COMMITS_RESOLVED, "outcome" => outcome.label()).absolute(0);
    }
}

/// One thread's handles to a counter, by label values.
pub type CounterHandles = RefCell<HashMap<[&'static str; 2], Counter>>;

/// Counts one through the thread's handle for these label values; `new` looks the handle up the first time.
pub fn increment(handles: &'static LocalKey<CounterHandles>, labels: [&'static str; 2], new: impl FnOnce() -> Counter) {
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

/// Counts a command that a lane answered, from a client or a worker.
pub fn command(command: &'static str, outcome: &'static str) {
    thread_local! {
        static HANDLES: CounterHandles = RefCell::default();
    }
    increment(&HANDLES, [command, outcome], || counter!(COMMANDS, "command" => command, "outcome" => outcome));
}

/// Sets the breaches that the invariant checker found of one invariant.
pub fn invariant_breaches(invariant: &'static str, breaches: i64) {
    gauge!(INVARIANT_BREACHES, "invariant" => invariant).set(breaches as f64);
}
