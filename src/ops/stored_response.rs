//! Claims an idempotency key inside the transaction of a write, and keeps the answer with it.
//!
//! The row is inserted with the answer before the effect is written. A second transaction with the same key waits at the
//! primary key until the first has ended: if that committed, the kept answer is found; if it rolled back, the claim
//! succeeds and the write is done now. So a key has at most one effect, and never an effect without its answer.

use serde_json::Value;
use sqlx::{PgConnection, PgPool};

use crate::domain::hold::Idempotency;
use crate::domain::time::Instant;

/// How long a repeat waits for the first request with its key, in milliseconds. Longer than a write takes; short enough
/// that repeats do not use up the connections.
pub const KEY_WAIT_MILLISECONDS: u32 = 250;

/// PostgreSQL's `lock_not_available`.
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// What a client was told.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredResponse {
    /// HTTP.
    pub status: i32,
    pub body: Value,
}

/// Who has the key.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    /// This transaction: the write may be done.
    Ours,
    /// The same request, earlier: nothing may be done.
    AlreadyAnswered(StoredResponse),
    /// Another request.
    Reused,
    /// A request that has not ended in time.
    InProgress,
}

/// What the same request was answered, if it was. [`claim`] finds it too; this is for requests that cannot be understood
/// without looking up what they name, which may have changed since.
///
/// # Errors
///
/// When the database fails.
pub async fn find_stored_response(pool: &PgPool, idempotency: &Idempotency) -> sqlx::Result<Option<StoredResponse>> {
    let mut connection = pool.acquire().await?;
    match kept(&mut connection, idempotency).await? {
        Claim::AlreadyAnswered(answer) => Ok(Some(answer)),
        Claim::Ours | Claim::Reused | Claim::InProgress => Ok(None),
    }
}

/// Tries to take the key. After [`Claim::InProgress`] the transaction is aborted.
///
/// The transaction's `lock_timeout` says how long it waits: see [`KEY_WAIT_MILLISECONDS`].
pub(super) async fn claim(
    connection: &mut PgConnection,
    idempotency: &Idempotency,
    answer: &StoredResponse,
    now: Instant,
) -> sqlx::Result<Claim> {
    match insert(connection, idempotency, answer, now).await {
        Ok(1) => Ok(Claim::Ours),
        Ok(_) => kept(connection, idempotency).await,
        Err(error) if is_lock_timeout(&error) => Ok(Claim::InProgress),
        Err(error) => Err(error),
    }
}

async fn insert(
    connection: &mut PgConnection,
    idempotency: &Idempotency,
    answer: &StoredResponse,
    now: Instant,
) -> sqlx::Result<u64> {
    let inserted = sqlx::query!(
        r#"
        INSERT INTO idempotency_keys (idempotency_key, fingerprint, status, body, created_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (idempotency_key) DO NOTHING
        "#,
        idempotency.key,
        &idempotency.fingerprint[..],
        answer.status,
        answer.body,
        now,
    )
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected())
}

async fn kept(connection: &mut PgConnection, idempotency: &Idempotency) -> sqlx::Result<Claim> {
    let row = sqlx::query!(
        r#"
        SELECT fingerprint, status, body
        FROM idempotency_keys
        WHERE idempotency_key = $1
        "#,
        idempotency.key,
    )
    .fetch_optional(connection)
    .await?;
    Ok(match row {
        Some(row) if row.fingerprint == idempotency.fingerprint => {
            Claim::AlreadyAnswered(StoredResponse { status: row.status, body: row.body })
        }
        Some(_) => Claim::Reused,
        // Forgotten between the two statements, being old: the next repeat will be a new request.
        None => Claim::InProgress,
    })
}

fn is_lock_timeout(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == LOCK_NOT_AVAILABLE)
}

/// A write that may be repeated: its key, and how its answer will look.
#[derive(Clone, Debug)]
pub struct ResponseToStore<T> {
    pub idempotency: Idempotency,
    /// Makes the answer that a repeat is given.
    pub answer: fn(&T) -> serde_json::Result<StoredResponse>,
}
