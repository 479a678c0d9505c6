//! Settings and statistics of PostgreSQL. Rates of writes mean nothing unless commits are on disk.

use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};
use sqlx::{Connection as _, FromRow, PgConnection, query, query_as, query_scalar};
use url::Url;

/// SQLSTATE of a statement that the role may not run.
const INSUFFICIENT_PRIVILEGE: &str = "42501";

/// Name of the database that scenarios run in, each in a new one, so that no scenario finds data of another, and other
/// databases are left alone. The name is fixed, so that a run drops the database that a killed run left behind.
const SCRATCH_DATABASE: &str = "boxoffice_bench";

/// Version and settings, as seen by a session with the server's role in the server's database.
#[derive(Clone, Debug, FromRow, Serialize, Deserialize)]
pub struct DatabaseFacts {
    /// As in `15.4`.
    pub version: String,
    pub fsync: String,
    pub synchronous_commit: String,
    pub full_page_writes: String,
    pub wal_sync_method: String,
    pub shared_buffers: String,
    pub max_wal_size: String,
    pub autovacuum: String,
}

/// Updates of one table since the database was made.
#[derive(Clone, Debug, FromRow, Serialize, Deserialize)]
pub struct TableUpdates {
    pub table: String,
    pub updated: i64,
    /// Updates without a new entry in any index.
    pub hot: i64,
}

/// # Errors
///
/// When the database cannot be reached.
pub async fn connect(database_url: &str) -> anyhow::Result<PgConnection> {
    PgConnection::connect(database_url).await.context("cannot connect to DATABASE_URL")
}

/// Reads the version and settings.
///
/// # Errors
///
/// When the database does not answer.
pub async fn facts(connection: &mut PgConnection) -> anyhow::Result<DatabaseFacts> {
    let facts = query_as(
        "SELECT current_setting('server_version') AS version,
                current_setting('fsync') AS fsync,
                current_setting('synchronous_commit') AS synchronous_commit,
                current_setting('full_page_writes') AS full_page_writes,
                current_setting('wal_sync_method') AS wal_sync_method,
                current_setting('shared_buffers') AS shared_buffers,
                current_setting('max_wal_size') AS max_wal_size,
                current_setting('autovacuum') AS autovacuum",
    );
    facts.fetch_one(connection).await.context("cannot read PostgreSQL's settings")
}

/// Runs a checkpoint, so that a window is not slowed by the writes of the one before. Returns false if the role may
/// not: only superusers and members of `pg_checkpoint` may.
///
/// # Errors
///
/// When the database fails in another way.
pub async fn checkpoint(connection: &mut PgConnection) -> anyhow::Result<bool> {
    match query("CHECKPOINT").execute(connection).await {
        Ok(_) => Ok(true),
        Err(sqlx::Error::Database(refused)) if refused.code().as_deref() == Some(INSUFFICIENT_PRIVILEGE) => Ok(false),
        Err(error) => Err(error).context("cannot checkpoint"),
    }
}

/// Creates an empty database for a scenario and returns its URL.
///
/// # Errors
///
/// When the role may not create databases.
pub async fn create_scratch(connection: &mut PgConnection, database_url: &str) -> anyhow::Result<String> {
    drop_scratch(connection).await?;
    let create = format!("CREATE DATABASE {SCRATCH_DATABASE}");
    query(sqlx::AssertSqlSafe(create)).execute(connection).await.context("cannot create a database for a scenario")?;
    let mut url = Url::parse(database_url).context("DATABASE_URL is no URL")?;
    url.set_path(SCRATCH_DATABASE);
    Ok(url.into())
}

/// # Errors
///
/// When the database fails.
pub async fn drop_scratch(connection: &mut PgConnection) -> anyhow::Result<()> {
    let drop = format!("DROP DATABASE IF EXISTS {SCRATCH_DATABASE} WITH (FORCE)");
    query(sqlx::AssertSqlSafe(drop)).execute(connection).await.context("cannot drop the database of a scenario")?;
    Ok(())
}

/// Total bytes written to the write-ahead log.
///
/// # Errors
///
/// When the database fails.
pub async fn wal_bytes(connection: &mut PgConnection) -> anyhow::Result<u64> {
    let position = query_scalar("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint");
    let position: i64 = position.fetch_one(connection).await.context("cannot read the position in the log")?;
    u64::try_from(position).context("a negative position in the log")
}

/// Updates per table. Complete only for ended sessions: open sessions report their statistics with a delay.
///
/// # Errors
///
/// When the database fails.
pub async fn table_updates(connection: &mut PgConnection) -> anyhow::Result<Vec<TableUpdates>> {
    let updates = query_as(
        r#"SELECT relname::text AS "table", n_tup_upd AS updated, n_tup_hot_upd AS hot
             FROM pg_stat_user_tables
            WHERE n_tup_upd > 0
            ORDER BY relname"#,
    );
    updates.fetch_all(connection).await.context("cannot read the statistics")
}

/// Process id of the backend of this session.
///
/// # Errors
///
/// When the database fails.
pub async fn backend_pid(connection: &mut PgConnection) -> anyhow::Result<u32> {
    let pid: i32 = query_scalar("SELECT pg_backend_pid()").fetch_one(connection).await?;
    u32::try_from(pid).context("a negative process id")
}

impl DatabaseFacts {
    /// Checks that acknowledged commits survive a loss of power.
    ///
    /// # Errors
    ///
    /// When a setting allows their loss.
    pub fn assert_durable(&self) -> anyhow::Result<()> {
        ensure!(self.fsync == "on", "fsync is {}: commits would not be on disk", self.fsync);
        ensure!(
            self.full_page_writes == "on",
            "full_page_writes is {}: a torn page would be lost",
            self.full_page_writes
        );
        // With all other values a commit is flushed to the local disk before it is acknowledged.
        ensure!(self.synchronous_commit != "off", "synchronous_commit is off: commits would not be on disk");
        Ok(())
    }
}
