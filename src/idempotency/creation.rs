//! Creation in one transaction, once per idempotency key. Resolves the outcome of a lost COMMIT where possible.
//!
//! All ids are assigned before the transaction, so a transaction whose COMMIT was lost is run again with the same ids:
//! if the first one was committed, the second finds its stored response, or is refused by the primary key.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

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
    /// A rule of what is created refused it.
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
    let committing = Arc::new(AtomicBool::new(false));
    match attempt(pool, &new, to_store.as_ref(), &committing).await {
        Err(CreateError::Database(error)) if committing.load(Ordering::Relaxed) => {
            let id = new.id();
            tracing::warn!(transaction = T::NAME, %id, %error, "the outcome of a COMMIT is unknown; repeating it");
            match attempt(pool, &new, to_store.as_ref(), &committing).await {
                Err(CreateError::Database(error)) => read_back(pool, new, error).await,
                resolved => resolved,
            }
        }
        // The transaction's task panicked. It is unknown whether it had sent COMMIT.
        Err(CreateError::Database(error @ sqlx::Error::WorkerCrashed)) => Err(CreateError::OutcomeUnknown(error)),
        outcome => outcome,
    }
}

/// Runs the transaction once. Afterwards `committing` is true if it got as far as COMMIT.
async fn attempt<T: Creation>(
    pool: &PgPool,
    new: &T,
    to_store: Option<&ResponseToStore<T>>,
    committing: &Arc<AtomicBool>,
) -> Result<Created<T>, CreateError> {
    let (new, to_store, committing) = (new.clone(), to_store.cloned(), Arc::clone(committing));
    transaction(pool, T::NAME, move |connection| {
        let (new, to_store, committing) = (new.clone(), to_store.clone(), Arc::clone(&committing));
        Box::pin(async move {
            committing.store(false, Ordering::Relaxed);
            let created = write(connection, new, to_store).await?;
            committing.store(true, Ordering::Relaxed);
            Ok(created)
        })
    })
    .await
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

/// Resolves the error of the second attempt: a violated primary key means that the first attempt was committed.
async fn read_back<T: Creation>(pool: &PgPool, mut new: T, error: sqlx::Error) -> Result<Created<T>, CreateError> {
    if !violates(&error, T::PRIMARY_KEY) {
        return Err(CreateError::OutcomeUnknown(error));
    }
    new.set_created_at(new.find_created_at(pool).await.map_err(CreateError::OutcomeUnknown)?);
    Ok(Created::New(Box::new(new)))
}

pub fn violates(error: &sqlx::Error, constraint: &str) -> bool {
    error.as_database_error().is_some_and(|error| error.constraint() == Some(constraint))
}
