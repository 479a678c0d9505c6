//! Submits commands to inventory and counts them.

use boxoffice_engine::inventory::command::{Command, Outcome};
use boxoffice_engine::inventory::outcome_label;

use crate::app::App;
use crate::error::ApiError;
use crate::telemetry::metrics;

/// Submits a command, waits for its outcome and counts it. A command that has begun is completed even if the client
/// disconnects.
///
/// # Errors
/// The refusal, or the reason why there is no outcome, as [`ApiError`].
pub async fn submit(app: &App, command: Command) -> Result<Outcome, ApiError> {
    let operation = command.name();
    let result = app.inventory.submit(command).await;
    metrics::booking_operation(operation, outcome_label(&result));
    Ok(result?)
}

/// The error for an outcome of another kind of command: a bug in inventory.
pub fn unexpected_outcome(outcome: &Outcome) -> ApiError {
    ApiError::internal(anyhow::anyhow!("inventory returned the outcome of another command: {outcome:?}"))
}
