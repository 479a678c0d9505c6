//! The sweeper: expires overdue holds.
//!
//! Correctness does not depend on it: an overdue hold cannot be booked, and its capacity is given to the next command
//! that needs it. The sweeper keeps the counters true when there are no such commands. Several sweepers may run at the
//! same time: each candidate is checked again under its event's row lock, so a hold expires only once.

use boxoffice_engine::ids::HoldId;
use boxoffice_engine::inventory::CommandError;
use boxoffice_engine::inventory::command::{Command, ExpiryCause, Outcome};
use futures_util::{StreamExt, stream};

use crate::app::App;
use crate::holds::sql::overdue_holds;
use crate::telemetry::metrics;

/// Name of the worker in metrics, logs and health.
pub const NAME: &str = "sweeper";

/// The most overdue holds (candidates) that one round reads.
pub const SWEEP_BATCH_ROWS: u16 = 2000;
/// The most candidates of one event in a round.
pub const SWEEP_EVENT_ROWS: u16 = 500;
/// The most rounds of one tick, so that a tick is bounded: enough for 100,000 holds of one event that expire together.
pub const SWEEP_ROUNDS_MAX: usize = 200;
/// The most expiry commands in the lanes at once: well under half of a batch. More would sweep faster but slow clients
/// down: with this number their p99 about doubles while 100,000 holds of their event are swept.
pub const SWEEP_COMMANDS_IN_FLIGHT: usize = 192;

/// Result of one tick, in holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SweepReport {
    /// Holds that were read as overdue.
    pub candidates: u64,
    /// Holds that this tick expired.
    pub expired: u64,
    /// Holds that another command had ended first.
    pub not_due: u64,
    /// Holds left for the next tick, because the lanes or the database were too busy.
    pub postponed: u64,
}

/// Expires the holds that are overdue now, in rounds of at most [`SWEEP_BATCH_ROWS`] holds, until a round expires none.
///
/// # Errors
/// When the candidates cannot be read, or an expiry failed and a later tick would not succeed either.
pub async fn tick(app: &App) -> anyhow::Result<SweepReport> {
    let mut report = SweepReport::default();
    for _ in 0..SWEEP_ROUNDS_MAX {
        let candidates = overdue_holds(&app.pool, i64::from(SWEEP_BATCH_ROWS), i64::from(SWEEP_EVENT_ROWS)).await?;
        let expired_before = report.expired;
        expire(app, candidates, &mut report).await?;
        metrics::swept_holds(report.expired - expired_before);
        // A round that expired nothing found no candidates, or another sweeper was faster, or the lanes were busy: a
        // further round would read the same again. A stopping server leaves the rest to other instances.
        if report.expired == expired_before || !app.readiness.is_ready() {
            break;
        }
    }
    Ok(report)
}

async fn expire(app: &App, candidates: Vec<HoldId>, report: &mut SweepReport) -> Result<(), CommandError> {
    let commands = candidates.into_iter().map(|hold_id| {
        let cause = ExpiryCause::Due;
        app.inventory.submit(Command::Expire { hold_id, cause })
    });
    let mut results = stream::iter(commands).buffer_unordered(SWEEP_COMMANDS_IN_FLIGHT);
    let mut failure = None;
    while let Some(result) = results.next().await {
        report.candidates += 1;
        match result {
            Ok(Outcome::Expired { .. }) => report.expired += 1,
            Ok(_) => report.not_due += 1,
            Err(CommandError::Overloaded | CommandError::Unavailable | CommandError::OutcomeUnknown) => {
                report.postponed += 1;
            }
            // One failing hold must not keep the others from expiring: continue, and return the error at the end.
            Err(error) => failure = Some(error),
        }
    }
    failure.map_or(Ok(()), Err)
}
