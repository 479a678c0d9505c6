//! `boxoffice migrate` reports the currencies of stored events that do not exist.

use crate::operations::command_line::{boxoffice, stderr};
use crate::support::Database;

/// Adds an event for each currency.
async fn add_events(database: &Database, currencies: &[&str]) {
    for currency in currencies {
        let sql = format!(
            "INSERT INTO events (event_id, name, status, time_zone, currency, created_at, updated_at)
            VALUES (gen_random_uuid(), 'A show', 'closed', 'UTC', {currency}, now(), now())"
        );
        assert_eq!(database.execute(sql).await, 1);
    }
}

/// Lines that a successful `boxoffice migrate` prints, and its standard error.
fn migrate(database: &Database) -> (Vec<String>, String) {
    let output = boxoffice(&["migrate"], &[("DATABASE_URL", &database.url())]);
    assert!(output.status.success(), "{}", stderr(&output));
    let lines = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    (lines, stderr(&output))
}

#[tokio::test]
async fn migrate_prints_a_line_for_each_unknown_currency_with_the_number_of_its_events() {
    let database = Database::create_empty().await;
    let (applied, _) = migrate(&database);
    assert_eq!(applied.len(), 1, "{applied:?}");
    add_events(&database, &["'ABC'", "'EUR'", "'XYZ'", "'ABC'", "NULL", "'JPY'", "'KWD'"]).await;
    let expected = [
        "The schema is current.",
        "2 events have the unknown currency ABC; its prices count as having 2 decimal digits.",
        "1 event has the unknown currency XYZ; its prices count as having 2 decimal digits.",
    ];
    assert_eq!(migrate(&database).0, expected);
}

#[tokio::test]
async fn a_report_of_currencies_that_fails_does_not_fail_the_migration() {
    let database = Database::create().await;
    database.execute("ALTER TABLE events RENAME COLUMN currency TO money").await;
    let (lines, errors) = migrate(&database);
    assert_eq!(lines, ["The schema is current."]);
    assert!(errors.contains("could not be checked"), "{errors}");
}
