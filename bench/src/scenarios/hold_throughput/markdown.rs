//! The section of hold-throughput in the report.

use std::fmt::Write as _;

use super::results::{Results, Series, Spread};
use crate::recorder::Percentiles;

const TABLE_HEAD: &str = "\
| clients | lanes, holds/s (range) | one transaction per request, holds/s (range) | ratio | lanes p50 / p99, ms | one transaction per request p50 / p99, ms |
| ---: | ---: | ---: | ---: | ---: | ---: |
";

/// How the section is made again.
const REPRODUCE: &str = "\
To reproduce, on an otherwise idle machine, with a throw-away PostgreSQL with default settings:

```sh
cargo build --release --workspace
target/release/boxoffice with-postgres -- target/release/boxoffice-bench hold-throughput \\
    --json target/hold-throughput.json --report docs/benchmarks.md
```";

pub fn section(results: &Results) -> String {
    let mut text = String::from("## Holds per second, one hot event\n\n");
    text += &method(results);
    text += "\n\n";
    text += TABLE_HEAD;
    for cell in &results.cells {
        text += &format!(
            "| {} | {} | {} | {:.1} × | {} | {} |\n",
            cell.clients,
            holds(cell.lanes.holds_per_second),
            holds(cell.per_request.holds_per_second),
            cell.ratio(),
            latency(cell.lanes.latency_micros),
            latency(cell.per_request.latency_micros),
        );
    }
    text += "\n";
    text += &errors(results);
    text += "\n\n";
    text += &conditions(results);
    text += "\n\n";
    text += REPRODUCE;
    text
}

fn method(results: &Results) -> String {
    let settings = &results.settings;
    let checkpoint =
        if settings.checkpoints { "after a checkpoint" } else { "without a checkpoint before it (the role may not)" };
    format!(
        "`POST /api/v1/holds` of one seat, closed loop: every client has one connection and sends its next request when the \
         last is answered. Two servers, one per mode, share one database; windows of {} s alternate between them, {} per \
         mode and number of clients, each on a fresh event of 10,000,000 seats and {checkpoint}. Before them each mode has \
         {} s of load that is not counted. A figure is the median over the windows, with the least and the greatest; \
         latencies are over all windows; the ratio is of the medians. Server, PostgreSQL and load share the machine. \
         `boxoffice audit` passed after every number of clients.",
        settings.window_seconds, settings.rounds, settings.warm_up_seconds
    )
}

fn holds(spread: Spread) -> String {
    format!("**{}** ({}–{})", thousands(spread.median), thousands(spread.min), thousands(spread.max))
}

fn latency(micros: Percentiles) -> String {
    format!("{} / {}", millis(micros.p50), millis(micros.p99))
}

fn millis(micros: u64) -> String {
    format!("{:.2}", micros as f64 / 1000.0)
}

/// Every error is named: a fast server that refuses is no fast server.
fn errors(results: &Results) -> String {
    let mut lines = String::new();
    for cell in &results.cells {
        for (mode, series) in [("lanes", &cell.lanes), ("one transaction per request", &cell.per_request)] {
            if !series.errors.is_empty() {
                // Writing to a string cannot fail.
                let _ = write!(lines, "\n- {} clients, {mode}: {}", cell.clients, counted(series));
            }
        }
    }
    if lines.is_empty() {
        "Every answer was 201.".to_owned()
    } else {
        format!("Answers other than 201, which the figures leave out:\n{lines}")
    }
}

fn counted(series: &Series) -> String {
    let each = series.errors.iter().map(|(label, count)| format!("{count} × {label}"));
    each.collect::<Vec<_>>().join(", ")
}

fn conditions(results: &Results) -> String {
    let environment = &results.environment;
    let database = &environment.database;
    let told = results.settings.server.iter().map(|(name, value)| format!("`{name}={value}`"));
    let told = told.collect::<Vec<_>>().join(", ");
    format!(
        "Durable: fsync {}, synchronous_commit {}, full_page_writes {} ({}), read from the server before the run. \
         PostgreSQL {}, shared_buffers {}, max_wal_size {}. Servers with default settings but {told}. {}, {} cores, Linux {}. Commit {}, {}.",
        database.fsync,
        database.synchronous_commit,
        database.full_page_writes,
        database.wal_sync_method,
        database.version,
        database.shared_buffers,
        database.max_wal_size,
        environment.cpu,
        environment.cores,
        environment.kernel,
        environment.commit,
        environment.started_at,
    )
}

/// `29312.4` as `29,312`.
fn thousands(figure: f64) -> String {
    let digits = format!("{figure:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
