//! A command to inventory and back, counted.

use crate::app::App;
use crate::error::ApiError;
use crate::inventory::command::{Command, Outcome};
use crate::inventory::outcome_label;
use crate::telemetry::metrics;

/// Gives a command to inventory and waits. Once it has begun, the command is finished even if the caller goes away.
pub async fn submit(app: &App, command: Command) -> Result<Outcome, ApiError> {
    let operation = command.name();
    let answer = app.inventory.submit(command).await;
    metrics::booking_operation(operation, outcome_label(&answer));
    Ok(answer?)
}

/// An outcome that does not belong to the command: a bug in inventory.
pub fn unexpected(outcome: &Outcome) -> ApiError {
    ApiError::internal(anyhow::anyhow!("inventory answered a command with another's outcome: {outcome:?}"))
}
