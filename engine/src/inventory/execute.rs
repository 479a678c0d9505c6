//! Execute: retries a batch, isolates the command or event that makes it fail, and resolves unknown commits.
//!
//! Every command gets exactly one result, and no result is a guess. (After a panic there are no results at all; the
//! lane then reports unknown outcomes.)

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use sqlx::PgPool;

use super::CommandError;
use super::batch::{BatchError, attempt};
use super::command::{Command, Decision, Outcome};
use super::commit_marker::{CommitMarker, was_committed};
use super::seat_cache::SeatCache;
use crate::db::held_connection::HeldConnection;
use crate::db::transaction::{TRANSACTION_RETRIES_MAX, retry_pause};
use crate::ids::Affinity;
use crate::metrics;
use crate::metrics::CommitResolution;
use crate::settings::HoldRules;

/// Largest number of lookups of an unknown commit. Each failed one is followed by a pause of 50 to 100 % of
/// `RESOLVE_PAUSE`.
const RESOLVE_ATTEMPTS_MAX: u32 = 12;
const RESOLVE_PAUSE: Duration = Duration::from_millis(500);

/// Database, rules, cache and time limits for the execution of batches.
#[derive(Clone, Debug)]
pub(super) struct Executor {
    pub pool: PgPool,
    pub rules: HoldRules,
    pub seat_cache: SeatCache,
    /// A batch is not retried when it has taken longer than this, because its callers and later commands are waiting.
    pub retry_within: Duration,
    /// No part of a failed batch is begun after this time: its callers (except organisers) have stopped waiting.
    pub isolate_within: Duration,
}

type CommandResult = Result<Outcome, CommandError>;

impl Executor {
    /// Executes a batch. Returns one result per command, in order.
    pub(super) async fn execute(
        &self,
        held_connection: &mut HeldConnection,
        commands: &[Command],
    ) -> Vec<CommandResult> {
        self.execute_until(held_connection, commands, Instant::now() + self.isolate_within).await
    }

    /// Executes a batch, or a part of a failed one. Returns `Unavailable` for all its commands if `isolate_until` has
    /// passed.
    async fn execute_until(
        &self,
        held_connection: &mut HeldConnection,
        commands: &[Command],
        isolate_until: Instant,
    ) -> Vec<CommandResult> {
        if Instant::now() >= isolate_until {
            return fail_all(commands, DatabaseFailure::Unavailable);
        }
        let failure = match self.execute_with_retries(held_connection, commands).await {
            Ok(decisions) => return decisions.into_iter().map(into_result).collect(),
            Err(failure) => failure,
        };
        match failure {
            BatchFailure::AllCommands(failure) => fail_all(commands, failure),
            BatchFailure::OneEvent => {
                metrics::batch_isolated();
                Box::pin(self.execute_event_by_event(held_connection, commands, isolate_until)).await
            }
            BatchFailure::OneCommand(_) if commands.len() > 1 => {
                metrics::batch_isolated();
                Box::pin(self.execute_in_halves(held_connection, commands, isolate_until)).await
            }
            BatchFailure::OneCommand(error) => vec![Err(log_inconsistency(&commands[0], &error))],
        }
    }

