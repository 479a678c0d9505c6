//! The targets, with the measured figures.

use super::figures::{factor, milliseconds, number, spread};
use super::table::Table;
use crate::engines::Engine;
use crate::results::seats::{Question, SalesResult, SeatsResult};
use crate::results::{GridResult, LongResult, OverloadResult, Results, Series, StampedeResult, SweepResult};
use crate::suite::GridKind;

/// The number of clients of most targets.
pub const CLIENTS: usize = 256;

/// Memory counts as bounded if the greatest overload needs at most this factor more than the least overload.
const MEMORY_GROWTH_MAX: f64 = 1.5;

/// One row of the table.
struct Target {
    what: String,
    wanted: String,
    measured: String,
    is_reached: bool,
}

/// The table of the targets that the run measured. Empty if there are none.
pub fn table(results: &Results) -> String {
    let mut targets = Vec::new();
    if let Some(hot) = results.grid(GridKind::Hot) {
        add_hot_targets(hot, &mut targets);
    }
    let ratios = [(GridKind::HotRemote, 20.0), (GridKind::ManyUniform, 5.0), (GridKind::ManyZipf, 5.0)];
    for (kind, at_least) in ratios {
        targets.extend(results.grid(kind).and_then(|grid| ratio_target(grid, at_least)));
    }
    let rates = [
        (GridKind::Checkout, 7000.0, "pairs/s"),
        (GridKind::SoldOut, 30_000.0, "refusals/s"),
        (GridKind::ReadOne, 40_000.0, "reads/s"),
    ];
    for (kind, at_least, unit) in rates {
        targets.extend(results.grid(kind).and_then(|grid| rate_target(grid, at_least, unit)));
    }
    targets.extend(results.grid(GridKind::ReadOne).and_then(freshness_target));
    if let Some(sweep) = &results.sweep {
        add_sweep_targets(sweep, &mut targets);
    }
    if let Some(overload) = &results.overload {
        add_overload_targets(overload, &mut targets);
    }
    if let Some(stampede) = &results.stampede {
        add_stampede_targets(stampede, &mut targets);
    }
    if let Some(seats) = &results.seats {
        add_seats_targets(seats, &mut targets);
    }
    if let Some(long) = &results.long {
        targets.extend(long_target(long));
    }
    markdown(&targets)
}

fn markdown(targets: &[Target]) -> String {
    if targets.is_empty() {
        return String::new();
    }
    let mut table = Table::new(4, &["what", "wanted", "measured", "reached"]);
    for target in targets {
        let reached = if target.is_reached { "yes" } else { "**no**" };
        table.row(&[target.what.clone(), target.wanted.clone(), target.measured.clone(), reached.to_owned()]);
    }
    table.finish()
}

fn add_hot_targets(hot: &GridResult, targets: &mut Vec<Target>) {
    targets.extend(ratio_target(hot, 10.0));
    if let Some(lanes) = hot.series(CLIENTS, Engine::Lanes) {
        let what = format!("hot, {CLIENTS} clients");
        targets.push(Target {
            what: what.clone(),
            wanted: "≥ 20,000 holds/s".to_owned(),
            measured: spread(lanes.per_second),
            is_reached: lanes.per_second.median >= 20_000.0,
        });
        targets.push(at_most_ms(what, "p99", 25, lanes.micros.p99));
    }
    if let (Some(lanes), Some(other)) = (hot.series(1, Engine::Lanes), hot.series(1, Engine::PerRequest)) {
        let ratio = lanes.micros.p50 as f64 / other.micros.p50 as f64;
        targets.push(Target {
            what: "hot, 1 client".to_owned(),
            wanted: "median ≤ 1.5 × one transaction per request".to_owned(),
            measured: format!(
                "{ratio:.2} × ({} ms, {} ms)",
                milliseconds(lanes.micros.p50),
                milliseconds(other.micros.p50)
            ),
            is_reached: ratio <= 1.5,
        });
    }
}

fn ratio_target(grid: &GridResult, at_least: f64) -> Option<Target> {
    let lanes = grid.series(CLIENTS, Engine::Lanes)?.per_second.median;
    let other = grid.series(CLIENTS, Engine::PerRequest)?.per_second.median;
    Some(Target {
        what: format!("{}, {CLIENTS} clients", grid.kind.name()),
        wanted: format!("≥ {at_least} × one transaction per request"),
        measured: format!("{} × ({}, {})", number(lanes / other), number(lanes), number(other)),
        is_reached: lanes >= at_least * other,
    })
}

