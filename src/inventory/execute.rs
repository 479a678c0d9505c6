//! Execute: what happens around the attempts of a batch. Retry, isolate the poison, resolve_commit the unknown.
//!
//! Whatever happens, every command gets exactly one result, and no result is a guess.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use sqlx::PgPool;

use super::CommandError;
use super::batch::{BatchError, attempt};
use super::command::{Answer, Command, Outcome};
use super::commit_marker::{CommitMarker, was_committed};
use super::seat_cache::SeatCache;
use crate::db::held_connection::HeldConnection;
use crate::db::transaction::{TRANSACTION_RETRIES_MAX, pause};
use crate::domain::hold_rules::HoldRules;
use crate::domain::ids::Affinity;
use crate::telemetry::metrics::{self, CommitResolution};

/// How often the database is asked about an unknown commit, and the pause between two times. Half of the pause is chance.
const RESOLVE_ATTEMPTS_MAX: u32 = 12;
const RESOLVE_PAUSE: Duration = Duration::from_millis(500);

/// Where and by which rules batches are executed.
#[derive(Clone, Debug)]
pub(super) struct Executor {
    pub pool: PgPool,
    pub rules: HoldRules,
    pub seatings: SeatCache,
    /// After this a batch is not tried again: callers wait, and the commands that came meanwhile wait behind them.
    pub retry_within: Duration,
    /// After this no part of a batch that failed is begun: its callers have been answered.
    pub isolate_within: Duration,
}

type CommandResult = Result<Outcome, CommandError>;

impl Executor {
    /// One result per command, in order.
    pub(super) async fn execute(
        &self,
        held_connection: &mut HeldConnection,
        commands: &[Command],
    ) -> Vec<CommandResult> {
        self.execute_until(held_connection, commands, Instant::now() + self.isolate_within).await
    }

    /// A batch, or a part of one that failed. Once nobody listens any more, what is left is not begun: the lane has others to
    /// serve.
    async fn execute_until(
        &self,
        held_connection: &mut HeldConnection,
        commands: &[Command],
        isolate_until: Instant,
    ) -> Vec<CommandResult> {
        if Instant::now() >= isolate_until {
            return commands.iter().map(|_| Err(CommandError::Unavailable)).collect();
        }
        match self.execute_whole(held_connection, commands).await {
            Ok(answers) => answers.into_iter().map(into_result).collect(),
            Err(failure) => Box::pin(self.after(failure, held_connection, commands, isolate_until)).await,
        }
    }

    /// What becomes of the commands of a batch that failed.
    async fn after(
        &self,
        failure: Failure,
        held_connection: &mut HeldConnection,
        commands: &[Command],
        isolate_until: Instant,
    ) -> Vec<CommandResult> {
        match failure {
            Failure::Everyone(error) => commands.iter().map(|_| Err(error.into())).collect(),
            Failure::SomeEvent => {
                metrics::batch_isolated();
                self.execute_event_by_event(held_connection, commands, isolate_until).await
            }
            Failure::Someone(_) if commands.len() > 1 => {
                metrics::batch_isolated();
                self.execute_in_halves(held_connection, commands, isolate_until).await
            }
            Failure::Someone(error) => vec![Err(self.inconsistency(&commands[0], &error))],
        }
    }

    /// One event of several is locked: only its own commands shall fail.
    async fn execute_event_by_event(
        &self,
        held_connection: &mut HeldConnection,
        commands: &[Command],
        isolate_until: Instant,
    ) -> Vec<CommandResult> {
        let mut by_event: BTreeMap<Affinity, Vec<usize>> = BTreeMap::new();
        for (index, command) in commands.iter().enumerate() {
            by_event.entry(command.affinity()).or_default().push(index);
        }
        let mut results: Vec<CommandResult> = commands.iter().map(|_| Err(CommandError::Unavailable)).collect();
        for indices in by_event.into_values() {
            let own: Vec<Command> = indices.iter().map(|index| commands[*index].clone()).collect();
            let own_results = self.execute_until(held_connection, &own, isolate_until).await;
            for (index, result) in indices.into_iter().zip(own_results) {
                results[index] = result;
            }
        }
        results
    }

