//! Why a command has no outcome.

use super::command::{Outcome, Refusal};

/// Reason why a command has no outcome.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// A rule refused the command. Retrying helps only when the state that the refusal names has changed.
    #[error("refused")]
    Refused(Refusal),
    /// The command did not reach a batch in time. The queue was full (for its event or in all), or the event's oldest
    /// hold had already waited for half of the deadline (holds only), or the command waited longer than the deadline,
    /// or its caller's answer time passed before a batch took it. Nothing was done.
    #[error("too many commands are waiting")]
    Overloaded,
    /// The database was unreachable or too busy, a row lock or a statement exceeded its timeout, the time for executing
    /// a failed batch in parts ran out, or the service is shutting down. Nothing was done.
    #[error("the database is not available")]
    Unavailable,
    /// Execution began and its result is not known: the caller's answer time passed first, or execution panicked, or
    /// the connection was lost at COMMIT and the commit could not be looked up (database unreachable, or event deleted
    /// since).
    #[error("the outcome is unknown")]
    OutcomeUnknown,
    /// A bug, already logged: PostgreSQL rejected what `decide` allowed, or `decide` panicked. Nothing was done.
    #[error("the database and the decision disagree")]
    Inconsistent,
}

impl CommandError {
    /// Metric label.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::Overloaded => "overloaded",
            Self::Unavailable => "unavailable",
            Self::OutcomeUnknown => "unknown",
            Self::Inconsistent => "inconsistent",
        }
    }
}

/// Metric label for the result of a command.
pub fn outcome_label(result: &Result<Outcome, CommandError>) -> &'static str {
    result.as_ref().map_or_else(CommandError::label, Outcome::label)
}
