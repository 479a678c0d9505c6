//! The plots of a run: file names, alternative texts and SVG.

use super::chart::{Axis, Chart, Line, Point};
use super::figures;
use super::targets::CLIENTS;
use crate::engines::Engine;
use crate::results::seats::{SeatsResult, Step};
use crate::results::{GridResult, LongResult, OverloadResult, Results, Series, Spread};
use crate::suite::GridKind;

/// Distinguishable with red-green colour blindness, and on a light and a dark background.
const BLUE: &str = "#2f81f7";
const ORANGE: &str = "#e36209";
const GREY: &str = "#8b949e";
const GREEN: &str = "#2da44e";
const PURPLE: &str = "#a371f7";

/// The end of the percentile curve, as a number of nines: the slowest 1 of 10,000 answers.
const NINES_MAX: f64 = 4.0;

pub struct Plot {
    pub file: &'static str,
    /// The alternative text of the image.
    pub alt_text: &'static str,
    pub svg: String,
}

pub fn plots(results: &Results) -> Vec<Plot> {
    let mut plots = Vec::new();
    let mut add = |file, alt_text, chart: Chart| plots.push(Plot { file, alt_text, svg: chart.svg() });
    if let Some(hot) = results.grid(GridKind::Hot) {
        let remote = results.grid(GridKind::HotRemote);
        add("throughput.svg", "Holds per second by number of clients, for every engine", throughput_chart(hot, remote));
        add(
            "latency.svg",
            "Latency by number of clients, with lanes and with one transaction per request",
            latency_chart(hot),
        );
        add("percentiles.svg", "Latency by percentile, for every engine", percentile_chart(hot));
    }
    if let Some(overload) = &results.overload {
        add("goodput.svg", "Accepted and refused holds per second by offered load", goodput_chart(overload));
    }
    if let Some(seats) = &results.seats {
        let alt_text = "Holds per second by how much of the event is sold, best available and named";
        add("seats.svg", alt_text, seats_throughput_chart(seats));
        let alt_text = "Latency of best available holds by how much of the event is sold";
        add("seats-latency.svg", alt_text, seats_latency_chart(seats));
    }
    if let Some(long) = &results.long {
        add("long.svg", "Holds per second, minute by minute", long_chart(long));
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

fn throughput_chart(hot: &GridResult, remote: Option<&GridResult>) -> Chart {
    let lines_of = |grid: &GridResult, is_remote: bool| {
        let lines = grid.engines().into_iter().map(|engine| Line {
            name: if is_remote { format!("{}, +0.5 ms", short_title(engine)) } else { short_title(engine).to_owned() },
            colour: colour(engine),
            is_dashed: is_remote,
            points: points_by_clients(grid, engine, |series| median_and_range(series.per_second)),
        });
        lines.collect::<Vec<_>>()
    };
    let mut lines = lines_of(hot, false);
    lines.extend(remote.into_iter().flat_map(|remote| lines_of(remote, true)));
    let y = Axis::logarithmic("holds per second", y_values(&lines));
    Chart { title: "One hot event: throughput".to_owned(), x: clients_axis(hot), y, lines }
}

fn latency_chart(hot: &GridResult) -> Chart {
    let milliseconds = |micros: u64| (micros as f64 / 1000.0, None);
    let mut lines = Vec::new();
    for engine in hot.engines().into_iter().filter(|engine| matches!(engine, Engine::Lanes | Engine::PerRequest)) {
        let mut add = |name: &str, is_dashed, points| {
            let name = format!("{}, {name}", short_title(engine));
            lines.push(Line { name, colour: colour(engine), is_dashed, points });
        };
        add("p99", false, points_by_clients(hot, engine, |series| milliseconds(series.micros.p99)));
        add("median", true, points_by_clients(hot, engine, |series| milliseconds(series.micros.p50)));
    }
    let y = Axis::logarithmic("milliseconds", y_values(&lines));
    Chart { title: "One hot event: latency".to_owned(), x: clients_axis(hot), y, lines }
}

/// The horizontal axis counts nines (90 % is 1, 99 % is 2), so that the tail gets as much space as the rest.
fn percentile_chart(hot: &GridResult) -> Chart {
    let most_clients = hot.cells.iter().map(|cell| cell.clients).filter(|&clients| clients <= CLIENTS).max();
    let cell = hot.cells.iter().find(|cell| Some(cell.clients) == most_clients);
    let lines: Vec<_> = cell
        .iter()
        .flat_map(|cell| &cell.series)
        .map(|(&engine, series)| Line {
            name: short_title(engine).to_owned(),
            colour: colour(engine),
            is_dashed: false,
            points: percentile_points(series),
        })
        .collect();
    let ticks = [(0.0, "0 %"), (0.5, "50 %"), (0.9, "90 %"), (0.99, "99 %"), (0.999, "99.9 %"), (0.9999, "99.99 %")];
    let ticks = ticks.map(|(share, label)| (count_nines(share), label.to_owned())).to_vec();
    let y = Axis::logarithmic("milliseconds", y_values(&lines));
    let title = format!("One hot event, {} clients: latency by share of the answers", most_clients.unwrap_or_default());
    Chart { title, x: Axis::from_ticks("share of the answers", false, ticks), y, lines }
}

fn count_nines(share: f64) -> f64 {
    -(1.0 - share).log10()
}

fn percentile_points(series: &Series) -> Vec<Point> {
    let points = series.curve.iter().map(|&(share, micros)| (count_nines(share), micros as f64 / 1000.0));
    points.filter(|(x, _)| *x <= NINES_MAX + 1e-9).map(|(x, y)| Point { x, y, range: None }).collect()
}

fn goodput_chart(overload: &OverloadResult) -> Chart {
    let line = |name: &str, colour, figure: fn(&crate::results::OverloadLevel) -> Spread| Line {
        name: name.to_owned(),
        colour,
        is_dashed: false,
        points: overload
            .levels
            .iter()
            .map(|level| {
                let (y, range) = median_and_range(figure(level));
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
        title: "Overload: goodput".to_owned(),
        x: Axis::from_ticks("offered load, as a multiple of the capacity", true, ticks),
        y: Axis::linear("holds per second", y_values(&lines)),
        lines,
    }
}

fn seats_throughput_chart(seats: &SeatsResult) -> Chart {
    let line = |name: &str, colour, steps: &[Step]| {
        line_by_share_sold(name, colour, steps, |step| median_and_range(step.per_second))
    };
    let lines = vec![
        line("best, in order", BLUE, &seats.in_order.steps),
        line("best, scattered", ORANGE, &seats.scattered.steps),
        line("named", PURPLE, &seats.named.steps),
    ];
    Chart {
        title: "Seats: throughput by seats sold".to_owned(),
        x: share_sold_axis(),
        y: Axis::linear("holds per second", y_values(&lines)),
        lines,
    }
}

fn seats_latency_chart(seats: &SeatsResult) -> Chart {
    let milliseconds = |micros: u64| (micros as f64 / 1000.0, None);
    let mut lines = Vec::new();
    for (name, colour, curve) in [("in order", BLUE, &seats.in_order), ("scattered", ORANGE, &seats.scattered)] {
        let p99 = |step: &Step| milliseconds(step.micros.p99);
        lines.push(line_by_share_sold(&format!("{name}, p99"), colour, &curve.steps, p99));
        let median = |step: &Step| milliseconds(step.micros.p50);
        let median = line_by_share_sold(&format!("{name}, median"), colour, &curve.steps, median);
        lines.push(Line { is_dashed: true, ..median });
    }
    let y = Axis::linear("milliseconds", y_values(&lines));
    Chart { title: "Best available: latency of a hold by seats sold".to_owned(), x: share_sold_axis(), y, lines }
}

fn line_by_share_sold(
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

fn share_sold_axis() -> Axis {
    let ticks = (0..=100).step_by(20).map(|full| (f64::from(full), format!("{full} %")));
    Axis::from_ticks("share of the seats that were sold", false, ticks.collect())
}

fn long_chart(long: &LongResult) -> Chart {
    let minutes = || (1..=long.minutes.len()).map(|minute| minute as f64);
    let points = minutes().zip(&long.minutes).map(|(x, window)| Point { x, y: window.per_second, range: None });
    let lines = vec![Line { name: "lanes".to_owned(), colour: BLUE, is_dashed: false, points: points.collect() }];
    let ticks = minutes().map(|minute| (minute, minute.to_string())).collect();
    Chart {
        title: "Long sale: throughput".to_owned(),
        x: Axis::from_ticks("minute", false, ticks),
        y: Axis::linear("holds per second", y_values(&lines)),
        lines,
    }
}

fn clients_axis(grid: &GridResult) -> Axis {
    let ticks = grid.cells.iter().map(|cell| (cell.clients as f64, cell.clients.to_string()));
    Axis::from_ticks("clients", true, ticks.collect())
}

fn points_by_clients(
    grid: &GridResult,
    engine: Engine,
    figure: impl Fn(&Series) -> (f64, Option<(f64, f64)>),
) -> Vec<Point> {
    let points = grid.cells.iter().filter_map(|cell| {
        let (y, range) = figure(cell.series.get(&engine)?);
        Some(Point { x: cell.clients as f64, y, range })
    });
    points.collect()
}

fn median_and_range(spread: Spread) -> (f64, Option<(f64, f64)>) {
    (spread.median, Some((spread.min, spread.max)))
}

fn y_values(lines: &[Line]) -> impl Iterator<Item = f64> + Clone {
    lines.iter().flat_map(|line| line.points.iter().map(|point| point.y))
}

/// A title that is short enough to stand beside a line.
fn short_title(engine: Engine) -> &'static str {
    match engine {
        Engine::Lanes => "lanes",
        Engine::PerRequest => "transaction per request",
        Engine::Floor => "floor (one SQL statement)",
        Engine::Ceiling => "ceiling (echo)",
    }
}
