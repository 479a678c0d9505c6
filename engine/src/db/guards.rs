//! Guards: the constraints and unique indexes that keep the promises below the code. Nothing is oversold, no seat is sold
//! twice, no hold is booked twice, a repeated command is done once, and the journal has no two entries with one number.
//!
//! A server does not start if a guard is missing, not validated, or has another definition. Names are not enough, since a
//! `CHECK (true)` can have any name. The other constraints come with the version of the schema, which is checked too.

use sqlx::PgConnection;

use super::constraints::HOLDS_IDEMPOTENCY_KEY_UNIQUE;

/// Kind of a guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Check,
    /// A primary key, a unique constraint, or a unique index without one.
    Unique,
}

impl Kind {
    /// Name for messages, and in the query of [`found_guards`].
    fn as_str(self) -> &'static str {
        match self {
            Self::Check => "CHECK",
            Self::Unique => "unique index",
        }
    }
}

/// One guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    pub table: &'static str,
    pub name: &'static str,
    pub kind: Kind,
    /// Checked expression, or unique columns and for which rows, as PostgreSQL prints it.
    pub definition: &'static str,
}

impl std::fmt::Display for Guard {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {} of table {}", self.kind.as_str(), self.name, self.table)
    }
}

const fn check(table: &'static str, name: &'static str, definition: &'static str) -> Guard {
    Guard { table, name, kind: Kind::Check, definition }
}

const fn unique(table: &'static str, name: &'static str, definition: &'static str) -> Guard {
    Guard { table, name, kind: Kind::Unique, definition }
}

/// Every guard, by the promise that it keeps.
pub const GUARDS: &[Guard] = &[
    // A pool is never oversold.
    check("pools", "pools_held_not_negative", "held >= 0"),
    check("pools", "pools_booked_not_negative", "booked >= 0"),
    check("pools", "pools_blocked_not_negative", "blocked >= 0"),
    check("pools", "pools_never_oversold", "held + booked + blocked <= capacity"),
    // A seat has one row, which names one hold or one block.
    unique("seats", "seats_pkey", "event_id, seat_id"),
    check(
        "seats",
        "seats_state_known",
        "state = ANY (ARRAY['available'::text, 'held'::text, 'booked'::text, 'blocked'::text])",
    ),
    check(
        "seats",
        "seats_taken_by_a_hold",
        "(state = ANY (ARRAY['held'::text, 'booked'::text])) = (hold_id IS NOT NULL)",
    ),
    check("seats", "seats_blocked_by_a_block", "(state = 'blocked'::text) = (block_id IS NOT NULL)"),
    // An event has one row that batches lock, and two batches cannot write the same journal entry.
    unique("inventory", "inventory_pkey", "event_id"),
    unique("journal", "journal_pkey", "event_id, seq"),
    // A hold becomes at most one booking, and a repeated command is done once.
    unique("bookings", "bookings_hold_unique", "hold_id"),
    unique("holds", HOLDS_IDEMPOTENCY_KEY_UNIQUE, "idempotency_key WHERE idempotency_key IS NOT NULL"),
    unique("idempotency_keys", "idempotency_keys_pkey", "idempotency_key"),
];

/// A difference between a database and [`GUARDS`].
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("{0} is missing or not enforced: restore it as in migrations/")]
    Missing(Guard),
    #[error("{wanted} is `{found}` and not `{}`: restore it as in migrations/", wanted.definition)]
    Changed { wanted: Guard, found: String },
}

/// Guards that the database does not enforce for every row or, if `compare_definitions`, that have another definition.
///
/// # Errors
///
/// When the database does not answer.
pub async fn faults(connection: &mut PgConnection, compare_definitions: bool) -> sqlx::Result<Vec<Fault>> {
    let found_guards = found_guards(connection).await?;
    let mut faults = Vec::new();
    for guard in GUARDS {
        let found = found_guards
            .iter()
            .find(|found| found.table == guard.table && found.name == guard.name && found.kind == guard.kind.as_str());
        match found {
            None => faults.push(Fault::Missing(*guard)),
            Some(found) if compare_definitions && !is_definition(guard, &found.definition) => {
                faults.push(Fault::Changed { wanted: *guard, found: found.definition.clone() });
            }
            Some(_) => {}
        }
    }
    Ok(faults)
}

/// Whether a definition printed by PostgreSQL is the guard's. Parentheses and blanks are not compared: PostgreSQL prints
/// definitions from their parsed form, and a start that fails because a version prints one parenthesis more would be
/// worse than a comparison that misses a moved one.
fn is_definition(guard: &Guard, printed: &str) -> bool {
    let is_compared = |character: &char| !matches!(character, '(' | ')' | ' ');
    guard.definition.chars().filter(is_compared).eq(printed.chars().filter(is_compared))
}

/// A CHECK or unique index that is in force for every row.
struct FoundGuard {
    table: String,
    name: String,
    kind: String,
    definition: String,
}

async fn found_guards(connection: &mut PgConnection) -> sqlx::Result<Vec<FoundGuard>> {
    // Deferrable unique indexes are left out: they cannot serve `ON CONFLICT`, and the schema has none.
    sqlx::query_as!(
        FoundGuard,
        r#"
        SELECT relation.relname::text AS "table!", found.name AS "name!", found.kind AS "kind!",
            found.definition AS "definition!"
        FROM (
            SELECT conrelid AS table_oid, conname::text AS name, 'CHECK' AS kind,
                pg_get_expr(conbin, conrelid) AS definition
            FROM pg_constraint
            WHERE contype = 'c' AND convalidated
            UNION ALL
            SELECT indrelid, unique_index.relname::text, 'unique index',
                (
                    SELECT string_agg(pg_get_indexdef(indexrelid, position, false), ', ' ORDER BY position)
                    FROM generate_series(1, indnkeyatts) AS position
                ) || coalesce(' WHERE ' || pg_get_expr(indpred, indrelid), '')
            FROM pg_index
            JOIN pg_class AS unique_index ON unique_index.oid = indexrelid
            WHERE indisunique AND indimmediate AND indisvalid AND indisready
        ) AS found
        JOIN pg_class AS relation ON relation.oid = found.table_oid
        WHERE relation.relnamespace = current_schema()::regnamespace
        "#
    )
    .fetch_all(connection)
    .await
}
