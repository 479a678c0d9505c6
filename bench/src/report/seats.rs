//! The section of the scenario `seats`: sales of a house, how they change while it fills, and its seat map.

use std::collections::BTreeMap;

use super::figures::{number_of, or_dash, p50_p99, share, spread};
use super::table::Table;
use crate::results::seats::{Curve, MapResult, Question, SalesResult, SeatsResult, Step};

pub fn section(seats: &SeatsResult) -> String {
    format!(
        "### seats\n\nA house of {} numbered seats, in sections of 1,000. The venue is created in {} ms, an event with a row for \
         every seat in {} ms, one request each.\n\n{}\n\n{}\n\n{}",
        number_of(seats.seats),
        spread(seats.venue_ms),
        spread(seats.event_ms),
        sales(seats),
        filling(seats),
        map(&seats.map),
    )
}

fn sales(seats: &SeatsResult) -> String {
    let columns = ["sale", "sold", "in, s", "holds/s", "seats/s", "refusals/s", "p50 / p99 ms"];
    let mut table = Table::new(1, &columns);
    let mut add = |sale: &str, sales: &SalesResult| {
        for milestone in &sales.milestones {
            let is_whole = milestone.full == 100;
            table.row(&[
                sale.to_owned(),
                format!("{} %", milestone.full),
                format!("{:.1}", milestone.seconds.median),
                spread(milestone.holds),
                spread(milestone.seats),
                spread(milestone.refused),
                or_dash(is_whole.then_some(sales.micros), p50_p99),
            ]);
        }
    };
    add("named", &seats.named);
    add("best available", &seats.best_available);
    format!(
        "Sold until nothing is left, by {} clients, closed loop. **Named**: all clients look at one \
         seat map, which shows what answers have told, and draw one seat at a time from it at random. **Best available**: groups of 1 to 6, all \
         sizes alike, if need be in neighbouring rows; a group for which there is no room is refused, and those that are \
         smaller go on. Latencies are of holds. The load generator used {:.0} % and {:.0} % of a core.\n\n{}{}",
        seats.named.clients,
        seats.named.generator_cpu_share * 100.0,
        seats.best_available.generator_cpu_share * 100.0,
        table.finish(),
        left_out(&[
            ("named", seats.named.shed, &seats.named.errors),
            ("best available", seats.best_available.shed, &seats.best_available.errors),
        ]),
    )
}

fn filling(seats: &SeatsResult) -> String {
    let columns = [
        "house full",
        "in order, holds/s",
        "refused",
        "p50 / p99 ms",
        "scattered, holds/s",
        "refused",
        "p50 / p99 ms",
        "named, holds/s",
        "refused",
    ];
    let mut table = Table::new(0, &columns);
    let of = |steps: &[Step], full: u32| steps.iter().find(|step| step.full == full).copied();
    for full in (0..100).step_by(5) {
        let rate = |step: &Option<Step>| or_dash(*step, |step| spread(step.per_second));
        let refused = |step: &Option<Step>| or_dash(*step, |step| share(step.refused, step.accepted + step.refused));
        let latency = |step: &Option<Step>| or_dash(*step, |step| p50_p99(step.micros));
        let (in_order, scattered) = (of(&seats.in_order.steps, full), of(&seats.scattered.steps, full));
        let named = of(&seats.named.steps, full);
        table.row(&[
            format!("{full}–{} %", full + 5),
            rate(&in_order),
            refused(&in_order),
            latency(&in_order),
            rate(&scattered),
            refused(&scattered),
            latency(&scattered),
            rate(&named),
            refused(&named),
        ]);
    }
    let Curve { clients, .. } = seats.in_order;
    format!(
        "What the picking of seats costs as the house fills: best available, {clients} clients. In order: one sale after the \
         other, from the best seats to the last. Scattered: the house was filled at random to the beginning of each line, and \
         what was picked was given back before it was filled further. Named is the sale above, {} clients.\n\n{}{}",
        seats.named.clients,
        table.finish(),
        left_out(&[
            ("in order", seats.in_order.shed, &seats.in_order.errors),
            ("scattered", seats.scattered.shed, &seats.scattered.errors),
        ]),
    )
}

fn map(map: &MapResult) -> String {
    let mut table = Table::new(1, &["seat map", "clients", "bytes", "answers/s", "p50 / p99 ms"]);
    for read in &map.reads {
        let question = match read.question {
            Question::Gzip => "all seats, compressed",
            Question::Plain => "all seats, plain",
            Question::Since => "what has changed in 100 holds, compressed",
        };
        table.row(&[
            question.to_owned(),
            number_of(read.clients),
            number_of(read.bytes),
            spread(read.per_second),
            p50_p99(read.micros),
        ]);
    }
    let errors: u64 = map.reads.iter().map(|read| read.errors).sum();
    let errors = if errors > 0 { format!(" {errors} other answers are left out.") } else { String::new() };
    format!(
        "The states of all seats, {} % of them taken, chosen at random, half of those booked. Where the seats stand is read \
         once: {} bytes, {} compressed.{errors}\n\n{}",
        map.full,
        number_of(map.layout_plain),
        number_of(map.layout_gzip),
        table.finish()
    )
}

/// Answers that were neither holds nor refusals.
fn left_out(sales: &[(&str, u64, &BTreeMap<String, u64>)]) -> String {
    let mut text = String::new();
    for (sale, shed, errors) in sales {
        let mut answers: Vec<_> =
            errors.iter().map(|(label, count)| format!("{} × {label}", number_of(*count))).collect();
        if *shed > 0 {
            answers.push(format!("{} × 503", number_of(*shed)));
        }
        if !answers.is_empty() {
            text += &format!("\n- {sale}, other answers: {}", answers.join(", "));
        }
    }
    if text.is_empty() { text } else { format!("\n{text}") }
}
