//! What a database enforces, compared with the contract. A name is no guard: `CHECK (true)` can have any, so definitions
//! are compared too.
//!
//! PostgreSQL prints a definition from what it has parsed, and versions need not print alike: parentheses, blanks and the
//! casts of literals are its own. A start that fails after an upgrade because of a parenthesis would be worse than no
//! comparison, so what is compared is what guards: columns, operators, values and keywords, in their order. That misses
//! only a change that does nothing but move parentheses.

use sqlx::PgConnection;

use super::constraints::{CONTRACT, Constraint};

/// How a database differs from the contract.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("{0} is missing or not enforced: restore it as in migrations/")]
    Missing(Constraint),
    #[error("{wanted} is `{found}` and not `{}`: restore it as in migrations/", wanted.definition)]
    Changed { wanted: Constraint, found: String },
}

/// A constraint or unique index that is in force for every row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enforced {
    pub table: String,
    pub name: String,
    /// In the words of [`super::constraints::Kind`].
    pub kind: String,
    /// In the words of this PostgreSQL.
    pub definition: String,
}

/// Everything in [`CONTRACT`] that is not in force, or guards something else. `definitions` says whether the latter is
/// asked at all.
///
/// # Errors
///
/// When the database does not answer.
pub async fn faults(connection: &mut PgConnection, definitions: bool) -> sqlx::Result<Vec<Fault>> {
    let enforced = enforced(connection).await?;
    let fault = |wanted: &Constraint| {
        let found = enforced.iter().find(|found| {
            found.table == wanted.table && found.name == wanted.name && found.kind == wanted.kind.as_str()
        });
        match found {
            None => Some(Fault::Missing(*wanted)),
            Some(found) if definitions && !guards_the_same(&found.definition, wanted.definition) => {
                Some(Fault::Changed { wanted: *wanted, found: found.definition.clone() })
            }
            Some(_) => None,
        }
    };
    Ok(CONTRACT.iter().filter_map(fault).collect())
}

/// What is in force on our tables. Also for the test that compares it with [`CONTRACT`].
///
/// # Errors
///
/// When the database does not answer.
pub async fn enforced(connection: &mut PgConnection) -> sqlx::Result<Vec<Enforced>> {
    // A deferrable unique index is checked too late for `ON CONFLICT`, and is none of ours.
    sqlx::query_as!(
        Enforced,
        r#"
        SELECT relation.relname::text AS "table!", found.name AS "name!", found.kind AS "kind!",
            found.definition AS "definition!"
        FROM (
            SELECT conrelid AS table_oid, conname::text AS name, 'CHECK' AS kind,
                pg_get_expr(conbin, conrelid) AS definition
            FROM pg_constraint
            WHERE contype = 'c' AND convalidated
            UNION ALL
            SELECT conrelid, conname::text, 'foreign key', pg_get_constraintdef(oid)
            FROM pg_constraint
            WHERE contype = 'f' AND convalidated
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
        ORDER BY 1, 2
        "#
    )
    .fetch_all(connection)
    .await
}

/// Whether two definitions differ in nothing but how they are printed: see the module's documentation.
pub fn guards_the_same(one: &str, other: &str) -> bool {
    words(one) == words(other)
}

/// Names, numbers, literals and signs; no blanks, no parentheses, no casts.
fn words(definition: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = definition;
    while let Some(first) = rest.chars().next() {
        let in_word = |c: char| c.is_alphanumeric() || c == '_';
        if let Some(cast) = rest.strip_prefix("::") {
            rest = cast.trim_start_matches(in_word).trim_start_matches("[]");
            continue;
        }
        let length = match first {
            '\'' | '"' => quoted_length(rest, first),
            _ if in_word(first) => rest.find(|c| !in_word(c)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (word, after) = rest.split_at(length);
        if !matches!(first, '(' | ')') && !first.is_whitespace() {
            words.push(word);
        }
        rest = after;
    }
    words
}

/// Of a literal or a quoted name with its quotes. A doubled quote reads as two literals side by side, which compare as well.
fn quoted_length(text: &str, quote: char) -> usize {
    text[1..].find(quote).map_or(text.len(), |end| end + 2)
}