/// A target for the rate with the best number of clients.
fn rate_target(grid: &GridResult, at_least: f64, unit: &str) -> Option<Target> {
    let rates = grid.cells.iter().filter_map(|cell| Some((cell.clients, cell.series.get(&Engine::Lanes)?.per_second)));
    let (clients, best) = rates.max_by(|(_, one), (_, other)| one.median.total_cmp(&other.median))?;
    Some(Target {
        what: format!("{}, {clients} clients", grid.kind.name()),
        wanted: format!("≥ {} {unit}", number(at_least)),
        measured: spread(best),
        is_reached: best.median >= at_least,
    })
}

fn freshness_target(grid: &GridResult) -> Option<Target> {
    let all = grid.cells.iter().flat_map(|cell| cell.series.values());
    let checks: Vec<_> = all.filter_map(|series: &Series| series.stale).collect();
    let looked: u64 = checks.iter().map(|checks| checks.looked).sum();
    let wrong: u64 = checks.iter().map(|checks| checks.wrong).sum();
    (looked > 0).then(|| Target {
        what: grid.kind.name().to_owned(),
        wanted: "never stale".to_owned(),
        measured: format!("{wrong} of {} looks", number(looked as f64)),
        is_reached: wrong == 0,
    })
}

fn add_sweep_targets(sweep: &SweepResult, targets: &mut Vec<Target>) {
    let rounds = &sweep.rounds;
    let Some(longest) = rounds.iter().map(|round| round.seconds).max_by(f64::total_cmp) else { return };
    let what = format!("sweep of {} holds", number(rounds.iter().map(|it| it.holds).max().unwrap_or(0) as f64));
    let is_complete = rounds.iter().all(|round| round.expired >= round.holds);
    let incomplete = if is_complete { "" } else { ", and not all were" };
    targets.push(Target {
        what: what.clone(),
        wanted: "all expired in ≤ 10 s".to_owned(),
        measured: format!("{longest:.1} s{incomplete} (the longest of {})", rounds.len()),
        is_reached: longest <= 10.0 && incomplete.is_empty(),
    });
    let is_once = rounds.iter().all(|round| round.entries >= round.expired && round.distinct == round.entries);
    targets.push(Target {
        what: what.clone(),
        wanted: "each exactly once in the journal".to_owned(),
        measured: if is_once { "each once" } else { "not so" }.to_owned(),
        is_reached: is_once,
    });
    let worst = rounds.iter().map(|round| round.busy_micros.p99 as f64 / round.quiet_micros.p99.max(1) as f64);
    let worst = worst.fold(0.0, f64::max);
    targets.push(Target {
        what,
        wanted: "p99 of holds ≤ 3 × quiet".to_owned(),
        measured: format!("{worst:.1} ×"),
        is_reached: worst <= 3.0,
    });
}

fn add_overload_targets(overload: &OverloadResult, targets: &mut Vec<Target>) {
    let peak = overload.levels.iter().map(|level| level.goodput.median).fold(0.0, f64::max);
    let overloads = || overload.levels.iter().filter(|level| level.factor > 1.0);
    for level in overloads() {
        let what = format!("overload, {} capacity", factor(level.factor));
        let share = level.goodput.median / peak;
        targets.push(Target {
            what: what.clone(),
            wanted: "goodput ≥ 80 % of its peak".to_owned(),
            measured: format!("{:.0} % ({} of {})", share * 100.0, number(level.goodput.median), number(peak)),
            is_reached: share >= 0.8,
        });
        targets.push(at_most_ms(what.clone(), "p99 of accepted", 1000, level.accepted_micros.p99));
        if level.shed.max > 0.0 {
            targets.push(at_most_ms(what.clone(), "p99 of refusals", 50, level.shed_micros.p99));
        }
        targets.push(Target {
            what,
            wanted: "normal within 5 s of its end".to_owned(),
            measured: format!("{:.1} s", level.recovery_seconds.max),
            is_reached: level.recovery_seconds.max <= 5.0,
        });
    }
    if let (Some(least), Some(greatest)) = (overloads().next(), overloads().next_back())
        && least.factor < greatest.factor
        && let (Some(before), Some(after)) = (least.resident_bytes, greatest.resident_bytes)
    {
        let growth = after as f64 / before as f64;
        targets.push(Target {
            what: format!("overload, {} against {}", factor(greatest.factor), factor(least.factor)),
            wanted: format!("memory ≤ {MEMORY_GROWTH_MAX} ×"),
            measured: format!("{growth:.2} × ({} MiB)", number(after as f64 / 1_048_576.0)),
            is_reached: growth <= MEMORY_GROWTH_MAX,
        });
    }
}