    /// The batch was poisoned: only the offender shall fail. Halves, their halves and so on: of 512 commands with one
    /// offender all the others are done after 18 transactions.
    async fn execute_in_halves(
        &self,
        held_connection: &mut HeldConnection,
        commands: &[Command],
        isolate_until: Instant,
    ) -> Vec<CommandResult> {
        let (first, second) = commands.split_at(commands.len() / 2);
        let mut results = self.execute_until(held_connection, first, isolate_until).await;
        results.extend(self.execute_until(held_connection, second, isolate_until).await);
        results
    }

    async fn execute_whole(
        &self,
        held_connection: &mut HeldConnection,
        commands: &[Command],
    ) -> Result<Vec<Answer>, Failure> {
        let started = Instant::now();
        let mut retries = 0;
        loop {
            let source = match attempt(&self.pool, held_connection, &self.rules, &self.seatings, commands).await {
                Ok(answers) => return Ok(answers),
                Err(BatchError::Contradiction(error)) => return Err(Failure::Someone(error)),
                Err(BatchError::TimedOut(source)) => {
                    let error = anyhow::Error::new(source);
                    tracing::warn!(commands = commands.len(), error = format!("{error:#}"), "a batch took too long");
                    return Err(if commands.len() > 1 {
                        Failure::Someone(error)
                    } else {
                        Failure::Everyone(BatchFailure::Unavailable)
                    });
                }
                Err(BatchError::Locked(_)) if of_several_events(commands) => return Err(Failure::SomeEvent),
                Err(BatchError::Locked(source) | BatchError::Transient(source)) => source,
                Err(BatchError::CommitUnknown(batch, source)) => match self.resolve_commit(&batch.marker).await {
                    Some(true) => return Ok(batch.answers),
                    Some(false) => source,
                    None => return Err(Failure::Everyone(BatchFailure::OutcomeUnknown)),
                },
            };
            if retries == TRANSACTION_RETRIES_MAX || started.elapsed() > self.retry_within {
                let error = anyhow::Error::new(source);
                tracing::warn!(commands = commands.len(), error = format!("{error:#}"), "a batch was given up");
                return Err(Failure::Everyone(BatchFailure::Unavailable));
            }
            retries += 1;
            metrics::batch_retry();
            tokio::time::sleep(pause(retries)).await;
        }
    }

    /// Whether the batch was committed; `None` if the database cannot be asked.
    async fn resolve_commit(&self, marker: &CommitMarker) -> Option<bool> {
        for _ in 0..RESOLVE_ATTEMPTS_MAX {
            match was_committed(&self.pool, marker).await {
                Ok(committed) => {
                    metrics::unknown_commit_resolved(match committed {
                        Some(true) => CommitResolution::Found,
                        Some(false) => CommitResolution::NotFound,
                        None => CommitResolution::Unknown,
                    });
                    tracing::warn!(committed, "a connection was lost at COMMIT; its batch was looked up");
                    return committed;
                }
                Err(_) => tokio::time::sleep(RESOLVE_PAUSE.mul_f64(rand::random_range(0.5..1.0))).await,
            }
        }
        metrics::unknown_commit_resolved(CommitResolution::Unknown);
        tracing::error!(?marker, "a connection was lost at COMMIT and the outcome cannot be looked up");
        None
    }

    fn inconsistency(&self, command: &Command, error: &anyhow::Error) -> CommandError {
        tracing::error!(
            command = command.name(),
            error = format!("{error:#}"),
            "inconsistency: a command was rolled back"
        );
        CommandError::Inconsistent
    }
}

/// Whom a failed batch concerns.
enum Failure {
    /// The database: every command fails alike.
    Everyone(BatchFailure),
    /// The commands of one event, not known which.
    SomeEvent,
    /// One command, not known which.
    Someone(anyhow::Error),
}

#[derive(Clone, Copy)]
enum BatchFailure {
    Unavailable,
    OutcomeUnknown,
}

impl From<BatchFailure> for CommandError {
    fn from(failure: BatchFailure) -> Self {
        match failure {
            BatchFailure::Unavailable => Self::Unavailable,
            BatchFailure::OutcomeUnknown => Self::OutcomeUnknown,
        }
    }
}

fn of_several_events(commands: &[Command]) -> bool {
    commands.windows(2).any(|pair| pair[0].affinity() != pair[1].affinity())
}

fn into_result(answer: Answer) -> CommandResult {
    answer.map_err(CommandError::Refused)
}
