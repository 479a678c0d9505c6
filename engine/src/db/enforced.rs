//! Comparison of the constraints that a database enforces with [`CONTRACT`]. Names are not enough, since a
//! `CHECK (true)` can have any name, so definitions are compared too.
//!
//! PostgreSQL prints a definition from its parsed form, and versions can differ in parentheses, blanks and casts of
//! literals. A start that fails after an upgrade because of a parenthesis would be worse than no comparison. So only
//! columns, operators, values and keywords are compared, in order. This misses changes of parentheses, blanks and casts
//! alone.

use sqlx::PgConnection;

use super::constraints::{CONTRACT, Constraint};

/// A difference between a database and [`CONTRACT`].
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
    /// Value of [`super::constraints::Kind::as_str`].
    pub kind: String,
    /// As this version of PostgreSQL prints it.
    pub definition: String,
}

/// Constraints of [`CONTRACT`] that are not enforced or, if `compare_definitions`, have another definition.
///
/// # Errors
///
/// When the database does not answer.
pub async fn faults(connection: &mut PgConnection, compare_definitions: bool) -> sqlx::Result<Vec<Fault>> {
    let enforced = enforced(connection).await?;
    let fault = |wanted: &Constraint| {
        let found = enforced.iter().find(|found| {
            found.table == wanted.table && found.name == wanted.name && found.kind == wanted.kind.as_str()
        });
        match found {
            None => Some(Fault::Missing(*wanted)),
            Some(found) if compare_definitions && !definitions_match(&found.definition, wanted.definition) => {
                Some(Fault::Changed { wanted: *wanted, found: found.definition.clone() })
            }
            Some(_) => None,
        }
    };
    Ok(CONTRACT.iter().filter_map(fault).collect())
}

/// Constraints and unique indexes enforced on all rows of tables in the current schema. Also used by the test of
/// [`CONTRACT`].
///
/// # Errors
///
/// When the database does not answer.
pub async fn enforced(connection: &mut PgConnection) -> sqlx::Result<Vec<Enforced>> {
    // Deferrable unique indexes are left out: they cannot serve `ON CONFLICT`, and the schema has none.
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

/// Whether two definitions are equal except for their printing: see the module's documentation.
pub fn definitions_match(one: &str, other: &str) -> bool {
    tokens(one) == tokens(other)
}

/// Names, numbers, literals and operators of a definition, without blanks, parentheses and casts.
fn tokens(definition: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = definition;
    while let Some(first) = rest.chars().next() {
        let in_token = |c: char| c.is_alphanumeric() || c == '_';
        if let Some(cast) = rest.strip_prefix("::") {
            rest = cast.trim_start_matches(in_token).trim_start_matches("[]");
            continue;
        }
        let length = match first {
            '\'' | '"' => quoted_length(rest, first),
            _ if in_token(first) => rest.find(|c| !in_token(c)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        if !matches!(first, '(' | ')') && !first.is_whitespace() {
            tokens.push(token);
        }
        rest = after;
    }
    tokens
}

/// Length in bytes of the literal or quoted name at the start of `text`, with its quotes. A doubled quote is read as
/// two adjacent literals, which compare equally well.
fn quoted_length(text: &str, quote: char) -> usize {
    text[1..].find(quote).map_or(text.len(), |end| end + 2)
}
