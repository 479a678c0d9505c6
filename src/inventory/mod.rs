//! Inventory: THE ONLY PLACE WHERE CAPACITY CHANGES.

pub mod changes;
pub mod command;
pub mod decide;
pub mod shelf;

use command::{Command, Outcome, Refusal};

/// Why a command has no outcome.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error("refused")]
    Refused(Refusal),
    /// The lane's queue is full. Nothing was done.
    #[error("too many commands are waiting")]
    Overloaded,
    /// The database could not be reached, or was too busy, in time. Nothing was done.
    #[error("the database is not available")]
    Unavailable,
    /// The connection was lost at COMMIT and the database cannot be asked what happened.
    #[error("the outcome is unknown")]
    OutcomeUnknown,
    /// PostgreSQL refused what `decide` allowed: a bug, already logged. Nothing was done.
    #[error("the database and the decision disagree")]
    Inconsistent,
}

/// The door to inventory.
#[derive(Clone)]
pub struct Inventory {}

impl Inventory {
    /// Gives a command to its event's lane and waits for the answer. Once accepted, the command is finished even if the
    /// caller goes away.
    pub async fn submit(&self, command: Command) -> Result<Outcome, CommandError> {
        todo!("{command:?}")
    }
}
