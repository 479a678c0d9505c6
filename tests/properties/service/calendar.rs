//! Calendar: converts the model's seconds to the database's times.
//!
//! To advance time, the test moves all stored times back by whole ticks. The real duration of a case is less than one
//! tick, and in the model requests take no time. Times are compared in ticks, so that model and service agree on the
//! order.

use boxoffice_engine::time::{Instant, parse_rfc3339};
use serde_json::Value;
use test_support::model::Seconds;
use test_support::violation::Violation;
use test_support::violation::check_equal;
use time::Duration;

use crate::support::Database;

#[derive(Clone, Copy, Debug)]
pub struct Calendar {
    /// Time in the database that stands for the model's second 0; it moves back as time advances.
    origin: Instant,
    /// Model time, in seconds: the sum of all moves.
    passed: Seconds,
    tick: Seconds,
    started: std::time::Instant,
}

/// Seconds between two extensions from which the second is no repeat of the first.
pub const LATE_SECONDS: Seconds = 5;

impl Calendar {
    pub async fn start(database: &Database, tick: Seconds) -> Self {
        Self { origin: clock(database).await, passed: 0, tick, started: std::time::Instant::now() }
    }

    /// Advances the time of these events to `at`, a whole number of ticks.
    pub async fn advance_to(&mut self, at: Seconds, database: &Database, events: &[String]) {
        let time = at - self.passed;
        if time == 0 {
            return;
        }
        let (events, by) = (events.join(","), format!("interval '{time} seconds'"));
        let moved = |table: &str, columns: &[&str]| {
            let columns: Vec<String> = columns.iter().map(|column| format!("{column} = {column} - {by}")).collect();
            format!("UPDATE {table} SET {} WHERE event_id = ANY ('{{{events}}}');", columns.join(", "))
        };
        let holds = moved("holds", &["created_at", "expires_at", "ended_at"]);
        let bookings = moved("bookings", &["created_at", "cancelled_at"]);
        let terms = moved("events", &["starts_at", "ends_at", "sale_starts_at", "sale_ends_at"]);
        let blocks = moved("blocks", &["created_at", "updated_at"]);
        database.execute(holds + &bookings + &terms + &blocks).await;
        self.origin -= Duration::seconds(time);
        self.passed = at;
    }

    pub fn instant(&self, at: Seconds) -> Instant {
        self.origin + Duration::seconds(at)
    }

    /// Compares a time that a client has set: it must be equal.
    pub fn same_instant(&self, label: &str, found: &Value, expected: Option<Seconds>) -> Result<(), Violation> {
        check_equal(label, &parsed(found), &expected.map(|at| self.instant(at)))
    }

    /// Compares a time that the service took from its clock or computed from it: it must be in the same tick.
    pub fn same_tick(&self, label: &str, found: &Value, expected: Option<Seconds>) -> Result<(), Violation> {
        let tick = |at: Seconds| at.div_euclid(self.tick);
        let found = parsed(found).map(|at| tick((at - self.origin).whole_seconds()));
        check_equal(&format!("{label} in ticks"), &found, &expected.map(tick))
    }

    /// Whether so much real time has passed that two requests of one tick can be [`LATE_SECONDS`] apart.
    pub fn may_be_slow(&self) -> bool {
        self.started.elapsed() >= std::time::Duration::from_secs(LATE_SECONDS.unsigned_abs())
    }

    /// Fails if the case took a whole tick of real time, because then the comparisons in ticks are invalid.
    pub async fn check_pace(&self, database: &Database) -> Result<(), Violation> {
        let taken = clock(database).await - self.instant(self.passed);
        if taken < Duration::seconds(self.tick) { Ok(()) } else { Err(format!("too slow: the case took {taken}")) }
    }
}

/// Time in a reply; `None` for null and for text that is not a time.
pub fn parsed(time: &Value) -> Option<Instant> {
    time.as_str().and_then(parse_rfc3339)
}

async fn clock(database: &Database) -> Instant {
    let now = sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(&database.pool).await;
    now.expect("the database tells the time")
}
