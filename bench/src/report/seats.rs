//! Report section of the scenario `seats`: sales of a seated event, throughput by how much is sold, and its seat map.

use std::collections::BTreeMap;

use super::figures::{or_dash, p50_p99, share, spread, whole_number};
use super::table::Table;
use crate::results::seats::{Curve, MapResult, Question, SalesResult, SeatsResult, Step};

pub fn section(seats: &SeatsResult) -> String {
    format!(
        "### seats\n\nAn event of {} numbered seats, in sections of 1,000. The venue is created in {} ms, an event \
         with a row for every seat in {} ms, with one request each.\n\n{}\n\n{}\n\n{}",
        whole_number(seats.seats),
        spread(seats.venue_ms),
        spread(seats.event_ms),
        sales(seats),
        filling(seats),
        map(&seats.map),
    )
}

fn sales(seats: &SeatsResult) -> String {
    let columns = ["sale", "sold", "time, s", "holds/s", "seats/s", "refusals/s", "p50 / p99 ms"];
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
        "Sold until no seat is left, by {} clients, closed loop. **Named**: all clients share one list of available \
         seats, which is updated by the answers, and choose one seat at a time from it at random. **Best available**: \
         groups of 1 to 6, all sizes with the same probability, in adjacent rows if necessary; a group that does not \
         fit is refused, and smaller groups continue. Latencies are those of holds. The load generator used {:.0} % \
         and {:.0} % of a core.\n\n{}{}",
        seats.named.clients,
        seats.named.generator_cpu_share * 100.0,
        seats.best_available.generator_cpu_share * 100.0,
        table.finish(),
        other_answers(&[
            ("named", seats.named.shed, &seats.named.errors),
            ("best available", seats.best_available.shed, &seats.best_available.errors),
        ]),
    )
}

fn filling(seats: &SeatsResult) -> String {
    let columns = [
        "sold",
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
    let step_at = |steps: &[Step], full: u32| steps.iter().find(|step| step.full == full).copied();
    for full in (0..100).step_by(5) {
        let rate = |step: &Option<Step>| or_dash(*step, |step| spread(step.per_second));
        let refused = |step: &Option<Step>| or_dash(*step, |step| share(step.refused, step.accepted + step.refused));
        let latency = |step: &Option<Step>| or_dash(*step, |step| p50_p99(step.micros));
        let (in_order, scattered) = (step_at(&seats.in_order.steps, full), step_at(&seats.scattered.steps, full));
        let named = step_at(&seats.named.steps, full);
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
        "Throughput of holds by how much of the event is sold: best available, {clients} clients. In order: normal \
         sales, from the best seats to the last. Scattered: before each row of the table, seats were held at random up \
         to that level, and the picked seats are released before the next level. Named is the sale above, {} \
         clients.\n\n{}{}",
        seats.named.clients,
        table.finish(),
        other_answers(&[
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
            Question::Since => "changes of 100 holds, compressed",
        };
        table.row(&[
            question.to_owned(),
            whole_number(read.clients),
            whole_number(read.bytes),
            spread(read.per_second),
            p50_p99(read.micros),
        ]);
    }
    let errors: u64 = map.reads.iter().map(|read| read.errors).sum();
    let errors = if errors > 0 { format!(" {errors} other answers are left out.") } else { String::new() };
    format!(
        "The states of all seats. {} % of them, chosen at random, are held or booked, half of each. The layout is read \
         once per client: {} bytes, {} compressed.{errors}\n\n{}",
        map.full,
        whole_number(map.layout_plain),
        whole_number(map.layout_gzip),
        table.finish()
    )
}

/// A list of the answers that were neither holds nor refusals; empty if there were none.
fn other_answers(sales: &[(&str, u64, &BTreeMap<String, u64>)]) -> String {
    let mut text = String::new();
    for (sale, shed, errors) in sales {
        let mut answers: Vec<_> =
            errors.iter().map(|(label, count)| format!("{} × {label}", whole_number(*count))).collect();
        if *shed > 0 {
            answers.push(format!("{} × 503", whole_number(*shed)));
        }
        if !answers.is_empty() {
            text += &format!("\n- {sale}, other answers: {}", answers.join(", "));
        }
    }
    if text.is_empty() { text } else { format!("\n{text}") }
}
