//! Report sections of the grid scenarios (numbers of clients by engines).

use super::figures::{number, or_dash, p50_p99, share, spread, whole_number};
use super::table::Table;
use crate::database::TableUpdates;
use crate::engines::Engine;
use crate::results::{Cell, GridResult, Series};
use crate::suite::GridKind;

/// With fewer updates the share of HOT updates is not reported, because it means nothing.
const UPDATES_MIN: i64 = 100;

pub fn section(grid: &GridResult) -> String {
    let mut text = format!("### {}\n\n{}\n\n", grid.kind.name(), about(grid.kind));
    if let Some(delay) = grid.delay_micros {
        text += &format!("Measured delay of a round trip: {:.2} ms.\n\n", delay / 1000.0);
    }
    text += &match grid.kind {
        GridKind::LastSeats => sales(grid),
        _ => figures(grid),
    };
    text += "\n\n";
    text += &costs(grid);
    text += "\n\n";
    text += &updates(&grid.updates);
    text += &remarks(grid);
    text
}

fn about(kind: GridKind) -> &'static str {
    match kind {
        GridKind::Hot => {
            "Holds of one place each, all of one event. The floor is an SQL function of one statement that takes a \
             place, called over prepared statements by one connection per client, at most 64. The ceiling is an HTTP \
             server of the same crates that answers with the same JSON and does nothing else. The ratio is lanes to \
             one transaction per request."
        }
        GridKind::HotRemote => {
            "Like `hot`, with a proxy between service and database that delivers every byte half a millisecond later, \
             like a database on another machine."
        }
        GridKind::ManyUniform => "Holds of 1,000 events, all with the same probability.",
        GridKind::ManyZipf => "Holds of 1,000 events; the probability of the k-th is proportional to k^-1.1.",
        GridKind::Checkout => "A hold, then its booking. A latency is that of both together.",
        GridKind::LastSeats => "One event that sells out during the window. Latencies are those of accepted holds.",
        GridKind::SoldOut => {
            "Holds of a sold-out event. Its sequence did not change during the window, so every refusal was correct."
        }
        GridKind::ReadOne => {
            "The status of one event. One more client places a hold and then reads the status, again and again: a \
             status without a hold that was acknowledged before the request is stale."
        }
        GridKind::ReadMany => "The status of 1,000 events, all with the same probability.",
        GridKind::Mixed => {
            "90 % status reads, 8 % holds, 2 % bookings, of 1,000 events; the probability of the k-th is proportional \
             to k^-1.1."
        }
        GridKind::SeatsNamed => {
            "Holds of one numbered seat each. Every window has a new event of 20,000 seats, and ends before it is sold \
             out. All clients share one list of available seats, which is updated by the answers, and choose seats \
             from it at random. With one transaction per request most transactions find the seat cache in use and read \
             all seat rows: the ratio shows this effect more than that of lanes."
        }
    }
}

fn unit(kind: GridKind) -> &'static str {
    match kind {
        GridKind::Checkout => "pairs/s",
        GridKind::SoldOut => "refusals/s",
        GridKind::ReadOne | GridKind::ReadMany => "reads/s",
        GridKind::Mixed => "requests/s",
        GridKind::Hot
        | GridKind::HotRemote
        | GridKind::ManyUniform
        | GridKind::ManyZipf
        | GridKind::LastSeats
        | GridKind::SeatsNamed => "holds/s",
    }
}

