//! Invariants check: SQL over all rows, for the invariant checker, `boxoffice audit`, `GET /api/v1/invariants` and the
//! tests.
//!
//! All statements run in one REPEATABLE READ READ ONLY transaction, so both numbers of an invariant are of one
//! snapshot, and the service can go on selling. They read whole tables, and their timeout is longer than that of
//! requests.

mod counters;
mod journal;
mod rows;
mod seats;

use anyhow::Context;
use sqlx::{PgConnection, PgPool};

use crate::time::Instant;

/// Longest time that a hold may stay active after its expiry, in seconds. Later it is a breach: the sweeper does not
/// work.
pub const OVERDUE_GRACE_SECONDS: i32 = 60;

/// `statement_timeout` of each statement of the invariants check.
const STATEMENT_TIMEOUT: &str = "5min";

/// All invariants in one snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvariantReport {
    /// Time of the database when the snapshot was taken.
    pub as_of: Instant,
    pub invariants: Vec<Invariant>,
}

impl InvariantReport {
    /// Whether every invariant holds.
    pub fn clean(&self) -> bool {
        self.invariants.iter().all(Invariant::holds)
    }
}

/// One invariant: two numbers from different sources that must agree, and the number of breaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invariant {
    pub name: &'static str,
    /// Sentence with the two numbers that are compared, and the meaning of a breach.
    pub description: &'static str,
    pub expected: i64,
    pub actual: i64,
    /// Number of pools, holds, events … that violate the invariant. Two errors can cancel out in `expected` and
    /// `actual`, but are counted here one by one.
    pub breaches: i64,
}

impl Invariant {
    /// Whether there is no breach.
    pub fn holds(&self) -> bool {
        self.breaches == 0
    }
}

/// Result of one statement of the invariants check.
struct Finding {
    expected: i64,
    actual: i64,
    breaches: i64,
}

impl Finding {
    fn into_invariant(self, name: &'static str, description: &'static str) -> Invariant {
        Invariant { name, description, expected: self.expected, actual: self.actual, breaches: self.breaches }
    }
}

/// Checks every invariant.
///
/// # Errors
///
/// Database errors. The check panicking is an error too.
pub async fn check_invariants(pool: &PgPool) -> anyhow::Result<InvariantReport> {
    let pool = pool.clone();
    // A separate task, so that dropping this future does not leave a transaction open (see `db::transaction`).
    let task = tokio::spawn(async move { check_in_transaction(&pool).await });
    let report = task.await.context("the invariants check was stopped")?;
    report.context("the invariants check failed")
}

async fn check_in_transaction(pool: &PgPool) -> sqlx::Result<InvariantReport> {
    let mut transaction = pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let report = check_snapshot(&mut transaction).await?;
    transaction.commit().await?;
    Ok(report)
}

async fn check_snapshot(connection: &mut PgConnection) -> sqlx::Result<InvariantReport> {
    let as_of = take_snapshot(connection).await?;
    let [held, booked] = counters::counters_equal_items(connection).await?;
    let invariants = vec![
        counters::never_oversold(connection).await?,
        held,
        booked,
        rows::one_booking_per_hold(connection).await?,
        journal::journal_has_no_gaps(connection).await?,
        journal::journal_equals_counters(connection).await?,
        rows::no_hold_long_overdue(connection, as_of).await?,
        rows::holds_have_their_event(connection).await?,
        rows::items_have_their_hold(connection).await?,
        rows::holds_equal_their_items(connection).await?,
        rows::bookings_have_their_hold(connection).await?,
        counters::event_counters_equal_rows(connection).await?,
        seats::seats_equal_their_items(connection).await?,
        seats::seat_counters_equal_seats(connection).await?,
        seats::blocked_equals_blocks(connection).await?,
        seats::blocks_equal_their_seats(connection).await?,
        seats::seats_equal_their_layout(connection).await?,
    ];
    Ok(InvariantReport { as_of, invariants })
}

/// Takes the snapshot. Allows sequential scans and a longer `statement_timeout` for this transaction, because it reads
/// whole tables.
async fn take_snapshot(connection: &mut PgConnection) -> sqlx::Result<Instant> {
    let snapshot = sqlx::query!(
        r#"
        SELECT
            statement_timestamp() AS "as_of!",
            set_config('enable_seqscan', 'on', true) AS "enable_seqscan!",
            set_config('statement_timeout', $1, true) AS "statement_timeout!"
        "#,
        STATEMENT_TIMEOUT,
    )
    .fetch_one(connection)
    .await?;
    Ok(snapshot.as_of)
}
