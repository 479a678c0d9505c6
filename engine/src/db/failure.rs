//! Classification of database errors. All code that distinguishes transient errors uses this module.

/// Whether the same statement can succeed later: the database was busy, unreachable, shutting down or starting, or is a
/// standby after a failover. Any other error is a bug, which would occur again.
pub fn is_transient(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(refused) => refused.code().is_some_and(|sqlstate| sqlstate_is_transient(&sqlstate)),
        _ => false,
    }
}

/// Classes 08 lost connection, 40 rollback (serialization, deadlock), 53 insufficient resources, 57 operator
/// intervention (statement timeout, shutdown, start-up); codes 55P03 lock not available, 55000 database not accepting
/// connections, 25006 read-only transaction (a standby), 25P03 transaction idle too long.
///
/// Source: PostgreSQL's documentation, appendix A.
fn sqlstate_is_transient(sqlstate: &str) -> bool {
    ["08", "40", "53", "57"].iter().any(|class| sqlstate.starts_with(class))
        || matches!(sqlstate, "55P03" | "55000" | "25006" | "25P03")
}

/// Whether the statement waited for a lock longer than `lock_timeout`: SQLSTATE 55P03.
pub fn is_lock_timeout(error: &sqlx::Error) -> bool {
    has_sqlstate(error, "55P03")
}

/// Whether PostgreSQL cancelled the statement, normally because of `statement_timeout`: SQLSTATE 57014. A retry would
/// take as long.
pub fn is_statement_timeout(error: &sqlx::Error) -> bool {
    has_sqlstate(error, "57014")
}

fn has_sqlstate(error: &sqlx::Error, wanted: &str) -> bool {
    error.as_database_error().and_then(|refused| refused.code()).is_some_and(|sqlstate| sqlstate == wanted)
}

/// Whether PostgreSQL refused the statement because of this constraint or unique index.
pub fn violates(error: &sqlx::Error, constraint: &str) -> bool {
    error.as_database_error().is_some_and(|refused| refused.constraint() == Some(constraint))
}
