//! Which plots a run has: file names and their SVG.

use super::chart::{Axis, Chart, Line, Point};
use super::figures;
use super::targets::CLIENTS;
use crate::engines::Engine;
use crate::results::seats::{SeatsResult, Step};
use crate::results::{GridResult, LongResult, OverloadResult, Results, Series, Spread};
use crate::suite::GridKind;

/// Told apart also by those who do not see red and green alike, and on either background.
const BLUE: &str = "#2f81f7";
const ORANGE: &str = "#e36209";
const GREY: &str = "#8b949e";
const GREEN: &str = "#2da44e";
const PURPLE: &str = "#a371f7";

/// The least share of requests that the curve of percentiles still shows beyond its last tick: one in ten thousand.
const NINES_MAX: f64 = 4.0;

pub struct Plot {
    pub file: &'static str,
    /// For those who cannot see it.
    pub says: &'static str,
    pub svg: String,
}

pub fn plots(results: &Results) -> Vec<Plot> {
    let mut plots = Vec::new();
    let mut add = |file, says, chart: Chart| plots.push(Plot { file, says, svg: chart.svg() });
    if let Some(hot) = results.grid(GridKind::Hot) {
        let remote = results.grid(GridKind::HotRemote);
        add("throughput.svg", "Holds per second against clients, for every engine", throughput(hot, remote));
        add("latency.svg", "Latency against clients, with lanes and with one transaction per request", latency(hot));
        add("percentiles.svg", "Latency by percentile, for every engine", percentiles(hot));
    }
    if let Some(overload) = &results.overload {
        add("goodput.svg", "Accepted and refused holds per second against offered load", goodput(overload));
    }
    if let Some(seats) = &results.seats {
        add("seats.svg", "Holds per second as the house fills, best available and named", filling(seats));
        add("seats-latency.svg", "Latency of the best available seats as the house fills", picking(seats));
    }
    if let Some(long) = &results.long {
        add("long.svg", "Holds per second, minute by minute", minutes(long));
    }
    plots
}

fn colour(engine: Engine) -> &'static str {
    match engine {
        Engine::Lanes => BLUE,
        Engine::PerRequest => ORANGE,
        Engine::Floor => GREY,
        Engine::Ceiling => GREEN,
    }
}

fn throughput(hot: &GridResult, remote: Option<&GridResult>) -> Chart {
    let of = |grid: &GridResult, is_remote: bool| {
        let lines = grid.engines().into_iter().map(|engine| Line {
            name: if is_remote { format!("{}, +0.5 ms", short_title(engine)) } else { short_title(engine).to_owned() },
            colour: colour(engine),
            is_dashed: is_remote,
            points: by_clients(grid, engine, |series| in_range(series.per_second)),
        });
        lines.collect::<Vec<_>>()
    };
    let mut lines = of(hot, false);
    lines.extend(remote.into_iter().flat_map(|remote| of(remote, true)));
    let y = Axis::logarithmic("holds per second", figures_of(&lines));
    Chart { title: "One hot event: throughput".to_owned(), x: clients(hot), y, lines }
}

fn latency(hot: &GridResult) -> Chart {
    let milliseconds = |micros: u64| (micros as f64 / 1000.0, None);
    let mut lines = Vec::new();
    for engine in hot.engines().into_iter().filter(|engine| matches!(engine, Engine::Lanes | Engine::PerRequest)) {
        let mut add = |name: &str, is_dashed, points| {
            let name = format!("{}, {name}", short_title(engine));
            lines.push(Line { name, colour: colour(engine), is_dashed, points });
        };
        add("p99", false, by_clients(hot, engine, |series| milliseconds(series.micros.p99)));
        add("median", true, by_clients(hot, engine, |series| milliseconds(series.micros.p50)));
    }
    let y = Axis::logarithmic("milliseconds", figures_of(&lines));
    Chart { title: "One hot event: latency".to_owned(), x: clients(hot), y, lines }
}

/// The horizontal axis counts nines, so that the tail has as much room as the rest.
fn percentiles(hot: &GridResult) -> Chart {
    let most = hot.cells.iter().map(|cell| cell.clients).filter(|&clients| clients <= CLIENTS).max();
    let cell = hot.cells.iter().find(|cell| Some(cell.clients) == most);
    let lines: Vec<_> = cell
        .iter()
        .flat_map(|cell| &cell.series)
        .map(|(&engine, series)| Line {
            name: short_title(engine).to_owned(),
            colour: colour(engine),
            is_dashed: false,
            points: nines(series),
        })
        .collect();
    let ticks = [(0.0, "0 %"), (0.5, "50 %"), (0.9, "90 %"), (0.99, "99 %"), (0.999, "99.9 %"), (0.9999, "99.99 %")];
    let ticks = ticks.map(|(share, label)| (nines_of(share), label.to_owned())).to_vec();
    let y = Axis::logarithmic("milliseconds", figures_of(&lines));
    let title = format!("One hot event, {} clients: how many answers came within which time", most.unwrap_or_default());
    Chart { title, x: Axis::of_values("share of the answers", false, ticks), y, lines }
}

fn nines_of(share: f64) -> f64 {
    -(1.0 - share).log10()
}

