//! Summary of several sales for the results.

use std::time::Duration;

use crate::load::recorder::{Latencies, Recorder};
use crate::load::sale::{PARTS, Part, SaleProgress};
use crate::results::Spread;
use crate::results::seats::{Curve, Milestone, SalesResult, Step};

/// Shares of the seats, in per cent, up to which a sale is summarised.
const MILESTONES: [u32; 3] = [50, 90, 100];

const PERCENT_PER_PART: u32 = 100 / PARTS;

/// A finished sale.
pub struct FinishedSale {
    pub progress: SaleProgress,
    pub recorder: Recorder,
    /// Processor time of the load generator.
    pub generator_cpu: Duration,
}

/// Sums over parts of a sale.
#[derive(Clone, Copy, Default)]
struct PartTotals {
    took: Duration,
    holds: u64,
    seats: u64,
    refused: u64,
}

impl FinishedSale {
    /// A summary for the progress line.
    pub fn summary(&self) -> String {
        let PartTotals { took, holds, seats, refused } = PartTotals::from_parts(&self.progress.parts);
        let per_second = per_second(holds, took);
        format!("{seats} seats in {:.1} s, {per_second:.0} holds/s, {refused} refusals", took.as_secs_f64())
    }
}

/// Summarises sales of the same kind, at least one.
///
/// # Errors
///
/// None in practice: see [`Latencies::add`].
pub fn sales(seats: u32, clients: usize, finished: &[FinishedSale]) -> anyhow::Result<SalesResult> {
    let all = add_recorders(finished)?;
    let took: Duration = finished.iter().map(|sale| PartTotals::from_parts(&sale.progress.parts).took).sum();
    let generator_cpu: Duration = finished.iter().map(|sale| sale.generator_cpu).sum();
    Ok(SalesResult {
        clients,
        milestones: MILESTONES.iter().filter_map(|&full| milestone(seats, full, finished)).collect(),
        micros: all.accepted.percentiles(),
        held: finished.iter().map(|sale| u64::from(sale.progress.held)).sum(),
        generator_cpu_share: generator_cpu.as_secs_f64() / took.as_secs_f64().max(f64::MIN_POSITIVE),
        shed: all.shed.count(),
        errors: all.errors().clone(),
        steps: steps(finished)?,
    })
}

/// Summarises sales by share of the seats that were sold.
///
/// # Errors
///
/// None in practice: see [`Latencies::add`].
pub fn curve(clients: usize, finished: &[FinishedSale]) -> anyhow::Result<Curve> {
    let all = add_recorders(finished)?;
    Ok(Curve { clients, shed: all.shed.count(), errors: all.errors().clone(), steps: steps(finished)? })
}

fn add_recorders(finished: &[FinishedSale]) -> anyhow::Result<Recorder> {
    let mut all = Recorder::new();
    for sale in finished {
        all.add(&sale.recorder)?;
    }
    Ok(all)
}

/// Summary up to a share of the seats, in per cent; `None` unless every sale reached it.
fn milestone(seats: u32, full: u32, finished: &[FinishedSale]) -> Option<Milestone> {
    let parts = (full / PERCENT_PER_PART) as usize;
    let reached = |sale: &FinishedSale| sale.progress.held >= seats / 100 * full;
    let totals: Vec<PartTotals> = finished
        .iter()
        .filter(|sale| reached(sale))
        .map(|sale| PartTotals::from_parts(&sale.progress.parts[..parts]))
        .collect();
    let rate = |count: fn(&PartTotals) -> u64| {
        Spread::from_figures(totals.iter().map(|sum| per_second(count(sum), sum.took)).collect())
    };
    (totals.len() == finished.len()).then(|| Milestone {
        full,
        seconds: Spread::from_figures(totals.iter().map(|sum| sum.took.as_secs_f64()).collect()),
        holds: rate(|sum| sum.holds),
        seats: rate(|sum| sum.seats),
        refused: rate(|sum| sum.refused),
    })
}

fn steps(finished: &[FinishedSale]) -> anyhow::Result<Vec<Step>> {
    let mut steps = Vec::new();
    for part in 0..PARTS {
        let full = part * PERCENT_PER_PART;
        let parts =
            finished.iter().map(|sale| &sale.progress.parts[part as usize]).filter(|part| part.accepted.count() > 0);
        let (mut accepted, mut refused, mut rates) = (Latencies::new(), 0, Vec::new());
        for part in parts {
            accepted.add(&part.accepted)?;
            refused += part.refused;
            rates.push(per_second(part.accepted.count(), part.took));
        }
        if !rates.is_empty() {
            let (per_second, micros) = (Spread::from_figures(rates), accepted.percentiles());
            steps.push(Step { full, per_second, micros, accepted: accepted.count(), refused });
        }
    }
    Ok(steps)
}

fn per_second(count: u64, took: Duration) -> f64 {
    if took.is_zero() { 0.0 } else { count as f64 / took.as_secs_f64() }
}

impl PartTotals {
    fn from_parts(parts: &[Part]) -> Self {
        parts.iter().fold(Self::default(), |sum, part| Self {
            took: sum.took + part.took,
            holds: sum.holds + part.accepted.count(),
            seats: sum.seats + u64::from(part.seats),
            refused: sum.refused + part.refused,
        })
    }
}
