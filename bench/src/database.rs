//! What PostgreSQL is set to. Figures for writes mean nothing without knowing that they are on disk.

use anyhow::{Context as _, ensure};
use serde::Serialize;
use sqlx::{Connection as _, FromRow, PgConnection};

/// SQLSTATE of a statement that the role may not run.
const INSUFFICIENT_PRIVILEGE: &str = "42501";

/// As a session of the server's role in the server's database sees it.
#[derive(Clone, Debug, FromRow, Serialize)]
pub struct DatabaseFacts {
    /// As in `15.4`.
    pub version: String,
    pub fsync: String,
    pub synchronous_commit: String,
    pub full_page_writes: String,
    pub wal_sync_method: String,
    pub shared_buffers: String,
    pub max_wal_size: String,
}

/// # Errors
///
/// When the database cannot be reached.
pub async fn connect(database_url: &str) -> anyhow::Result<PgConnection> {
    PgConnection::connect(database_url).await.context("cannot connect to DATABASE_URL")
}

/// # Errors
///
/// When the database does not answer.
pub async fn facts(connection: &mut PgConnection) -> anyhow::Result<DatabaseFacts> {
    let facts = sqlx::query_as(
        "SELECT current_setting('server_version') AS version,
                current_setting('fsync') AS fsync,
                current_setting('synchronous_commit') AS synchronous_commit,
                current_setting('full_page_writes') AS full_page_writes,
                current_setting('wal_sync_method') AS wal_sync_method,
                current_setting('shared_buffers') AS shared_buffers,
                current_setting('max_wal_size') AS max_wal_size",
    );
    facts.fetch_one(connection).await.context("cannot read PostgreSQL's settings")
}

/// Makes dirty pages durable now, so that no window pays for the writes of the one before. Returns whether it did: only
/// superusers and members of `pg_checkpoint` may.
///
/// # Errors
///
/// When the database fails in another way.
pub async fn checkpoint(connection: &mut PgConnection) -> anyhow::Result<bool> {
    match sqlx::query("CHECKPOINT").execute(connection).await {
        Ok(_) => Ok(true),
        Err(sqlx::Error::Database(refused)) if refused.code().as_deref() == Some(INSUFFICIENT_PRIVILEGE) => Ok(false),
        Err(error) => Err(error).context("cannot checkpoint"),
    }
}

impl DatabaseFacts {
    /// # Errors
    ///
    /// When a commit that PostgreSQL acknowledges could be lost with the power.
    pub fn assert_durable(&self) -> anyhow::Result<()> {
        ensure!(self.fsync == "on", "fsync is {}: commits would not be on disk", self.fsync);
        ensure!(
            self.full_page_writes == "on",
            "full_page_writes is {}: a torn page would be lost",
            self.full_page_writes
        );
        // All other values flush to the local disk before they answer.
        ensure!(self.synchronous_commit != "off", "synchronous_commit is off: commits would not be on disk");
        Ok(())
    }
}
