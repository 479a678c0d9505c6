//! How something is created: in one transaction, once per idempotency key, and without a guess after a lost COMMIT.
//!
//! All ids are made before the transaction, so one whose COMMIT was lost is simply run again: if the first one had been
//! committed, its primary key refuses the second.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::create_venue::InsertError;
use super::stored_response::{self, Claim, KEY_WAIT_MILLISECONDS, ResponseToStore, StoredResponse};
use crate::db::constraints::EVENTS_SERIES_FKEY;
use crate::db::row_count::WrongRowCount;
use crate::db::transaction::{TransactionFailure, transaction};
use crate::domain::time::Instant;

/// Something that is whole but for the time of its creation, and knows how it is written. It is cloned for every try.
pub trait Creation: Clone + Send + Sync + 'static {
    /// The transaction's name.
    const NAME: &'static str;

    /// The constraint that refuses to write it twice.
    const PRIMARY_KEY: &'static str;

    /// What the log calls it.
    fn id(&self) -> Uuid;

    /// Notes the time of everything that is written.
    fn stamp(&mut self, now: Instant);

    /// Writes it; the caller has the transaction.
    fn insert(&self, connection: &mut PgConnection) -> impl Future<Output = Result<(), CreateError>> + Send;

    /// When it was written, by a transaction whose COMMIT was lost.
    fn written_at(&self, pool: &PgPool) -> impl Future<Output = sqlx::Result<Instant>> + Send;
}

/// What became of the request.
#[derive(Clone, Debug, PartialEq)]
pub enum Created<T> {
    New(Box<T>),
    /// The same request was answered before, with this; nothing was done.
    Replayed(StoredResponse),
}

/// Why nothing was created, except for `OutcomeUnknown`.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    #[error("the idempotency key belongs to another request")]
    KeyReused,
    #[error("the first request with this idempotency key is still running")]
    KeyInProgress,
    #[error("there is no such series")]
    SeriesNotFound,
    /// The connection was lost at COMMIT and the database cannot be asked what happened, or the transaction's task broke.
    #[error("it is not known whether it was created")]
    OutcomeUnknown(#[source] sqlx::Error),
    #[error("the answer cannot be kept")]
    StoredResponse(#[from] serde_json::Error),
    #[error(transparent)]
    WrongRowCount(#[from] WrongRowCount),
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for CreateError {
    fn from(error: sqlx::Error) -> Self {
        if violates(&error, EVENTS_SERIES_FKEY) { Self::SeriesNotFound } else { Self::Database(error) }
    }
}

impl From<InsertError> for CreateError {
    fn from(error: InsertError) -> Self {
        match error {
            InsertError::WrongRowCount(error) => error.into(),
            InsertError::Database(error) => error.into(),
        }
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

/// Creates it, once per idempotency key if there is one.
///
/// # Errors
///
/// See [`CreateError`].
pub(super) async fn create<T: Creation>(
    pool: &PgPool,
    new: T,
    keep: Option<ResponseToStore<T>>,
) -> Result<Created<T>, CreateError> {
    let committing = Arc::new(AtomicBool::new(false));
    match attempt(pool, &new, keep.as_ref(), &committing).await {
        Err(CreateError::Database(error)) if committing.load(Ordering::Relaxed) => {
            let id = new.id();
            tracing::warn!(transaction = T::NAME, %id, %error, "the outcome of a COMMIT is unknown; repeating it");
            match attempt(pool, &new, keep.as_ref(), &committing).await {
                Err(CreateError::Database(error)) => read_back(pool, new, error).await,
                settled => settled,
            }
        }
        // The transaction's task broke. It is no fault of the database, and nobody can say how far it got.
        Err(CreateError::Database(error @ sqlx::Error::WorkerCrashed)) => Err(CreateError::OutcomeUnknown(error)),
        outcome => outcome,
    }
}

/// One transaction. `committing` tells afterwards whether it got as far as COMMIT.
async fn attempt<T: Creation>(
    pool: &PgPool,
    new: &T,
    keep: Option<&ResponseToStore<T>>,
    committing: &Arc<AtomicBool>,
) -> Result<Created<T>, CreateError> {
    let (new, keep, committing) = (new.clone(), keep.cloned(), Arc::clone(committing));
    transaction(pool, T::NAME, move |connection| {
        let (new, keep, committing) = (new.clone(), keep.clone(), Arc::clone(&committing));
        Box::pin(async move {
            committing.store(false, Ordering::Relaxed);
            let created = write(connection, new, keep).await?;
            committing.store(true, Ordering::Relaxed);
            Ok(created)
        })
    })
    .await
}

async fn write<T: Creation>(
    connection: &mut PgConnection,
    mut new: T,
    keep: Option<ResponseToStore<T>>,
) -> Result<Created<T>, CreateError> {
    let now = begin(connection).await?;
    new.stamp(now);
    if let Some(keep) = keep {
        let answer = (keep.answer)(&new)?;
        match stored_response::claim(connection, &keep.idempotency, &answer, now).await? {
            Claim::Ours => {}
            Claim::AlreadyAnswered(answer) => return Ok(Created::Replayed(answer)),
            Claim::Reused => return Err(CreateError::KeyReused),
            Claim::InProgress => return Err(CreateError::KeyInProgress),
        }
    }
    new.insert(connection).await?;
    Ok(Created::New(Box::new(new)))
}

/// The time of everything that this transaction writes; and how long it waits for another one with the same key.
async fn begin(connection: &mut PgConnection) -> sqlx::Result<Instant> {
    let begun = sqlx::query!(
        r#"
        SELECT
            clock_timestamp() AS "now!",
            set_config('lock_timeout', $1, true) AS "lock_timeout!"
        "#,
        format!("{KEY_WAIT_MILLISECONDS}ms"),
    )
    .fetch_one(connection)
    .await?;
    Ok(begun.now)
}

/// The repetition failed too: on the first one's rows, if that had been committed.
async fn read_back<T: Creation>(pool: &PgPool, mut new: T, error: sqlx::Error) -> Result<Created<T>, CreateError> {
    if !violates(&error, T::PRIMARY_KEY) {
        return Err(CreateError::OutcomeUnknown(error));
    }
    new.stamp(new.written_at(pool).await.map_err(CreateError::OutcomeUnknown)?);
    Ok(Created::New(Box::new(new)))
}

fn violates(error: &sqlx::Error, constraint: &str) -> bool {
    error.as_database_error().is_some_and(|error| error.constraint() == Some(constraint))
}