fn figures(grid: &GridResult) -> String {
    let (engines, unit) = (grid.engines(), unit(grid.kind));
    let has_ratio = engines.contains(&Engine::PerRequest);
    let has_refusals = grid.kind == GridKind::SeatsNamed;
    let mut columns = vec!["clients".to_owned()];
    columns.extend(engines.iter().map(|engine| format!("{}, {unit}", engine.title())));
    if has_ratio {
        columns.push("ratio".to_owned());
    }
    if has_refusals {
        columns.extend(engines.iter().map(|engine| format!("{}, refused", engine.title())));
    }
    columns.extend(engines.iter().map(|engine| format!("{}, p50 / p99 ms", engine.title())));
    let mut table = Table::new(0, &columns.iter().map(String::as_str).collect::<Vec<_>>());
    for cell in &grid.cells {
        let each = |write: fn(&Series) -> String| engines.iter().filter_map(move |it| cell.series.get(it).map(write));
        let mut row = vec![whole_number(cell.clients)];
        row.extend(each(|series| spread(series.per_second)));
        if has_ratio {
            row.push(or_dash(ratio(cell), |ratio| format!("{ratio:.1} ×")));
        }
        if has_refusals {
            row.extend(each(|series| share(series.refused, series.accepted + series.refused)));
        }
        row.extend(each(|series| p50_p99(series.micros)));
        table.row(&row);
    }
    table.finish()
}

fn ratio(cell: &Cell) -> Option<f64> {
    let lanes = cell.series.get(&Engine::Lanes)?.per_second.median;
    Some(lanes / cell.series.get(&Engine::PerRequest)?.per_second.median)
}

fn sales(grid: &GridResult) -> String {
    let mut table = Table::new(0, &["clients", "sales", "accepted", "refused", "errors", "p50 / p99 ms"]);
    for cell in &grid.cells {
        for series in cell.series.values() {
            table.row(&[
                whole_number(cell.clients),
                whole_number(series.windows.len()),
                whole_number(series.accepted),
                whole_number(series.refused),
                whole_number(series.shed + series.errors.values().sum::<u64>()),
                p50_p99(series.micros),
            ]);
        }
    }
    table.finish()
}

/// A table of the processor time per 1,000 answers.
fn costs(grid: &GridResult) -> String {
    let has_wal = grid.kind.places_holds();
    let mut columns = vec![
        "clients",
        "engine",
        "server, CPU ms",
        "PostgreSQL, CPU ms",
        "generator, CPU ms",
        "generator, share of a core",
    ];
    columns.extend(has_wal.then_some("WAL, bytes per hold"));
    let mut table = Table::new(0, &columns);
    for cell in &grid.cells {
        for (engine, series) in &cell.series {
            let costs = series.costs;
            let mut row = vec![
                whole_number(cell.clients),
                engine.name().to_owned(),
                or_dash(costs.server_cpu_ms, number),
                or_dash(costs.postgres_cpu_ms, number),
                number(costs.generator_cpu_ms),
                format!("{:.0} %", costs.generator_cpu_share * 100.0),
            ];
            row.extend(has_wal.then(|| or_dash(costs.wal_bytes.filter(|_| *engine != Engine::Ceiling), number)));
            table.row(&row);
        }
    }
    format!("<details><summary>Processor time per 1,000 answers</summary>\n\n{}\n\n</details>", table.finish())
}

/// A sentence about the shares of HOT updates, or an empty text.
pub fn updates(updates: &[TableUpdates]) -> String {
    let tables = updates.iter().filter(|table| table.updated >= UPDATES_MIN);
    let shares = tables.map(|table| {
        let share = table.hot as f64 / table.updated as f64 * 100.0;
        format!("`{}` {share:.1} % of {}", table.table, number(table.updated as f64))
    });
    let shares: Vec<_> = shares.collect();
    if shares.is_empty() {
        return String::new();
    }
    format!("HOT updates: {}.\n", shares.join(", "))
}

/// Answers that the tables leave out: errors, and 503 responses.
fn remarks(grid: &GridResult) -> String {
    let mut text = String::new();
    for cell in &grid.cells {
        for (engine, series) in &cell.series {
            let mut left_out: Vec<_> =
                series.errors.iter().map(|(label, count)| format!("{} × {label}", whole_number(*count))).collect();
            if series.shed > 0 {
                left_out.push(format!("{} × 503", whole_number(series.shed)));
            }
            if !left_out.is_empty() {
                text += &format!("\n- {} clients, {}: {}", cell.clients, engine.name(), left_out.join(", "));
            }
        }
    }
    if text.is_empty() { text } else { format!("\nOther answers, not in the figures:\n{text}\n") }
}
