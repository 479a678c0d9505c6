//! A database per test, migrated from nothing and dropped at the end, passed or failed.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgPool, Postgres, Transaction};
use uuid::Uuid;

/// How long a test waits for what must come. Only a service without its guards makes it wait so long.
const PATIENCE: Duration = Duration::from_secs(20);

/// A database of one test.
pub struct Database {
    pub name: String,
    pub pool: PgPool,
}

impl Database {
    /// A fresh, migrated, empty database on the server of `DATABASE_URL`.
    pub async fn create() -> Self {
        let database = Self::create_empty().await;
        let connect = options().database(&database.name);
        let mut connection = connect.connect().await.expect("a new database accepts connections");
        sqlx::migrate!().run(&mut connection).await.expect("the migrations apply to an empty database");
        connection.close().await.expect("the connection closes");
        database
    }

    /// A fresh database without our schema.
    pub async fn create_empty() -> Self {
        let name = format!("boxoffice_test_{}", Uuid::now_v7().simple());
        admin(format!("CREATE DATABASE {name}")).await;
        let pool = PgPoolOptions::new().max_connections(4).connect_lazy_with(options().database(&name));
        Self { name, pool }
    }

    pub fn url(&self) -> String {
        options().database(&self.name).to_url_lossy().to_string()
    }

    /// Runs SQL that the service would never run: moves times, breaks things on purpose.
    pub async fn execute(&self, sql: impl Into<String>) -> u64 {
        let sql = sql.into();
        (&self.pool).execute(AssertSqlSafe(sql.clone())).await.unwrap_or_else(|e| panic!("{sql}: {e}")).rows_affected()
    }

    /// One number.
    pub async fn number(&self, sql: &str) -> i64 {
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
            .fetch_one(&self.pool)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Moves the expiry of a hold into the past: time is written, never waited for.
    pub async fn make_overdue(&self, hold_id: &str) {
        let moved = self.execute(overdue(hold_id)).await;
        assert_eq!(moved, 1, "hold {hold_id} is there and active");
    }

    /// The same while nobody can be deciding on the hold, as the service's own changes are. `false` if it has ended.
    pub async fn make_overdue_under_the_lock(&self, hold_id: &str) -> bool {
        let mut transaction = self.pool.begin().await.expect("a transaction begins");
        let lock = "SELECT seq FROM inventory WHERE event_id = (SELECT event_id FROM holds WHERE hold_id = $1::uuid) FOR UPDATE";
        sqlx::query(lock).bind(hold_id).execute(&mut *transaction).await.expect("the row can be locked");
        let moved = sqlx::query(AssertSqlSafe(overdue(hold_id))).execute(&mut *transaction).await;
        transaction.commit().await.expect("the transaction commits");
        moved.expect("the expiry can be written").rows_affected() == 1
    }

    /// Takes the locks of all events, as another instance of the service would, until the transaction ends.
    pub async fn lock_everything(&self) -> Transaction<'static, Postgres> {
        let mut blocker = self.pool.begin().await.expect("a transaction begins");
        let lock = "SELECT seq FROM inventory ORDER BY event_id FOR UPDATE";
        sqlx::query(lock).execute(&mut *blocker).await.expect("the rows can be locked");
        blocker
    }

    /// Takes the lock of one event, as another instance of the service would, until the transaction ends.
    pub async fn lock_event(&self, event_id: &str) -> Transaction<'static, Postgres> {
        let mut blocker = self.pool.begin().await.expect("a transaction begins");
        let lock = "SELECT seq FROM inventory WHERE event_id = $1::text::uuid FOR UPDATE";
        let locked = sqlx::query(lock).bind(event_id).fetch_all(&mut *blocker).await.expect("the row can be locked");
        assert_eq!(locked.len(), 1, "there is such an event");
        blocker
    }

    /// Returns when some statement waits for a lock.
    pub async fn until_somebody_waits_for_a_lock(&self) {
        self.until_so_many_wait_for_a_lock(1).await;
    }

    /// Returns when so many statements wait for locks.
    pub async fn until_so_many_wait_for_a_lock(&self, statements: i64) {
        let waiting = "SELECT count(*) FROM pg_stat_activity \
                       WHERE datname = current_database() AND wait_event_type = 'Lock' AND state = 'active'";
        let come = async {
            while self.number(waiting).await < statements {
                tokio::task::yield_now().await;
            }
        };
        let patience = tokio::time::timeout(PATIENCE, come).await;
        patience.unwrap_or_else(|_| panic!("{statements} statement(s) should wait for a lock by now"));
    }

    /// Returns when no statement runs.
    pub async fn until_nothing_is_running(&self) {
        let running = "SELECT count(*) FROM pg_stat_activity \
                       WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active'";
        while self.number(running).await > 0 {
            tokio::task::yield_now().await;
        }
    }

    /// Ends all connections and lets no other in, as a database that is being moved does.
    pub async fn refuse_connections(&self) {
        admin(format!("ALTER DATABASE {} ALLOW_CONNECTIONS false", self.name)).await;
        admin(format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'", self.name)).await;
    }

    pub async fn accept_connections(&self) {
        admin(format!("ALTER DATABASE {} ALLOW_CONNECTIONS true", self.name)).await;
    }

    /// Every invariant holds; the message names the ones that do not.
    pub async fn assert_sound(&self) {
        assert_sound(&self.pool).await;
    }

    /// What was acknowledged is there, by the ids that the answers had. The message says after what.
    pub async fn assert_all_there(&self, table: &str, column: &str, ids: &[String], after: &str) {
        let list = ids.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(",");
        let found = self.number(&format!("SELECT count(*) FROM {table} WHERE {column} IN ({list})")).await;
        assert_eq!(usize::try_from(found), Ok(ids.len()), "acknowledged {table} after {after}");
    }

    /// Transactions of this database that nobody is working on but somebody left open.
    pub async fn open_transactions(&self) -> i64 {
        self.number(
            "SELECT count(*) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'",
        )
        .await
    }
}

/// As [`Database::assert_sound`], of any database.
pub async fn assert_sound(pool: &PgPool) {
    let report = boxoffice::queries::invariants::check_invariants(pool).await.expect("the audit runs");
    let breaches: Vec<_> = report.invariants.iter().filter(|invariant| !invariant.holds()).collect();
    assert!(breaches.is_empty(), "broken invariants: {breaches:#?}");
}

impl Drop for Database {
    fn drop(&mut self) {
        let name = std::mem::take(&mut self.name);
        in_a_runtime_of_its_own(async move { admin(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await });
    }
}

fn options() -> PgConnectOptions {
    let url = std::env::var("DATABASE_URL").expect("DATABASE_URL is set; `make test` sets it to a throw-away server");
    PgConnectOptions::from_str(&url).expect("DATABASE_URL is a PostgreSQL URL").disable_statement_logging()
}

fn overdue(hold_id: &str) -> String {
    format!(
        "UPDATE holds SET created_at = created_at - interval '1 hour', expires_at = created_at - interval '1 second' \
         WHERE hold_id = '{hold_id}' AND status = 'active'"
    )
}

async fn admin(sql: String) {
    let mut connection = options().connect().await.expect("DATABASE_URL accepts connections");
    connection.execute(AssertSqlSafe(sql.clone())).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    let _ = connection.close().await;
}

/// For work in `drop`, which cannot await.
pub fn in_a_runtime_of_its_own(work: impl Future<Output = ()> + Send + 'static) {
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime builds");
        runtime.block_on(work);
    });
    let _ = thread.join();
}
