//! Creates an event with its pools, ticket types, inventory row and first journal entries, in one transaction.
//!
//! Nobody else can know the event before the commit, so nothing needs a lock. Guarded by the schema's CHECKs and unique
//! names; [`NewEvent`] has been parsed so that none of them objects.

mod insert;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::{PgConnection, PgPool};

use super::kept_answer::{self, Answer, Claim, KEY_WAIT_MILLISECONDS, Keep};
use crate::db::constraints::EVENTS_PKEY;
use crate::db::row_count::WrongRowCount;
use crate::db::transaction::{TransactionFailure, transaction};
use crate::domain::ids::{EventId, PoolId, TicketTypeId};
use crate::domain::new_event::{NewEvent, NewPool, NewTicketType};
use crate::domain::time::Instant;
use crate::domain::whole_event::{PoolOffered, TicketTypeOffered, WholeEvent};

/// What became of the request.
#[derive(Clone, Debug, PartialEq)]
pub enum Created {
    Now(Box<WholeEvent>),
    /// The same request was answered before, with this; nothing was done.
    Before(Answer),
}

/// Why nothing was created, except for `OutcomeUnknown`.
#[derive(Debug, thiserror::Error)]
pub enum CreateEventError {
    #[error("the idempotency key belongs to another request")]
    KeyReused,
    #[error("the first request with this idempotency key is still running")]
    KeyInProgress,
    /// The connection was lost at COMMIT and the database cannot be asked what happened, or the transaction's task broke.
    #[error("it is not known whether the event was created")]
    OutcomeUnknown(#[source] sqlx::Error),
    #[error("the answer cannot be kept")]
    Answer(#[from] serde_json::Error),
    #[error(transparent)]
    WrongRowCount(#[from] WrongRowCount),
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
}

impl TransactionFailure for CreateEventError {
    fn database_error(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

/// Creates the event, once per idempotency key if there is one.
///
/// # Errors
///
/// See [`CreateEventError`]. A connection that is lost at COMMIT is not guessed about: the transaction is repeated with
/// the same ids, so that the primary key says whether the first one made it.
pub async fn create_event(
    pool: &PgPool,
    new: NewEvent,
    keep: Option<Keep<WholeEvent>>,
) -> Result<Created, CreateEventError> {
    let event = identified(new);
    let committing = Arc::new(AtomicBool::new(false));
    match attempt(pool, &event, keep.as_ref(), &committing).await {
        Err(CreateEventError::Database(error)) if committing.load(Ordering::Relaxed) => {
            tracing::warn!(event_id = %event.event_id, %error, "the outcome of a COMMIT is unknown; repeating it");
            match attempt(pool, &event, keep.as_ref(), &committing).await {
                Err(CreateEventError::Database(error)) => read_back(pool, event, error).await,
                settled => settled,
            }
        }
        // The transaction's task broke. It is no fault of the database, and nobody can say how far it got.
        Err(CreateEventError::Database(error @ sqlx::Error::WorkerCrashed)) => {
            Err(CreateEventError::OutcomeUnknown(error))
        }
        outcome => outcome,
    }
}

/// All ids are made before the transaction; the times come with it.
fn identified(new: NewEvent) -> WholeEvent {
    let event_id = EventId::generate();
    let pool = |pool: NewPool| PoolOffered {
        pool_id: PoolId::generate(event_id),
        name: pool.name,
        capacity: pool.capacity.get(),
    };
    let pools: Vec<PoolOffered> = new.pools.into_iter().map(pool).collect();
    let ticket_type = |ticket_type: NewTicketType| TicketTypeOffered {
        ticket_type_id: TicketTypeId::generate(event_id),
        pool_id: pools[ticket_type.pool].pool_id,
        name: ticket_type.name,
        price: ticket_type.price,
        min_quantity: ticket_type.min_quantity,
        max_quantity: ticket_type.max_quantity,
    };
    WholeEvent {
        event_id,
        details: new.details,
        terms: new.terms,
        ticket_types: new.ticket_types.into_iter().map(ticket_type).collect(),
        pools,
        created_at: Instant::UNIX_EPOCH,
        updated_at: Instant::UNIX_EPOCH,
    }
}

/// One transaction. `committing` tells afterwards whether it got as far as COMMIT.
async fn attempt(
    pool: &PgPool,
    event: &WholeEvent,
    keep: Option<&Keep<WholeEvent>>,
    committing: &Arc<AtomicBool>,
) -> Result<Created, CreateEventError> {
    let (event, keep, committing) = (event.clone(), keep.cloned(), Arc::clone(committing));
    transaction(pool, "create_event", move |connection| {
        let (event, keep, committing) = (event.clone(), keep.clone(), Arc::clone(&committing));
        Box::pin(async move {
            committing.store(false, Ordering::Relaxed);
            let created = write(connection, event, keep).await?;
            committing.store(true, Ordering::Relaxed);
            Ok(created)
        })
    })
    .await
}

async fn write(
    connection: &mut PgConnection,
    mut event: WholeEvent,
    keep: Option<Keep<WholeEvent>>,
) -> Result<Created, CreateEventError> {
    let now = begin(connection).await?;
    (event.created_at, event.updated_at) = (now, now);
    if let Some(keep) = keep {
        let answer = (keep.answer)(&event)?;
        match kept_answer::claim(connection, &keep.idempotency, &answer, now).await? {
            Claim::Ours => {}
            Claim::AnsweredBefore(answer) => return Ok(Created::Before(answer)),
            Claim::Reused => return Err(CreateEventError::KeyReused),
            Claim::InProgress => return Err(CreateEventError::KeyInProgress),
        }
    }
    insert::event(connection, &event).await?;
    insert::pools(connection, &event).await?;
    insert::ticket_types(connection, &event).await?;
    insert::inventory(connection, &event).await?;
    insert::journal(connection, &event).await?;
    Ok(Created::Now(Box::new(event)))
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
async fn read_back(pool: &PgPool, event: WholeEvent, error: sqlx::Error) -> Result<Created, CreateEventError> {
    let already_there = error.as_database_error().is_some_and(|error| error.constraint() == Some(EVENTS_PKEY));
    if !already_there {
        return Err(CreateEventError::OutcomeUnknown(error));
    }
    let created_at = sqlx::query_scalar!(
        r#"
        SELECT created_at
        FROM events
        WHERE event_id = $1
        "#,
        event.event_id.as_uuid(),
    )
    .fetch_one(pool)
    .await
    .map_err(CreateEventError::OutcomeUnknown)?;
    Ok(Created::Now(Box::new(WholeEvent { created_at, updated_at: created_at, ..event })))
}