    /// Executes each event's commands as a separate batch, so that only the commands of a locked event fail.
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
        let mut results = fail_all(commands, DatabaseFailure::Unavailable);
        for indices in by_event.into_values() {
            let of_event: Vec<Command> = indices.iter().map(|index| commands[*index].clone()).collect();
            let event_results = self.execute_until(held_connection, &of_event, isolate_until).await;
            for (index, result) in indices.into_iter().zip(event_results) {
                results[index] = result;
            }
        }
        results
    }

    /// Executes each half as a separate batch, and the halves of a failing half again, so that only the failing command
    /// fails. With one such command among 512 this takes at most 18 more transactions.
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

    /// Executes all commands in one transaction, with retries, until it is committed or has failed for good.
    async fn execute_with_retries(
        &self,
        held_connection: &mut HeldConnection,
        commands: &[Command],
    ) -> Result<Vec<Decision>, BatchFailure> {
        let started = Instant::now();
        let mut retries = 0;
        loop {
            let attempted = attempt(&self.pool, held_connection, &self.rules, &self.seat_cache, commands).await;
            let source = match self.next_step(attempted, commands).await {
                NextStep::Finish(decisions) => return Ok(decisions),
                NextStep::GiveUp(failure) => return Err(failure),
                NextStep::Retry(source) => source,
            };
            if retries == TRANSACTION_RETRIES_MAX || started.elapsed() > self.retry_within {
                let error = anyhow::Error::new(source);
                tracing::warn!(
                    commands = commands.len(),
                    error = format!("{error:#}"),
                    "a batch was rolled back and is not retried: the database or a row lock was unavailable"
                );
                return Err(BatchFailure::AllCommands(DatabaseFailure::Unavailable));
            }
            retries += 1;
            metrics::batch_retry();
            tokio::time::sleep(retry_pause(retries)).await;
        }
    }

    /// What follows an attempt. Looks up an unknown commit.
    async fn next_step(&self, attempted: Result<Vec<Decision>, BatchError>, commands: &[Command]) -> NextStep {
        let error = match attempted {
            Ok(decisions) => return NextStep::Finish(decisions),
            Err(error) => error,
        };
        match error {
            BatchError::Transient(source) => NextStep::Retry(source),
            // The other events of the batch need not wait for the locked one.
            BatchError::Locked(_) if has_several_events(commands) => NextStep::GiveUp(BatchFailure::OneEvent),
            BatchError::Locked(source) => NextStep::Retry(source),
            BatchError::TimedOut(source) => NextStep::GiveUp(fail_after_timeout(source, commands)),
            BatchError::Inconsistent(error) => NextStep::GiveUp(BatchFailure::OneCommand(error)),
            BatchError::CommitUnknown(batch, source) => match self.resolve_commit(&batch.marker).await {
                Some(true) => NextStep::Finish(batch.decisions),
                Some(false) => NextStep::Retry(source),
                None => NextStep::GiveUp(BatchFailure::AllCommands(DatabaseFailure::OutcomeUnknown)),
            },
        }
    }

    /// Whether the batch was committed. `None` if that cannot be found out: see [`was_committed`], or the database does
    /// not answer.
    async fn resolve_commit(&self, marker: &CommitMarker) -> Option<bool> {
        for _ in 0..RESOLVE_ATTEMPTS_MAX {
            match was_committed(&self.pool, marker).await {
                Ok(committed) => {
                    metrics::unknown_commit_resolved(match committed {
                        Some(true) => CommitResolution::Found,
                        Some(false) => CommitResolution::NotFound,
                        None => CommitResolution::Unknown,
                    });
                    tracing::warn!(committed, "a connection was lost at COMMIT, and its batch was looked up");
                    return committed;
                }
                Err(_) => tokio::time::sleep(RESOLVE_PAUSE.mul_f64(rand::random_range(0.5..1.0))).await,
            }
        }
        metrics::unknown_commit_resolved(CommitResolution::Unknown);
        tracing::error!(
            ?marker,
            "a connection was lost at COMMIT, and its batch cannot be looked up: its outcome is unknown"
        );
        None
    }
}

/// What follows an attempt to execute a batch.
enum NextStep {
    /// It was committed.
    Finish(Vec<Decision>),
    /// It was rolled back, and may succeed when tried again.
    Retry(sqlx::Error),
    GiveUp(BatchFailure),
}

/// Scope and reason of a failed batch.
enum BatchFailure {
    /// All commands fail alike, because of the database.
    AllCommands(DatabaseFailure),
    /// The row lock of one event was not available; it is not known which.
    OneEvent,
    /// One command makes the batch fail; it is not known which.
    OneCommand(anyhow::Error),
}

#[derive(Clone, Copy)]
enum DatabaseFailure {
    Unavailable,
    OutcomeUnknown,
}

impl From<DatabaseFailure> for CommandError {
    fn from(failure: DatabaseFailure) -> Self {
        match failure {
            DatabaseFailure::Unavailable => Self::Unavailable,
            DatabaseFailure::OutcomeUnknown => Self::OutcomeUnknown,
        }
    }
}

/// A statement that ran too long is not retried. If the batch has several commands, one of them may be the reason.
fn fail_after_timeout(source: sqlx::Error, commands: &[Command]) -> BatchFailure {
    let error = anyhow::Error::new(source);
    tracing::warn!(
        commands = commands.len(),
        error = format!("{error:#}"),
        "a batch was rolled back: a statement exceeded its timeout"
    );
    if commands.len() > 1 {
        BatchFailure::OneCommand(error)
    } else {
        BatchFailure::AllCommands(DatabaseFailure::Unavailable)
    }
}

fn log_inconsistency(command: &Command, error: &anyhow::Error) -> CommandError {
    tracing::error!(
        command = command.name(),
        error = format!("{error:#}"),
        "a command was rolled back: the database rejected what was decided, or decide panicked (a bug)"
    );
    CommandError::Inconsistent
}

fn fail_all(commands: &[Command], failure: DatabaseFailure) -> Vec<CommandResult> {
    commands.iter().map(|_| Err(failure.into())).collect()
}

fn has_several_events(commands: &[Command]) -> bool {
    commands.windows(2).any(|pair| pair[0].affinity() != pair[1].affinity())
}

fn into_result(decision: Decision) -> CommandResult {
    decision.map_err(CommandError::Refused)
}