fn add_stampede_targets(stampede: &StampedeResult, targets: &mut Vec<Target>) {
    let share = |accepted: u64, asked: u64| accepted as f64 / asked.max(1) as f64;
    let kept = stampede
        .rounds
        .iter()
        .map(|round| share(round.busy.accepted, round.busy.asked) / share(round.quiet.accepted, round.quiet.asked));
    let kept = kept.fold(f64::INFINITY, f64::min);
    let slower = stampede.rounds.iter().map(|it| it.busy.micros.p99 as f64 / it.quiet.micros.p99.max(1) as f64);
    let slower = slower.fold(0.0, f64::max);
    let what = "stampede, other events".to_owned();
    targets.push(Target {
        what: what.clone(),
        wanted: "≥ 90 % of their success".to_owned(),
        measured: format!("{:.0} %", kept * 100.0),
        is_reached: kept >= 0.9,
    });
    targets.push(Target {
        what,
        wanted: "≤ 3 × their p99".to_owned(),
        measured: format!("{slower:.1} ×"),
        is_reached: slower <= 3.0,
    });
}

fn add_seats_targets(seats: &SeatsResult, targets: &mut Vec<Target>) {
    targets.push(sold_out_target("named", &seats.named, 8000.0));
    targets.push(sold_out_target("best available", &seats.best_available, 4000.0));
    let with_size = |what: &str| format!("{what} of {} seats", number(f64::from(seats.seats)));
    if let Some(read) = seats.read_alone(Question::Gzip) {
        targets.push(at_most_ms(with_size("seat map"), "p99", 30, read.micros.p99));
        targets.push(Target {
            what: with_size("seat map"),
            wanted: "≤ 60,000 bytes compressed".to_owned(),
            measured: number(read.bytes as f64),
            is_reached: read.bytes <= 60_000,
        });
    }
    targets.push(Target {
        what: with_size("event"),
        wanted: "created in ≤ 2,000 ms".to_owned(),
        measured: format!("{} ms", spread(seats.event_ms)),
        is_reached: seats.event_ms.median <= 2000.0,
    });
}

/// A target for the rate of a whole sale, from the first hold to the last seat.
fn sold_out_target(sale: &str, sales: &SalesResult, at_least: f64) -> Target {
    let milestone = |full| sales.milestones.iter().find(|milestone| milestone.full == full);
    let (half, whole) = (milestone(50), milestone(100));
    Target {
        what: format!("seats, {sale}, {} clients, until sold out", sales.clients),
        wanted: format!("≥ {} holds/s", number(at_least)),
        measured: match (whole, half) {
            (Some(whole), Some(half)) => format!("{}; the first half at {}", spread(whole.holds), spread(half.holds)),
            _ => "not sold out".to_owned(),
        },
        is_reached: whole.is_some_and(|whole| whole.holds.median >= at_least),
    }
}

fn long_target(long: &LongResult) -> Option<Target> {
    let (first, last) = (long.minutes.first()?.per_second, long.minutes.last()?.per_second);
    Some(Target {
        what: format!("long, {} minutes", long.minutes.len()),
        wanted: "last minute ≥ 90 % of the first".to_owned(),
        measured: format!("{:.0} % ({}, {} holds/s)", last / first * 100.0, number(first), number(last)),
        is_reached: last >= 0.9 * first,
    })
}

fn at_most_ms(what: String, figure: &str, wanted: u64, micros: u64) -> Target {
    Target {
        what,
        wanted: format!("{figure} ≤ {} ms", number(wanted as f64)),
        measured: format!("{} ms", milliseconds(micros)),
        is_reached: micros <= wanted * 1000,
    }
}
