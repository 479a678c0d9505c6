//! Which failures of the database pass by themselves. Everything that asks this question asks it here.

/// Whether the same statement may succeed at another time: the database was busy, unreachable, going away or coming up,
/// or (after a failover) is a standby for now. Anything else is a mistake of ours that repeating would repeat.
pub fn will_pass(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(refused) => refused.code().is_some_and(|sqlstate| sqlstate_will_pass(&sqlstate)),
        _ => false,
    }
}

/// PostgreSQL's documentation, appendix A: 08 lost connections, 40 rollbacks (serialization, deadlock), 53 lack of
/// resources, 57 the operator's hand (timeouts, shutdown, start-up), 55P03 lock not available, 55000 a database that
/// takes no connections, 25006 a standby, 25P03 a transaction that idled too long.
fn sqlstate_will_pass(sqlstate: &str) -> bool {
    ["08", "40", "53", "57"].iter().any(|class| sqlstate.starts_with(class))
        || matches!(sqlstate, "55P03" | "55000" | "25006" | "25P03")
}

/// Whether the statement waited for a lock longer than `lock_timeout`.
pub fn lock_not_available(error: &sqlx::Error) -> bool {
    has_sqlstate(error, "55P03")
}

/// Whether PostgreSQL ended the statement because it took too long. Another try would take as long.
pub fn timed_out(error: &sqlx::Error) -> bool {
    has_sqlstate(error, "57014")
}

fn has_sqlstate(error: &sqlx::Error, wanted: &str) -> bool {
    error.as_database_error().and_then(|refused| refused.code()).is_some_and(|sqlstate| sqlstate == wanted)
}
