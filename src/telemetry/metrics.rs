//! Every metric: its name, unit and meaning. Nothing else in the code names one.
//!
//! The recorder belongs to the process, not to a server: tests start several. Handles that every request needs are kept,
//! because looking one up by its labels costs more than counting.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};
use std::thread;
use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use metrics::{
    Counter, Histogram, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use sqlx::PgPool;

use crate::error::ErrorCode;

const HTTP_REQUESTS: &str = "http_requests_total";
const HTTP_DURATION: &str = "http_request_duration_seconds";
const ERRORS: &str = "errors_total";
const BOOKING_OPERATIONS: &str = "booking_operations_total";
const COMMANDS: &str = "commands_total";
const BATCH_SIZE: &str = "batch_size";
const BATCH_DURATION: &str = "batch_duration_seconds";
const LANE_QUEUE_DEPTH: &str = "lane_queue_depth";
const LANE_QUEUE_WAIT: &str = "lane_queue_wait_seconds";
const DB_TRANSACTION_DURATION: &str = "db_transaction_duration_seconds";
const DB_TRANSACTION_RETRIES: &str = "db_transaction_retries_total";
const WORKER_TICKS: &str = "worker_ticks_total";
const SWEPT_HOLDS: &str = "swept_holds_total";
const DB_POOL: &str = "db_pool_connections";
const ACTIVE_HOLDS: &str = "active_holds";
const TOTAL_BOOKINGS: &str = "total_bookings";
const INVARIANT_BREACHES: &str = "invariant_breaches";

/// Seconds. A hold takes well under a millisecond on an idle machine; timeouts end at a few seconds.
const DURATION_BUCKETS: &[f64] =
    &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
const BATCH_SIZE_BUCKETS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

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
    describe_counter!(HTTP_REQUESTS, Unit::Count, "Requests answered, by method, route template and status");
    describe_histogram!(HTTP_DURATION, Unit::Seconds, "From the request's head to the answer's");
    describe_counter!(ERRORS, Unit::Count, "Problem documents sent, by code of the table of errors");
    describe_counter!(
        BOOKING_OPERATIONS,
        Unit::Count,
        "Commands of clients, by outcome, those that no lane took included"
    );
    describe_counter!(COMMANDS, Unit::Count, "Commands decided by the lanes, by outcome");
    describe_histogram!(BATCH_SIZE, Unit::Count, "Commands that one transaction decided");
    describe_histogram!(BATCH_DURATION, Unit::Seconds, "From the begin of a batch's transaction to its commit");
    describe_gauge!(LANE_QUEUE_DEPTH, Unit::Count, "Commands waiting, by lane");
    describe_histogram!(LANE_QUEUE_WAIT, Unit::Seconds, "From a command's arrival to the begin of its batch");
    describe_histogram!(
        DB_TRANSACTION_DURATION,
        Unit::Seconds,
        "Transactions outside the lanes, by name and outcome, retries included"
    );
    describe_counter!(
        DB_TRANSACTION_RETRIES,
        Unit::Count,
        "Transactions that lost a race inside PostgreSQL and were tried again"
    );
    describe_counter!(WORKER_TICKS, Unit::Count, "Runs of each worker: done, failed or panicked");
    describe_counter!(SWEPT_HOLDS, Unit::Count, "Overdue holds that the sweeper expired");
    describe_gauge!(DB_POOL, Unit::Count, "Connections of the request pool: idle and used");
    describe_gauge!(ACTIVE_HOLDS, Unit::Count, "Holds that are active, overdue ones included until they are swept");
    describe_gauge!(TOTAL_BOOKINGS, Unit::Count, "Bookings that are confirmed");
    describe_gauge!(
        INVARIANT_BREACHES,
        Unit::Count,
        "Rows that break an invariant, by invariant, at the last audit; anything but 0 is an alarm"
    );
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
    counter!(BOOKING_OPERATIONS, "operation" => operation, "status" => status).increment(1);
}

/// A command that a lane answered, whoever gave it.
pub fn command(command: &'static str, outcome: &'static str) {
    counter!(COMMANDS, "command" => command, "outcome" => outcome).increment(1);
}

/// A batch whose transaction has ended.
pub fn batch(size: usize, duration: Duration) {
    static SIZE: LazyLock<Histogram> = LazyLock::new(|| histogram!(BATCH_SIZE));
    static DURATION: LazyLock<Histogram> = LazyLock::new(|| histogram!(BATCH_DURATION));
    SIZE.record(u32::try_from(size).unwrap_or(u32::MAX));
    DURATION.record(duration);
}

/// How long a command waited for its batch.
pub fn lane_queue_wait(wait: Duration) {
    static WAIT: LazyLock<Histogram> = LazyLock::new(|| histogram!(LANE_QUEUE_WAIT));
    WAIT.record(wait);
}

/// How many commands wait in a lane now.
pub fn lane_queue_depth(lane: usize, depth: usize) {
    gauge!(LANE_QUEUE_DEPTH, "lane" => lane.to_string()).set(u32::try_from(depth).unwrap_or(u32::MAX));
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

/// The state of the request pool, at scrape time.
pub fn db_pool(pool: &PgPool) {
    let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
    gauge!(DB_POOL, "state" => "idle").set(idle);
    gauge!(DB_POOL, "state" => "used").set(pool.size().saturating_sub(idle));
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
