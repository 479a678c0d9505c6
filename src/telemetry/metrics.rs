//! Every metric of the server: its name, unit and meaning. Those of the engine are in `engine_metrics`; names appear in no
//! other file.
//!
//! The recorder belongs to the process, not to a server: tests start several servers. Handles of frequent metrics are
//! cached, because looking one up by its labels costs more than counting.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use boxoffice_engine::metrics as engine_metrics;
use boxoffice_engine::metrics::{COMMANDS_HISTOGRAM, CounterHandles, Kind, Metric, increment};
use boxoffice_engine::metrics_table;
use boxoffice_engine::settings::COMMANDS_PER_BATCH_MAX;
use metrics::{Counter, Histogram, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::error::ErrorCode;

metrics_table! {
    // Requests.
    HTTP_REQUESTS,           "http_requests_total",             Counter,   "Requests answered, by method, route template and status";
    HTTP_DURATION,           "http_request_duration_seconds",   Histogram, "Time from the request's head to the response's head, by method and route template";
    ERRORS,                  "errors_total",                    Counter,   "Problem documents sent, by error code";
    BOOKING_OPERATIONS,      "booking_operations_total",        Counter,   "Commands of clients, by operation and outcome, including those that no lane took";
    // The database.
    DB_POOL,                 "db_pool_connections",             Gauge,     "Connections, by pool (requests, lanes, status) and state (idle, used)";
    // Workers, and totals in the database.
    WORKER_TICKS,            "worker_ticks_total",              Counter,   "Ticks of each worker, by outcome: done, failed or panicked";
    SWEPT_HOLDS,             "swept_holds_total",               Counter,   "Overdue holds that the sweeper expired";
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
                builder.set_buckets_for_metric(Matcher::Full(COMMANDS_HISTOGRAM.to_owned()), BATCH_SIZE_BUCKETS)
            })
            .expect("the bucket lists are not empty")
            .install_recorder()
            .expect("nothing else in this process installs a recorder");
        describe();
        engine_metrics::initialize_counters();
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

/// Every metric of the process: the engine's and the server's.
pub fn all() -> impl Iterator<Item = &'static Metric> {
    engine_metrics::ALL.iter().chain(ALL)
}

fn describe() {
    for metric in all() {
        match metric.kind {
            Kind::Counter => describe_counter!(metric.name, metric.meaning),
            Kind::Gauge => describe_gauge!(metric.name, metric.meaning),
            Kind::Histogram => describe_histogram!(metric.name, metric.meaning),
        }
    }
}

/// All metrics in Prometheus' text format.
pub fn render() -> String {
    RECORDER.get().map(PrometheusHandle::render).unwrap_or_default()
}

/// Method, route template and status.
type RequestLabels = (&'static str, &'static str, u16);

/// Records an answered request.
pub fn http_request(method: &str, endpoint: &'static str, status: u16, seconds: f64) {
    thread_local! {
        static HANDLES: RefCell<HashMap<RequestLabels, (Counter, Histogram)>> = RefCell::default();
    }
    let key = (known_method(method), endpoint, status);
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
fn known_method(method: &str) -> &'static str {
    let known = ["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS"];
    known.into_iter().find(|name| *name == method).unwrap_or("other")
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

/// Sets the totals that were counted in the database, at scrape time.
pub fn totals(active_holds: i64, total_bookings: i64) {
    gauge!(ACTIVE_HOLDS).set(active_holds as f64);
    gauge!(TOTAL_BOOKINGS).set(total_bookings as f64);
}
