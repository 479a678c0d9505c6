//! One database per test: created, migrated, and dropped when the test ends, whether it passes or fails.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgPool, Postgres, Transaction};
use uuid::Uuid;

/// Longest wait for an expected state. A correct service reaches it much earlier.
const LOCK_WAIT_MAX: Duration = Duration::from_secs(20);

/// Database of one test; dropped with the value.
pub struct Database {
    pub name: String,
    pub pool: PgPool,
}

impl Database {
    /// Creates a migrated database without rows, on the server of `DATABASE_URL`.
    pub async fn create() -> Self {
        let database = Self::create_empty().await;
        let connect = server_options().database(&database.name);
        let mut connection = connect.connect().await.expect("a new database accepts connections");
        sqlx::migrate!().run(&mut connection).await.expect("the migrations apply to an empty database");
        connection.close().await.expect("the connection closes");
        database
    }

    /// Creates a database without the schema.
    pub async fn create_empty() -> Self {
        let name = format!("boxoffice_test_{}", Uuid::now_v7().simple());
        execute_as_admin(format!("CREATE DATABASE {name}")).await;
        let pool = PgPoolOptions::new().max_connections(4).connect_lazy_with(server_options().database(&name));
        Self { name, pool }
    }

    pub fn url(&self) -> String {
        server_options().database(&self.name).to_url_lossy().to_string()
    }

    /// Runs SQL that the service never runs, such as moving times or breaking rows on purpose; returns the affected
    /// rows.
    pub async fn execute(&self, sql: impl Into<String>) -> u64 {
        let sql = sql.into();
        (&self.pool).execute(AssertSqlSafe(sql.clone())).await.unwrap_or_else(|e| panic!("{sql}: {e}")).rows_affected()
    }

    /// Runs a query that returns one number.
    pub async fn number(&self, sql: &str) -> i64 {
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
            .fetch_one(&self.pool)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Moves the expiry of an active hold into the past, so that the test need not wait.
    pub async fn make_overdue(&self, hold_id: &str) {
        let moved = self.execute(overdue_sql(hold_id)).await;
        assert_eq!(moved, 1, "hold {hold_id} is there and active");
    }

    /// Moves the expiry as [`Self::make_overdue`] does, but under the event's row lock, so that no batch decides on the
    /// hold meanwhile. Returns `false` if the hold has already ended.
    pub async fn make_overdue_under_the_lock(&self, hold_id: &str) -> bool {
        let mut transaction = self.pool.begin().await.expect("a transaction begins");
        let lock = "SELECT seq FROM inventory WHERE event_id = (SELECT event_id FROM holds WHERE hold_id = $1::uuid) FOR UPDATE";
        sqlx::query(lock).bind(hold_id).execute(&mut *transaction).await.expect("the row can be locked");
        let moved = sqlx::query(AssertSqlSafe(overdue_sql(hold_id))).execute(&mut *transaction).await;
        transaction.commit().await.expect("the transaction commits");
        moved.expect("the expiry can be written").rows_affected() == 1
    }

    /// Takes the row locks of all events, as another instance of the service would, until the transaction ends.
    pub async fn lock_all_events(&self) -> Transaction<'static, Postgres> {
        let mut blocker = self.pool.begin().await.expect("a transaction begins");
        let lock = "SELECT seq FROM inventory ORDER BY event_id FOR UPDATE";
        sqlx::query(lock).execute(&mut *blocker).await.expect("the rows can be locked");
        blocker
    }

