//! The calendar: the model's seconds as the database's times.
//!
//! Time passes by moving everything that was written back by whole ticks. What a case really takes is a fraction of one
//! tick, and in the model its requests take none of it. Ticks are what is compared, so both agree on what came before what.

use boxoffice::domain::time::{Instant, parse_rfc3339};
use serde_json::Value;
use time::Duration;

use crate::invariants::same;
use crate::model::Seconds;
use crate::rows::Violation;
use crate::support::Database;

#[derive(Clone, Copy, Debug)]
pub struct Calendar {
    /// The model's second 0, in the database as it is now.
    origin: Instant,
    /// How far time was moved.
    passed: Seconds,
    tick: Seconds,
    begun: std::time::Instant,
}

/// How many seconds an extension must come after another to be one of its own.
pub const LATE: Seconds = 5;

impl Calendar {
    pub async fn begin(database: &Database, tick: Seconds) -> Self {
        Self { origin: clock(database).await, passed: 0, tick, begun: std::time::Instant::now() }
    }

    /// Lets time pass for these events until `at`, a whole number of ticks.
    pub async fn pass_until(&mut self, at: Seconds, database: &Database, events: &[String]) {
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

    /// A time that the service was told.
    pub fn same_instant(&self, what: &str, found: &Value, expected: Option<Seconds>) -> Result<(), Violation> {
        same(what, &parsed(found), &expected.map(|at| self.instant(at)))
    }

    /// A time that the service has read off its clock, or counted from there.
    pub fn same_tick(&self, what: &str, found: &Value, expected: Option<Seconds>) -> Result<(), Violation> {
        let tick = |at: Seconds| at.div_euclid(self.tick);
        let found = parsed(found).map(|at| tick((at - self.origin).whole_seconds()));
        same(&format!("{what} in ticks"), &found, &expected.map(tick))
    }

    /// Whether two requests of the same tick can be so far apart.
    pub fn may_be_late(&self) -> bool {
        self.begun.elapsed() >= std::time::Duration::from_secs(LATE.unsigned_abs())
    }

    /// Nothing that was compared counts if the machine stood still for a tick.
    pub async fn check_pace(&self, database: &Database) -> Result<(), Violation> {
        let taken = clock(database).await - self.instant(self.passed);
        if taken < Duration::seconds(self.tick) { Ok(()) } else { Err(format!("too slow: the case took {taken}")) }
    }
}

/// Nothing for null; what is no time either compares as nothing.
pub fn parsed(time: &Value) -> Option<Instant> {
    time.as_str().and_then(parse_rfc3339)
}

async fn clock(database: &Database) -> Instant {
    let now = sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(&database.pool).await;
    now.expect("the database tells the time")
}
