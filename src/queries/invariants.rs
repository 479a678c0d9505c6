//! The invariants of the design, checked by SQL over everything there is. The auditor, `boxoffice check_invariants`, the endpoint
//! and the tests all ask here.
//!
//! One REPEATABLE READ READ ONLY snapshot, so both numbers of an invariant are of the same moment while the service goes
//! on selling. It reads whole tables, and may take its time.

mod counters;
mod journal;
mod rows;
mod seats;

use anyhow::Context;
use sqlx::{PgConnection, PgPool};

use crate::domain::time::Instant;

/// How long a hold may stay active past its expiry, in seconds, before the sweeper must be asked why.
pub const OVERDUE_GRACE_SECONDS: i32 = 60;

/// How long one of the check_invariants's statements may take.
const STATEMENT_TIMEOUT: &str = "5min";

/// Every invariant, as of one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvariantReport {
    pub as_of: Instant,
    pub invariants: Vec<Invariant>,
}

impl InvariantReport {
    /// Whether every invariant holds.
    pub fn clean(&self) -> bool {
        self.invariants.iter().all(Invariant::holds)
    }
}

/// One invariant: two numbers that come about in different ways, and how many rows say otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invariant {
    pub name: &'static str,
    /// A sentence that says which two numbers are compared, and what a breach is.
    pub description: &'static str,
    pub expected: i64,
    pub actual: i64,
    /// How many pools, holds, events … break it. Two errors can cancel out in the numbers, never here.
    pub breaches: i64,
}

impl Invariant {
    /// The verdict.
    pub fn holds(&self) -> bool {
        self.breaches == 0
    }
}

/// What each statement of the check_invariants returns.
struct Finding {
    expected: i64,
    actual: i64,
    breaches: i64,
}

impl Finding {
    fn of(self, name: &'static str, description: &'static str) -> Invariant {
        Invariant { name, description, expected: self.expected, actual: self.actual, breaches: self.breaches }
    }
}

/// Checks every invariant.
///
/// # Errors
///
/// Only when the database fails.
pub async fn check_invariants(pool: &PgPool) -> anyhow::Result<InvariantReport> {
    let pool = pool.clone();
    // A task that nobody drops, so that a caller that goes away leaves no transaction open (see `db::transaction`).
    let task = tokio::spawn(async move { check_in_transaction(&pool).await });
    let check_invariants = task.await.context("the check_invariants was stopped")?;
    check_invariants.context("the check_invariants could not be completed")
}

async fn check_in_transaction(pool: &PgPool) -> sqlx::Result<InvariantReport> {
    let mut transaction = pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let check_invariants = check_snapshot(&mut transaction).await?;
    transaction.commit().await?;
    Ok(check_invariants)
}

async fn check_snapshot(connection: &mut PgConnection) -> sqlx::Result<InvariantReport> {
    let as_of = begin(connection).await?;
    let [held, booked] = counters::counters_equal_items(connection).await?;
    let invariants = vec![
        counters::never_oversold(connection).await?,
        held,
        booked,
        rows::one_booking_per_hold(connection).await?,
        journal::without_gaps(connection).await?,
        journal::equals_counters(connection).await?,
        rows::no_hold_long_overdue(connection, as_of).await?,
        rows::holds_have_their_event(connection).await?,
        rows::items_have_their_hold(connection).await?,
        rows::holds_equal_their_items(connection).await?,
        rows::bookings_have_their_hold(connection).await?,
        counters::tallies_equal_counts(connection).await?,
        seats::equal_their_items(connection).await?,
        seats::counters_equal_seats(connection).await?,
        seats::blocked_equals_blocks(connection).await?,
        seats::blocks_equal_their_seats(connection).await?,
        seats::equal_their_layout(connection).await?,
    ];
    Ok(InvariantReport { as_of, invariants })
}

/// Takes the snapshot, and lifts for this transaction what keeps requests short: here whole tables are meant to be read.
async fn begin(connection: &mut PgConnection) -> sqlx::Result<Instant> {
    let begun = sqlx::query!(
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
    Ok(begun.as_of)
}
