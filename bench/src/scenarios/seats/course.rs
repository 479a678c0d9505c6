//! What the courses of several sales come to, as results have it.

use std::time::Duration;

use crate::load::recorder::{Latencies, Recorder};
use crate::load::sale::{Course, PARTS, Part};
use crate::results::Spread;
use crate::results::seats::{Curve, Milestone, SalesResult, Step};

/// Until so many per cent of the house are held, counted from the beginning.
const MILESTONES: [u32; 3] = [50, 90, 100];

const PERCENT_PER_PART: u32 = 100 / PARTS;

/// A sale that has ended.
pub struct Sold {
    pub course: Course,
    pub recorder: Recorder,
    /// Of the load generator.
    pub generator_cpu: Duration,
}

/// Of the parts of a sale together.
#[derive(Clone, Copy, Default)]
struct Sum {
    took: Duration,
    holds: u64,
    seats: u64,
    refused: u64,
}

impl Sold {
    /// A line for those who watch.
    pub fn in_short(&self) -> String {
        let Sum { took, holds, seats, refused } = Sum::of(&self.course.parts);
        let per_second = per_second(holds, took);
        format!("{seats} seats in {:.1} s, {per_second:.0} holds/s, {refused} refusals", took.as_secs_f64())
    }
}

/// Sales of the same kind, at least one.
///
/// # Errors
///
/// None in practice: see [`Latencies::add`].
pub fn sales(seats: u32, clients: usize, sold: &[Sold]) -> anyhow::Result<SalesResult> {
    let all = together(sold)?;
    let took: Duration = sold.iter().map(|sold| Sum::of(&sold.course.parts).took).sum();
    let generator_cpu: Duration = sold.iter().map(|sold| sold.generator_cpu).sum();
    Ok(SalesResult {
        clients,
        milestones: MILESTONES.iter().filter_map(|&full| milestone(seats, full, sold)).collect(),
        micros: all.accepted.percentiles(),
        held: sold.iter().map(|sold| u64::from(sold.course.held)).sum(),
        generator_cpu_share: generator_cpu.as_secs_f64() / took.as_secs_f64().max(f64::MIN_POSITIVE),
        shed: all.shed.count(),
        errors: all.errors().clone(),
        steps: steps(sold)?,
    })
}

/// # Errors
///
/// None in practice: see [`Latencies::add`].
pub fn curve(clients: usize, sold: &[Sold]) -> anyhow::Result<Curve> {
    let all = together(sold)?;
    Ok(Curve { clients, shed: all.shed.count(), errors: all.errors().clone(), steps: steps(sold)? })
}

fn together(sold: &[Sold]) -> anyhow::Result<Recorder> {
    let mut all = Recorder::new();
    for sold in sold {
        all.add(&sold.recorder)?;
    }
    Ok(all)
}

/// Absent unless every sale came so far.
fn milestone(seats: u32, full: u32, sold: &[Sold]) -> Option<Milestone> {
    let parts = (full / PERCENT_PER_PART) as usize;
    let reached = |sold: &Sold| sold.course.held >= seats / 100 * full;
    let sums: Vec<Sum> =
        sold.iter().filter(|sold| reached(sold)).map(|sold| Sum::of(&sold.course.parts[..parts])).collect();
    let rate = |count: fn(&Sum) -> u64| Spread::of(sums.iter().map(|sum| per_second(count(sum), sum.took)).collect());
    (sums.len() == sold.len()).then(|| Milestone {
        full,
        seconds: Spread::of(sums.iter().map(|sum| sum.took.as_secs_f64()).collect()),
        holds: rate(|sum| sum.holds),
        seats: rate(|sum| sum.seats),
        refused: rate(|sum| sum.refused),
    })
}

fn steps(sold: &[Sold]) -> anyhow::Result<Vec<Step>> {
    let mut steps = Vec::new();
    for part in 0..PARTS {
        let full = part * PERCENT_PER_PART;
        let parts = sold.iter().map(|sold| &sold.course.parts[part as usize]).filter(|part| part.accepted.count() > 0);
        let (mut accepted, mut refused, mut rates) = (Latencies::new(), 0, Vec::new());
        for part in parts {
            accepted.add(&part.accepted)?;
            refused += part.refused;
            rates.push(per_second(part.accepted.count(), part.took));
        }
        if !rates.is_empty() {
            let (per_second, micros) = (Spread::of(rates), accepted.percentiles());
            steps.push(Step { full, per_second, micros, accepted: accepted.count(), refused });
        }
    }
    Ok(steps)
}

fn per_second(count: u64, took: Duration) -> f64 {
    if took.is_zero() { 0.0 } else { count as f64 / took.as_secs_f64() }
}

impl Sum {
    fn of(parts: &[Part]) -> Self {
        parts.iter().fold(Self::default(), |sum, part| Self {
            took: sum.took + part.took,
            holds: sum.holds + part.accepted.count(),
            seats: sum.seats + u64::from(part.seats),
            refused: sum.refused + part.refused,
        })
    }
}
