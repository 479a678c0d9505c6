//! The sweeper: expires holds whose time has come.
//!
//! Nothing depends on it for correctness: an overdue hold cannot be booked, and its room is given to whoever asks. It
//! keeps the figures true when nobody asks. Several sweepers do no harm: each candidate is judged again under its event's
//! lock, and only one expiry counts.

use futures_util::{StreamExt, stream};

use crate::app::App;
use crate::domain::ids::HoldId;
use crate::inventory::CommandError;
use crate::inventory::command::{Command, ExpiryCause, Outcome};
use crate::queries::overdue_holds::overdue_holds;
use crate::telemetry::metrics;

/// In metrics, logs and health.
pub const NAME: &str = "sweeper";

/// The most candidates that one round reads.
pub const SWEEP_BATCH_ROWS: u16 = 2000;
/// The most of them that belong to one event.
pub const SWEEP_EVENT_ROWS: u16 = 500;
/// The most rounds of one tick, so that a tick ends: enough for 100,000 holds of one event that expire together.
pub const SWEEP_ROUNDS_MAX: usize = 200;
/// The most expiries that wait in the lanes at once: well under half of what a batch holds. More sweep faster, and are felt by
/// clients, whose p99 is about twice the quiet one while 100,000 holds of their event are swept.
pub const SWEEP_COMMANDS_IN_FLIGHT: usize = 192;

/// What one tick did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SweepReport {
    pub candidates: u64,
    /// By this tick.
    pub expired: u64,
    /// Ended by somebody else first.
    pub not_due: u64,
    /// Left for the next tick, because the lanes or the database were too busy.
    pub postponed: u64,
}

/// Expires what is overdue now, in rounds while rounds are full.
///
/// # Errors
/// When the candidates cannot be read, or an expiry failed in a way that waiting does not mend.
pub async fn tick(app: &App) -> anyhow::Result<SweepReport> {
    let mut report = SweepReport::default();
    for _ in 0..SWEEP_ROUNDS_MAX {
        let candidates = overdue_holds(&app.pool, i64::from(SWEEP_BATCH_ROWS), i64::from(SWEEP_EVENT_ROWS)).await?;
        let before = report.expired;
        expire(app, candidates, &mut report).await?;
        metrics::swept_holds(report.expired - before);
        // Nothing is left; or others were quicker, or too busy, and another round would only read the same again. A stopping
        // server leaves the rest to the others.
        if report.expired == before || !app.readiness.is_ready() {
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
    let mut answers = stream::iter(commands).buffer_unordered(SWEEP_COMMANDS_IN_FLIGHT);
    let mut failure = None;
    while let Some(answer) = answers.next().await {
        report.candidates += 1;
        match answer {
            Ok(Outcome::Expired { .. }) => report.expired += 1,
            Ok(_) => report.not_due += 1,
            Err(CommandError::Overloaded | CommandError::Unavailable | CommandError::OutcomeUnknown) => {
                report.postponed += 1;
            }
            // One bad hold must not keep the others from expiring: go on, and tell at the end.
            Err(error) => failure = Some(error),
        }
    }
    failure.map_or(Ok(()), Err)
}
