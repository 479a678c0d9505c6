//! Reads for whoever waits: the answer comes soon, or it is 503.

use tokio::time::timeout;

use crate::app::App;
use crate::error::{ApiError, ErrorCode};

/// What the query finds, if it does so in the time that a request may take. A read has no transaction, so it can be dropped
/// midway: its connection is cleaned before anybody else gets it.
pub async fn with_deadline<T>(app: &App, query: impl Future<Output = sqlx::Result<T>>) -> Result<T, ApiError> {
    match timeout(app.settings.inventory.answer_within, query).await {
        Ok(found) => Ok(found?),
        Err(_) => Err(ApiError::new(ErrorCode::Unavailable)),
    }
}
