//! Reads with a deadline.

use tokio::time::timeout;

use crate::app::App;
use crate::error::{ApiError, ErrorCode};

/// Runs a read with the request deadline (`answer_within`).
///
/// A read has no transaction, so it can be dropped midway: `sqlx` discards the rest of its result before the
/// connection is used again.
///
/// # Errors
/// `UNAVAILABLE` when the deadline passes; the query's own error as [`ApiError`].
pub async fn with_deadline<T>(app: &App, query: impl Future<Output = sqlx::Result<T>>) -> Result<T, ApiError> {
    match timeout(app.settings.inventory.answer_within, query).await {
        Ok(found) => Ok(found?),
        Err(_) => Err(ApiError::new(ErrorCode::Unavailable)),
    }
}