    /// Takes the row lock of one event, as another instance of the service would, until the transaction ends.
    pub async fn lock_event(&self, event_id: &str) -> Transaction<'static, Postgres> {
        let mut blocker = self.pool.begin().await.expect("a transaction begins");
        let lock = "SELECT seq FROM inventory WHERE event_id = $1::text::uuid FOR UPDATE";
        let locked = sqlx::query(lock).bind(event_id).fetch_all(&mut *blocker).await.expect("the row can be locked");
        assert_eq!(locked.len(), 1, "there is such an event");
        blocker
    }

    /// Returns when at least one statement waits for a lock.
    pub async fn wait_for_blocked_statement(&self) {
        self.wait_for_blocked_statements(1).await;
    }

    /// Returns when at least this many statements wait for locks.
    pub async fn wait_for_blocked_statements(&self, statements: i64) {
        let waiting = "SELECT count(*) FROM pg_stat_activity \
                       WHERE datname = current_database() AND wait_event_type = 'Lock' AND state = 'active'";
        let blocked = async {
            while self.number(waiting).await < statements {
                tokio::task::yield_now().await;
            }
        };
        let in_time = tokio::time::timeout(LOCK_WAIT_MAX, blocked).await;
        in_time.unwrap_or_else(|_| panic!("fewer than {statements} statement(s) wait for a lock"));
    }

    /// Returns when no other statement runs in this database.
    pub async fn wait_until_idle(&self) {
        let running = "SELECT count(*) FROM pg_stat_activity \
                       WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active'";
        while self.number(running).await > 0 {
            tokio::task::yield_now().await;
        }
    }

    /// Ends all connections and refuses new ones, as during the move of a database to another server.
    pub async fn refuse_connections(&self) {
        execute_as_admin(format!("ALTER DATABASE {} ALLOW_CONNECTIONS false", self.name)).await;
        execute_as_admin(format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'",
            self.name
        ))
        .await;
    }

    pub async fn accept_connections(&self) {
        execute_as_admin(format!("ALTER DATABASE {} ALLOW_CONNECTIONS true", self.name)).await;
    }

    /// Asserts that all invariants hold; the failure message names the broken ones.
    pub async fn assert_invariants_hold(&self) {
        assert_invariants_hold(&self.pool).await;
    }

    /// Asserts that a row exists for each acknowledged id. `after` says in the failure message what the test did
    /// before.
    pub async fn assert_rows_exist(&self, table: &str, column: &str, ids: &[String], after: &str) {
        let list = ids.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(",");
        let found = self.number(&format!("SELECT count(*) FROM {table} WHERE {column} IN ({list})")).await;
        assert_eq!(usize::try_from(found), Ok(ids.len()), "acknowledged {table} after {after}");
    }

    /// Number of open transactions in which no statement runs (`idle in transaction`).
    pub async fn open_transactions(&self) -> i64 {
        self.number(
            "SELECT count(*) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'",
        )
        .await
    }
}

/// Asserts that all invariants hold, in any database.
pub async fn assert_invariants_hold(pool: &PgPool) {
    let report = boxoffice_engine::invariants::check_invariants(pool).await.expect("the invariants check runs");
    let breaches: Vec<_> = report.invariants.iter().filter(|invariant| !invariant.holds()).collect();
    assert!(breaches.is_empty(), "broken invariants: {breaches:#?}");
}

impl Drop for Database {
    fn drop(&mut self) {
        let name = std::mem::take(&mut self.name);
        run_on_own_runtime(
            async move { execute_as_admin(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await },
        );
    }
}

fn server_options() -> PgConnectOptions {
    let url = std::env::var("DATABASE_URL").expect("DATABASE_URL is set; `make test` sets it to a throw-away server");
    PgConnectOptions::from_str(&url).expect("DATABASE_URL is a PostgreSQL URL").disable_statement_logging()
}

fn overdue_sql(hold_id: &str) -> String {
    format!(
        "UPDATE holds SET created_at = created_at - interval '1 hour', expires_at = created_at - interval '1 second' \
         WHERE hold_id = '{hold_id}' AND status = 'active'"
    )
}

async fn execute_as_admin(sql: String) {
    let mut connection = server_options().connect().await.expect("DATABASE_URL accepts connections");
    connection.execute(AssertSqlSafe(sql.clone())).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    let _ = connection.close().await;
}

/// Runs a future to its end on a thread and runtime of its own, because `drop` cannot await.
pub fn run_on_own_runtime(work: impl Future<Output = ()> + Send + 'static) {
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime builds");
        runtime.block_on(work);
    });
    let _ = thread.join();
}
