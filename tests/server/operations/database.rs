//! The contract that the service demands of a database, and its transactions.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use boxoffice_engine::db::constraints::HOLDS_IDEMPOTENCY_KEY_UNIQUE;
use boxoffice_engine::db::contract;
use boxoffice_engine::db::contract::Breach;
use boxoffice_engine::db::guards::{Fault, GUARDS, Guard, Kind, faults};
use boxoffice_engine::db::migrate;
use boxoffice_engine::db::transaction::{TRANSACTION_RETRIES_MAX, transaction};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use uuid::Uuid;

use crate::operations::command_line::{KEY, boxoffice, stderr};
use crate::support::Database;

/// Breaches of the contract that a new connection finds after `sql`.
async fn breaches_after(sql: &str) -> Vec<String> {
    let database = Database::create().await;
    let (pool, name) = (&database.pool, &database.name);
    pool.execute(AssertSqlSafe(sql.replace("{database}", name))).await.expect("the change is possible");
    let mut fresh = PgConnection::connect_with(&pool.connect_options()).await.expect("connects");
    let found = contract::breaches(&mut fresh).await.expect("the database answers");
    found.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_migrated_database_keeps_the_contract_and_migrating_again_changes_nothing() {
    let database = Database::create_empty().await;
    let pool = &database.pool;
    let mut connection = pool.acquire().await.expect("connects");
    assert!(migrate::run(&mut connection).await.expect("migrates") > 0);
    assert_eq!(migrate::run(&mut connection).await.expect("migrates"), 0);
    assert_eq!(contract::breaches(&mut connection).await.expect("answers"), []);
}

#[tokio::test]
async fn a_database_without_our_schema_is_refused_with_the_command_that_creates_it() {
    let database = Database::create_empty().await;
    let pool = &database.pool;
    let found = contract::breaches(&mut pool.acquire().await.expect("connects")).await.expect("answers");
    assert!(matches!(found.as_slice(), [Breach::SchemaBehind { .. }]), "{found:?}");
    assert!(found[0].to_string().contains("boxoffice migrate"));
}

#[tokio::test]
async fn a_migration_that_was_changed_after_it_was_applied_is_refused() {
    let found = breaches_after(r"UPDATE _sqlx_migrations SET checksum = '\x00' WHERE version = 2").await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("migration 2 was changed"), "{found:?}");
}

#[tokio::test]
async fn a_schema_that_is_ahead_is_accepted_so_that_releases_can_roll_out() {
    let sql = r"INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (9999, 'of a later release', true, '\x00', 0)";
    assert_eq!(breaches_after(sql).await, [""; 0]);
}

#[tokio::test]
async fn every_missing_guard_is_refused_by_name() {
    let database = Database::create().await;
    let mut connection = database.pool.acquire().await.expect("connects");
    for guard in GUARDS {
        let found = faults_after(&mut connection, drop_statement(guard)).await;
        assert_eq!(found, [Fault::Missing(*guard)], "{guard} was dropped");
    }
}

#[tokio::test]
async fn every_guard_that_guards_something_else_under_its_old_name_is_refused_by_name() {
    let database = Database::create().await;
    let mut connection = database.pool.acquire().await.expect("connects");
    for guard in GUARDS {
        let Guard { table, name, .. } = guard;
        let other = match guard.kind {
            Kind::Check => format!("ALTER TABLE {table} ADD CONSTRAINT {name} CHECK (true)"),
            Kind::Unique => format!("CREATE UNIQUE INDEX {name} ON {table} ((1))"),
        };
        let found = faults_after(&mut connection, format!("{}; {other}", drop_statement(guard))).await;
        assert!(matches!(&found[..], [Fault::Changed { wanted, .. }] if wanted == guard), "{guard}: {found:?}");
    }
}

/// Faults of the guards after a statement, which is rolled back.
async fn faults_after(connection: &mut PgConnection, sql: String) -> Vec<Fault> {
    let mut damaged = connection.begin().await.expect("begins");
    damaged.execute(AssertSqlSafe(sql)).await.expect("the change is possible");
    let found = faults(&mut damaged, true).await.expect("answers");
    damaged.rollback().await.expect("rolls back");
    found
}

fn drop_statement(Guard { table, name, .. }: &Guard) -> String {
    if *name == HOLDS_IDEMPOTENCY_KEY_UNIQUE {
        format!("DROP INDEX {name}") // an index without a constraint
    } else {
        format!("ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE")
    }
}

#[tokio::test]
async fn serve_refuses_a_weaker_check_under_the_same_name_and_shows_both_definitions() {
    let database = Database::create().await;
    let weaker = "ALTER TABLE pools DROP CONSTRAINT pools_never_oversold,
        ADD CONSTRAINT pools_never_oversold CHECK (held <= capacity)";
    database.execute(weaker).await;
    // The port is in use, so `serve` also ends if it accepts the database.
    let taken = TcpListener::bind("127.0.0.1:0").expect("some port is free");
    let port = taken.local_addr().expect("a bound listener has an address").port().to_string();
    let (host, port) = (("HOST", "127.0.0.1"), ("PORT", port.as_str()));
    let output = boxoffice(&["serve"], &[KEY, ("DATABASE_URL", &database.url()), host, port]);
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    for word in
        ["CHECK pools_never_oversold", "(held <= capacity)", "held + booked + blocked <= capacity", "migrations/"]
    {
        assert!(said.contains(word), "{said}");
    }
}

