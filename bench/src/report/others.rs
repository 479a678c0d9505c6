//! Report sections of the scenarios that are not grids.

use super::figures::{factor, milliseconds, number, or_dash, p50_p99, spread};
use super::grids::updates;
use super::table::Table;
use crate::results::{LongResult, OtherEvents, OverloadResult, StampedeResult, SweepResult};

pub fn sweep(sweep: &SweepResult) -> String {
    let columns = [
        "round",
        "holds",
        "expired",
        "time, s",
        "journal entries",
        "distinct holds",
        "holds/s before",
        "holds/s during",
        "p50 / p99 ms before",
        "p50 / p99 ms during",
    ];
    let mut table = Table::new(0, &columns);
    for (index, round) in sweep.rounds.iter().enumerate() {
        table.row(&[
            (index + 1).to_string(),
            number(round.holds as f64),
            number(round.expired as f64),
            format!("{:.1}", round.seconds),
            number(round.entries as f64),
            number(round.distinct as f64),
            number(round.quiet_per_second),
            number(round.busy_per_second),
            p50_p99(round.quiet_micros),
            p50_p99(round.busy_micros),
        ]);
    }
    format!(
        "### sweep\n\nHolds of one event that expire in the same second, while clients continue to place holds of it.\n\n{}",
        table.finish()
    )
}

pub fn overload(overload: &OverloadResult) -> String {
    let columns = [
        "load",
        "offered/s",
        "sent/s",
        "accepted/s",
        "503/s",
        "accepted p50 / p99 ms",
        "503 p50 / p99 ms",
        "sent late, p99 ms",
        "generator, share of a core",
        "memory, MiB",
        "recovery, s",
    ];
    let mut table = Table::new(0, &columns);
    for level in &overload.levels {
        table.row(&[
            factor(level.factor),
            number(level.offered.median),
            number(level.sent.median),
            spread(level.goodput),
            number(level.shed.median),
            p50_p99(level.accepted_micros),
            if level.shed.max > 0.0 { p50_p99(level.shed_micros) } else { "–".to_owned() },
            milliseconds(level.lag_micros.p99),
            format!("{:.0} %", level.generator_cpu_share * 100.0),
            or_dash(level.resident_bytes, |bytes| number(bytes as f64 / 1_048_576.0)),
            spread(level.recovery_seconds),
        ]);
    }
    let mut text = format!(
        "### overload\n\nHolds of one event, open loop, at multiples of the capacity measured just before ({} holds/s, \
         closed loop, 256 clients). A request without a free connection in time is not sent. If many are not sent, \
         service and generator have reached the limit of this machine, and the service has as much load as all \
         connections together can give it. Latency of accepted holds counts from the scheduled start, that of 503 from \
         the sending. Recovery is complete when 20 holds and status reads in a row take at most 25 ms each.\n\n{}\n",
        spread(overload.capacity),
        table.finish()
    );
    for level in overload.levels.iter().filter(|level| !level.errors.is_empty()) {
        let errors = level.errors.iter().map(|(label, count)| format!("{} × {label}", number(*count as f64)));
        text += &format!("\n- {}, other answers: {}", factor(level.factor), errors.collect::<Vec<_>>().join(", "));
    }
    text
}

pub fn stampede(stampede: &StampedeResult) -> String {
    let columns = [
        "round",
        "stampede: sent/s",
        "accepted/s",
        "others without it: accepted",
        "p50 / p99 ms",
        "others during it: accepted",
        "p50 / p99 ms",
    ];
    let mut table = Table::new(0, &columns);
    let accepted =
        |others: &OtherEvents| format!("{} of {}", number(others.accepted as f64), number(others.asked as f64));
    for (index, round) in stampede.rounds.iter().enumerate() {
        table.row(&[
            (index + 1).to_string(),
            number(round.sent_per_second),
            number(round.goodput),
            accepted(&round.quiet),
            p50_p99(round.quiet.micros),
            accepted(&round.busy),
            p50_p99(round.busy.micros),
        ]);
    }
    format!(
        "### stampede\n\nOne event is overloaded as above, at a multiple of {} holds/s. A hundred other events have a \
         small load, first without the stampede and then during it.\n\n{}",
        spread(stampede.capacity),
        table.finish()
    )
}

pub fn long(long: &LongResult) -> String {
    let mut table = Table::new(0, &["minute", "holds/s", "p50 / p99 ms"]);
    for (index, minute) in long.minutes.iter().enumerate() {
        table.row(&[(index + 1).to_string(), number(minute.per_second), p50_p99(minute.micros)]);
    }
    let errors: u64 = long.errors.values().sum();
    format!(
        "### long\n\nHolds of one event, {} clients, closed loop, minute by minute on one new database; an event \
         without enough capacity for another minute is replaced by a new one. `boxoffice audit` passed afterwards. {} \
         bytes of WAL per hold, {errors} errors.\n\n{}\n\n{}",
        long.clients,
        number(long.wal_bytes),
        table.finish(),
        updates(&long.updates)
    )
}
