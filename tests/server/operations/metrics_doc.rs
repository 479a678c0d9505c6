//! docs/operations.md lists the metrics of src/telemetry/metrics.rs.

use boxoffice::telemetry::metrics;
use boxoffice_engine::metrics::{Kind, Metric};

const OPERATIONS: &str = include_str!("../../../docs/operations.md");

#[test]
fn the_documented_metrics_are_the_table_of_metrics() {
    let header = "| metric | kind | meaning |\n| --- | --- | --- |\n";
    let (_, table) = OPERATIONS.split_once(header).expect("docs/operations.md has a table of all metrics");
    let documented: Vec<_> = table.lines().take_while(|line| line.starts_with('|')).collect();
    let row = |metric: &Metric| format!("| `{}` | {} | {} |", metric.name, kind(metric.kind), metric.meaning);
    let expected: Vec<_> = metrics::all().map(row).collect();
    assert_eq!(documented, expected);
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Counter => "counter",
        Kind::Gauge => "gauge",
        Kind::Histogram => "histogram",
    }
}