#[tokio::test]
async fn a_unique_index_with_another_column_or_for_fewer_rows_is_refused() {
    for (columns, where_clause) in [("(idempotency_key, hold_id)", ""), ("(idempotency_key)", "AND status = 'active'")]
    {
        let sql = format!(
            "DROP INDEX holds_idempotency_key_unique;
            CREATE UNIQUE INDEX holds_idempotency_key_unique ON holds {columns}
            WHERE idempotency_key IS NOT NULL {where_clause}"
        );
        let found = breaches_after(&sql).await;
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("unique index holds_idempotency_key_unique"), "{found:?}");
    }
}

#[tokio::test]
async fn a_guard_that_a_later_release_changed_is_accepted_but_a_missing_one_is_not() {
    let ahead = r"INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (9999, 'of a later release', true, '\x00', 0);
        ALTER TABLE pools DROP CONSTRAINT pools_never_oversold";
    let stricter =
        format!("{ahead}, ADD CONSTRAINT pools_never_oversold CHECK (held + booked + blocked + 1 <= capacity + 1)");
    assert_eq!(breaches_after(&stricter).await, [""; 0]);
    let found = breaches_after(ahead).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("pools_never_oversold of table pools is missing"), "{found:?}");
}

#[tokio::test]
async fn a_check_that_was_never_validated_is_refused() {
    let sql = "ALTER TABLE pools DROP CONSTRAINT pools_never_oversold,
        ADD CONSTRAINT pools_never_oversold CHECK (held + booked + blocked <= capacity) NOT VALID";
    let found = breaches_after(sql).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("pools_never_oversold"), "{found:?}");
}

#[tokio::test]
async fn a_database_that_acknowledges_before_it_is_durable_is_refused() {
    let found = breaches_after("ALTER DATABASE {database} SET synchronous_commit = off").await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("synchronous_commit is off"), "{found:?}");
}

#[tokio::test]
async fn a_transaction_finishes_after_its_caller_is_gone() {
    let database = Database::create_empty().await;
    let pool = &database.pool;
    pool.execute("CREATE TABLE finished (id integer)").await.expect("creates");
    let (entered, inside) = tokio::sync::oneshot::channel();
    let (go_on, gate) = tokio::sync::oneshot::channel::<()>();
    let parts = Arc::new(std::sync::Mutex::new(Some((entered, gate))));

    let request_pool = pool.clone();
    let request = tokio::spawn(async move {
        transaction::<_, sqlx::Error, _>(&request_pool, "test", Uuid::now_v7(), move |connection| {
            let parts = parts.lock().expect("no thread panics while it has the lock").take();
            Box::pin(async move {
                connection.execute("INSERT INTO finished VALUES (1)").await?;
                if let Some((entered, gate)) = parts {
                    entered.send(()).expect("the test waits");
                    gate.await.expect("the test goes on");
                }
                Ok(())
            })
        })
        .await
    });
    inside.await.expect("the transaction begins");
    request.abort();
    assert!(request.await.expect_err("the request is gone").is_cancelled());
    go_on.send(()).expect("the transaction is still there");

    // Closing the pool waits for all its connections, so the transaction has ended, committed or not.
    let options = pool.connect_options();
    pool.close().await;
    let mut after = PgConnection::connect_with(&options).await.expect("connects");
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM finished").fetch_one(&mut after).await.expect("counts");
    assert_eq!(rows, 1);
}

#[tokio::test]
async fn a_transaction_that_fails_leaves_nothing_behind() {
    let database = Database::create_empty().await;
    let pool = &database.pool;
    pool.execute("CREATE TABLE attempts (id integer)").await.expect("creates");
    let outcome = transaction::<(), sqlx::Error, _>(pool, "test", Uuid::now_v7(), |connection| {
        Box::pin(async move {
            connection.execute("INSERT INTO attempts VALUES (1)").await?;
            Err(sqlx::Error::RowNotFound)
        })
    });
    assert!(matches!(outcome.await, Err(sqlx::Error::RowNotFound)));
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM attempts").fetch_one(pool).await.expect("counts");
    assert_eq!(rows, 0);
}

#[tokio::test]
async fn a_transaction_that_lost_a_race_is_tried_again_but_not_for_ever() {
    let database = Database::create_empty().await;
    let pool = &database.pool;
    for code in ["40001", "40P01", "55P03"] {
        let attempts = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&attempts);
        let outcome = transaction::<(), sqlx::Error, _>(pool, "test", Uuid::now_v7(), move |connection| {
            counted.fetch_add(1, Ordering::Relaxed);
            let raise = AssertSqlSafe(format!("DO $$ BEGIN RAISE SQLSTATE '{code}'; END $$"));
            Box::pin(async move { connection.execute(raise).await.map(|_| ()) })
        });
        let error = outcome.await.expect_err("it fails every time");
        assert_eq!(error.as_database_error().and_then(|error| error.code().map(Into::into)), Some(code.to_owned()));
        assert_eq!(attempts.load(Ordering::Relaxed), 1 + TRANSACTION_RETRIES_MAX);
    }
}
