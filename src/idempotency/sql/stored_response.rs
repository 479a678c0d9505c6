//! Claims an idempotency key inside the transaction of a write, and stores the response with it.
//!
//! The key is inserted with the response, before the write. A second transaction with the same key waits for the
//! primary key until the first one has ended: if that committed, the stored response is found; if it rolled back, the
//! claim succeeds and the write is done now. So a key has at most one effect as long as it is stored, and no
//! effect is committed without its stored response.

use boxoffice_engine::db::failure::is_lock_timeout;
use boxoffice_engine::model::hold::Idempotency;
use boxoffice_engine::time::Instant;
use serde_json::Value;
use sqlx::{PgConnection, PgPool};

/// Longest wait of a repeat for the first request with its key, in milliseconds. Longer than a write usually takes;
/// short enough that waiting repeats do not use up the connections.
pub const KEY_WAIT_MILLISECONDS: u32 = 250;

/// A stored response.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredResponse {
    /// HTTP status.
    pub status: i32,
    pub body: Value,
}

/// Result of a claim.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    /// This transaction has the key: the write may be done.
    Ours,
    /// The same request was answered earlier: nothing may be done.
    AlreadyAnswered(StoredResponse),
    /// Another request has the key.
    Reused,
    /// A transaction with the key has not ended in time.
    InProgress,
}

/// Finds the stored response of the same request. [`claim`] finds it too, but only after the request was validated.
///
/// # Errors
/// The database failed.
pub async fn find_stored_response(pool: &PgPool, idempotency: &Idempotency) -> sqlx::Result<Option<StoredResponse>> {
    let mut connection = pool.acquire().await?;
    match existing_claim(&mut connection, idempotency).await? {
        Claim::AlreadyAnswered(response) => Ok(Some(response)),
        Claim::Ours | Claim::Reused | Claim::InProgress => Ok(None),
    }
}

/// Tries to claim the key. After [`Claim::InProgress`] the transaction may be aborted.
///
/// Waits for another transaction as long as the transaction's `lock_timeout`: see [`KEY_WAIT_MILLISECONDS`].
pub async fn claim(
    connection: &mut PgConnection,
    idempotency: &Idempotency,
    response: &StoredResponse,
    now: Instant,
) -> sqlx::Result<Claim> {
    match insert(connection, idempotency, response, now).await {
        Ok(1) => Ok(Claim::Ours),
        Ok(_) => existing_claim(connection, idempotency).await,
        Err(error) if is_lock_timeout(&error) => Ok(Claim::InProgress),
        Err(error) => Err(error),
    }
}

async fn insert(
    connection: &mut PgConnection,
    idempotency: &Idempotency,
    response: &StoredResponse,
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
        response.status,
        response.body,
        now,
    )
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected())
}

async fn existing_claim(connection: &mut PgConnection, idempotency: &Idempotency) -> sqlx::Result<Claim> {
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
        // The key was deleted between the two statements because of its age: the next repeat will be a new request.
        None => Claim::InProgress,
    })
}

/// Idempotency key of a write, and the response to store with it.
#[derive(Clone, Debug)]
pub struct ResponseToStore<T> {
    pub idempotency: Idempotency,
    /// Creates the response from the written data.
    pub response: fn(&T) -> serde_json::Result<StoredResponse>,
}

/// Reads the creation time, and sets the longest wait for another transaction with the same key.
pub async fn begin(connection: &mut PgConnection) -> sqlx::Result<Instant> {
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
