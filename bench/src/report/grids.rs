//! The tables of the scenarios that are grids of clients and engines.

use super::figures::{number, number_of, or_dash, p50_p99, share, spread};
use super::table::Table;
use crate::database::TableUpdates;
use crate::engines::Engine;
use crate::results::{Cell, GridResult, Series};
use crate::suite::GridKind;

/// Below this many updates a ratio says nothing.
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
            "Holds of one seat, of one event. The floor is a function of one SQL statement that takes a seat, called over \
             prepared statements by as many connections as there are clients, at most 64; the ceiling an HTTP server, made \
             of what the service is made of, that answers with the same JSON and does nothing else. The ratio is of lanes \
             to one transaction per request."
        }
        GridKind::HotRemote => {
            "The same with a proxy between service and database that delivers every byte half a millisecond later, as \
             from another machine."
        }
        GridKind::ManyUniform => "Holds of 1,000 events, each as likely as the others.",
        GridKind::ManyZipf => "Holds of 1,000 events, the k-th in proportion to k^-1.1.",
        GridKind::Checkout => "A hold, then its booking. A latency is of both together.",
        GridKind::LastSeats => "One event that runs out while everybody asks. Latencies are of accepted holds.",
        GridKind::SoldOut => {
            "Holds of a sold-out event. Nothing changed it meanwhile (its sequence says so), so every refusal was right."
        }
        GridKind::ReadOne => {
            "The status of one event. A client beside the load holds and looks: a status that lacked a hold acknowledged \
             before it was asked for would be stale."
        }
        GridKind::ReadMany => "The status of 1,000 events, each as likely as the others.",
        GridKind::Mixed => "90 % status, 8 % holds, 2 % bookings, of 1,000 events, the k-th in proportion to k^-1.1.",
        GridKind::SeatsNamed => {
            "Holds of one numbered seat each. Every window has a new event of 20,000 seats, and ends before they are sold. All \
             clients look at one seat map, which shows what answers have told, and draw their seats from it at random. With one \
             transaction per request most of them find that others are using what is kept of the seats, and read all of them: the \
             ratio says more about that than about lanes."
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
        let mut row = vec![number_of(cell.clients)];
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
    let mut table = Table::new(0, &["clients", "sales", "accepted in all", "refused", "errors", "p50 / p99 ms"]);
    for cell in &grid.cells {
        for series in cell.series.values() {
            table.row(&[
                number_of(cell.clients),
                number_of(series.windows.len()),
                number_of(series.accepted),
                number_of(series.refused),
                number_of(series.shed + series.errors.values().sum::<u64>()),
                p50_p99(series.micros),
            ]);
        }
    }
    table.finish()
}

/// Where the time goes.
fn costs(grid: &GridResult) -> String {
    let has_wal = grid.kind.places_holds();
    let mut columns =
        vec!["clients", "engine", "server, CPU ms", "PostgreSQL, CPU ms", "generator, CPU ms", "generator, of a core"];
    columns.extend(has_wal.then_some("WAL, bytes per hold"));
    let mut table = Table::new(0, &columns);
    for cell in &grid.cells {
        for (engine, series) in &cell.series {
            let costs = series.costs;
            let mut row = vec![
                number_of(cell.clients),
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
    format!("<details><summary>What 1,000 answers cost</summary>\n\n{}\n\n</details>", table.finish())
}

/// One sentence.
pub fn updates(updates: &[TableUpdates]) -> String {
    let often = updates.iter().filter(|table| table.updated >= UPDATES_MIN);
    let each = often.map(|table| {
        let share = table.hot as f64 / table.updated as f64 * 100.0;
        format!("`{}` {share:.1} % of {}", table.table, number(table.updated as f64))
    });
    let each: Vec<_> = each.collect();
    if each.is_empty() {
        return String::new();
    }
    format!("HOT updates: {}.\n", each.join(", "))
}

/// What the tables leave out: answers that were none of those that the scenario is about.
fn remarks(grid: &GridResult) -> String {
    let mut text = String::new();
    for cell in &grid.cells {
        for (engine, series) in &cell.series {
            let mut left_out: Vec<_> =
                series.errors.iter().map(|(label, count)| format!("{} × {label}", number_of(*count))).collect();
            if series.shed > 0 {
                left_out.push(format!("{} × 503", number_of(series.shed)));
            }
            if !left_out.is_empty() {
                text += &format!("\n- {} clients, {}: {}", cell.clients, engine.name(), left_out.join(", "));
            }
        }
    }
    if text.is_empty() { text } else { format!("\nOther answers, which the figures leave out:\n{text}\n") }
}
