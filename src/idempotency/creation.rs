//! Creation in one transaction, once per idempotency key. Resolves the outcome of a lost COMMIT where possible.
//!
//! All ids are assigned before the transaction, so that it can be run again after a lost COMMIT: if the first run was
//! committed, the second finds its stored response, or is refused by the primary key.

use boxoffice_engine::db::failure::violates;
use boxoffice_engine::db::row_count::WrongRowCount;
use boxoffice_engine::db::transaction::{TransactionFailure, transaction};
use boxoffice_engine::time::Instant;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::sql::stored_response;
use super::sql::stored_response::{Claim, ResponseToStore, StoredResponse};
use crate::error::{ApiError, ErrorCode};

/// Data to create, complete except for its creation time. It is cloned for every attempt.
pub trait Creation: Clone + Send + Sync + 'static {
    /// Name of the transaction, in logs and metrics.
    const NAME: &'static str;

    /// Constraint that refuses a second insert.
    const PRIMARY_KEY: &'static str;

    /// Id for the log.
    fn id(&self) -> Uuid;

    /// Sets the creation time of all parts.
    fn set_created_at(&mut self, now: Instant);

    /// Inserts all rows in the caller's transaction.
    fn insert(&self, connection: &mut PgConnection) -> impl Future<Output = Result<(), CreateError>> + Send;

    /// Reads the creation time that a transaction with a lost COMMIT has written.
    fn find_created_at(&self, pool: &PgPool) -> impl Future<Output = sqlx::Result<Instant>> + Send;
}

/// Result of a creation.
#[derive(Clone, Debug, PartialEq)]
pub enum Created<T> {
    /// Created by this request.
    New(Box<T>),
    /// Nothing was created, because the same request was answered before, with this response.
    Replayed(StoredResponse),
}

/// Failure of a creation. Nothing was created, except possibly after `OutcomeUnknown`.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    #[error("the idempotency key belongs to another request")]
    KeyReused,
    #[error("the first request with this idempotency key is still running")]
    KeyInProgress,
    /// Refused by a rule of the created resource.
    #[error("refused: {}", .0.as_str())]
    Refused(ErrorCode),
    /// The connection was lost at COMMIT and the outcome cannot be read from the database, or the transaction's task
    /// panicked.
    #[error("it is not known whether it was created")]
    OutcomeUnknown(#[source] sqlx::Error),
    #[error("the response to store cannot be serialized")]
    StoredResponse(#[from] serde_json::Error),
    #[error(transparent)]
    WrongRowCount(#[from] WrongRowCount),
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
}

impl From<CreateError> for ApiError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::KeyReused => Self::new(ErrorCode::IdempotencyKeyReused),
            CreateError::KeyInProgress => Self::new(ErrorCode::RequestInProgress),
            CreateError::Refused(code) => Self::new(code),
            CreateError::OutcomeUnknown(source) => {
                Self { source: Some(source.into()), ..Self::new(ErrorCode::OutcomeUnknown) }
            }
            CreateError::Database(error) => error.into(),
            CreateError::StoredResponse(_) | CreateError::WrongRowCount(_) => Self::internal(error),
        }
    }
}

impl From<sqlx::Error> for CreateError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl TransactionFailure for CreateError {
    fn database_error(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }

    fn into_unknown_outcome(self) -> Self {
        match self {
            Self::Database(error) => Self::OutcomeUnknown(error),
            seen => seen,
        }
    }
}

/// Creates `new`, once per idempotency key if there is one.
///
/// # Errors
/// See [`CreateError`].
pub async fn create<T: Creation>(
    pool: &PgPool,
    new: T,
    to_store: Option<ResponseToStore<T>>,
) -> Result<Created<T>, CreateError> {
    let to_insert = new.clone();
    let outcome = transaction(pool, T::NAME, new.id(), move |connection| {
        Box::pin(write(connection, to_insert.clone(), to_store.clone()))
    })
    .await;
    match outcome {
        // Only the repeat after a lost COMMIT ends so: the first run was committed.
        Err(CreateError::OutcomeUnknown(error)) if violates(&error, T::PRIMARY_KEY) => read_back(pool, new).await,
        outcome => outcome,
    }
}

async fn write<T: Creation>(
    connection: &mut PgConnection,
    mut new: T,
    to_store: Option<ResponseToStore<T>>,
) -> Result<Created<T>, CreateError> {
    let now = stored_response::begin(connection).await?;
    new.set_created_at(now);
    if let Some(to_store) = to_store {
        let response = (to_store.response)(&new)?;
        match stored_response::claim(connection, &to_store.idempotency, &response, now).await? {
            Claim::Ours => {}
            Claim::AlreadyAnswered(stored) => return Ok(Created::Replayed(stored)),
            Claim::Reused => return Err(CreateError::KeyReused),
            Claim::InProgress => return Err(CreateError::KeyInProgress),
        }
    }
    new.insert(connection).await?;
    Ok(Created::New(Box::new(new)))
}

/// The result of a run that was committed although its answer was lost.
async fn read_back<T: Creation>(pool: &PgPool, mut new: T) -> Result<Created<T>, CreateError> {
    new.set_created_at(new.find_created_at(pool).await.map_err(CreateError::OutcomeUnknown)?);
    Ok(Created::New(Box::new(new)))
}