fn nines(series: &Series) -> Vec<Point> {
    let places = series.curve.iter().map(|&(share, micros)| (nines_of(share), micros as f64 / 1000.0));
    places.filter(|(x, _)| *x <= NINES_MAX + 1e-9).map(|(x, y)| Point { x, y, range: None }).collect()
}

fn goodput(overload: &OverloadResult) -> Chart {
    let line = |name: &str, colour, figure: fn(&crate::results::OverloadLevel) -> Spread| Line {
        name: name.to_owned(),
        colour,
        is_dashed: false,
        points: overload
            .levels
            .iter()
            .map(|level| {
                let (y, range) = in_range(figure(level));
                Point { x: level.factor, y, range }
            })
            .collect(),
    };
    let lines = vec![
        line("sent", GREY, |level| level.sent),
        line("accepted", BLUE, |level| level.goodput),
        line("refused with 503", PURPLE, |level| level.shed),
    ];
    let ticks = overload.levels.iter().map(|level| (level.factor, figures::factor(level.factor))).collect();
    Chart {
        title: "More than it can do: goodput".to_owned(),
        x: Axis::of_values("offered load, as a multiple of the capacity", true, ticks),
        y: Axis::linear("holds per second", figures_of(&lines)),
        lines,
    }
}

fn filling(seats: &SeatsResult) -> Chart {
    let line = |name: &str, colour, steps: &[Step]| by_fullness(name, colour, steps, |step| in_range(step.per_second));
    let lines = vec![
        line("best, in order", BLUE, &seats.in_order.steps),
        line("best, scattered", ORANGE, &seats.scattered.steps),
        line("named", PURPLE, &seats.named.steps),
    ];
    Chart {
        title: "Seats: throughput as the house fills".to_owned(),
        x: fullness(),
        y: Axis::linear("holds per second", figures_of(&lines)),
        lines,
    }
}

fn picking(seats: &SeatsResult) -> Chart {
    let milliseconds = |micros: u64| (micros as f64 / 1000.0, None);
    let mut lines = Vec::new();
    for (name, colour, curve) in [("in order", BLUE, &seats.in_order), ("scattered", ORANGE, &seats.scattered)] {
        let p99 = |step: &Step| milliseconds(step.micros.p99);
        lines.push(by_fullness(&format!("{name}, p99"), colour, &curve.steps, p99));
        let median = |step: &Step| milliseconds(step.micros.p50);
        let median = by_fullness(&format!("{name}, median"), colour, &curve.steps, median);
        lines.push(Line { is_dashed: true, ..median });
    }
    let y = Axis::linear("milliseconds", figures_of(&lines));
    Chart { title: "Best available: latency of a hold as the house fills".to_owned(), x: fullness(), y, lines }
}

fn by_fullness(
    name: &str,
    colour: &'static str,
    steps: &[Step],
    figure: impl Fn(&Step) -> (f64, Option<(f64, f64)>),
) -> Line {
    let points = steps.iter().map(|step| {
        let (y, range) = figure(step);
        Point { x: f64::from(step.full), y, range }
    });
    Line { name: name.to_owned(), colour, is_dashed: false, points: points.collect() }
}

fn fullness() -> Axis {
    let ticks = (0..=100).step_by(20).map(|full| (f64::from(full), format!("{full} %")));
    Axis::of_values("how full the house was", false, ticks.collect())
}

fn minutes(long: &LongResult) -> Chart {
    let minutes = || (1..=long.minutes.len()).map(|minute| minute as f64);
    let points = minutes().zip(&long.minutes).map(|(x, window)| Point { x, y: window.per_second, range: None });
    let lines = vec![Line { name: "lanes".to_owned(), colour: BLUE, is_dashed: false, points: points.collect() }];
    let ticks = minutes().map(|minute| (minute, minute.to_string())).collect();
    Chart {
        title: "A sale that goes on: throughput".to_owned(),
        x: Axis::of_values("minute", false, ticks),
        y: Axis::linear("holds per second", figures_of(&lines)),
        lines,
    }
}

fn clients(grid: &GridResult) -> Axis {
    let ticks = grid.cells.iter().map(|cell| (cell.clients as f64, cell.clients.to_string()));
    Axis::of_values("clients", true, ticks.collect())
}

fn by_clients(grid: &GridResult, engine: Engine, figure: impl Fn(&Series) -> (f64, Option<(f64, f64)>)) -> Vec<Point> {
    let points = grid.cells.iter().filter_map(|cell| {
        let (y, range) = figure(cell.series.get(&engine)?);
        Some(Point { x: cell.clients as f64, y, range })
    });
    points.collect()
}

fn in_range(spread: Spread) -> (f64, Option<(f64, f64)>) {
    (spread.median, Some((spread.min, spread.max)))
}

fn figures_of(lines: &[Line]) -> impl Iterator<Item = f64> + Clone {
    lines.iter().flat_map(|line| line.points.iter().map(|point| point.y))
}

/// What fits beside a plot.
fn short_title(engine: Engine) -> &'static str {
    match engine {
        Engine::Lanes => "lanes",
        Engine::PerRequest => "transaction per request",
        Engine::Floor => "floor (one SQL statement)",
        Engine::Ceiling => "ceiling (echo)",
    }
}
