//! Rules for SQL: the folders that may contain it, and the tables that each may write.

use std::collections::HashSet;

use crate::source::{Breach, Source, Tree};

const QUERIES: [&str; 8] = [
    "query!(",
    "query_as!(",
    "query_scalar!(",
    "query_file",
    "sqlx::query(",
    "sqlx::query_as::",
    "raw_sql",
    "QueryBuilder",
];

/// Tables that only `inventory/store` writes. Events are among them: their terms decide which holds are allowed.
const GUARDED_TABLES: [&str; 11] = [
    "pools",
    "holds",
    "items",
    "bookings",
    "inventory",
    "journal",
    "events",
    "ticket_types",
    "seats",
    "placed_items",
    "blocks",
];
const WRITERS_OF_GUARDED_TABLES: &str = "engine/src/inventory/store/";
/// Inserts the rows of a new event. It needs no lock, because an event that does not exist yet cannot be held.
const INSERTS_NEW_EVENTS: &str = "src/events/sql/create/";

/// Whether a file may contain SQL: the engine's may, and in the server `sql.rs` and `sql/` of each feature.
fn may_contain_sql(path: &str) -> bool {
    let in_feature = path.strip_prefix("src/").and_then(|path| path.split_once('/')).map(|(_, inside)| inside);
    path.starts_with("engine/src/") || in_feature.is_some_and(|path| path == "sql.rs" || path.contains("sql/"))
}

pub fn statements_outside_their_folders(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in tree.sources_in("src/").filter(|source| !may_contain_sql(&source.path)) {
        for query in QUERIES {
            let found = source.code.match_indices(query);
            breaches.extend(found.map(|(at, _)| source.breach(at, format!("{query} outside of a feature's sql"))));
        }
    }
    breaches
}

/// Statements that stand in two places, whatever their white space.
pub fn repeated_statements(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let mut seen = HashSet::new();
    for source in tree.sources_in("src/").chain(tree.sources_in("engine/src/")) {
        for (at, statement) in statements(source) {
            if !seen.insert(statement.split_whitespace().collect::<Vec<_>>().join(" ")) {
                breaches.push(source.breach(at, "a statement that stands elsewhere too".to_owned()));
            }
        }
    }
    breaches
}

/// Strings that begin with a verb of SQL, with their offsets. A quotation mark within a statement is `\"`, so the first
/// other one ends it.
fn statements(source: &Source) -> Vec<(usize, &str)> {
    const VERBS: [&str; 6] = ["SELECT ", "SELECT\n", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "WITH "];
    let strings = source.text.match_indices('"').filter_map(|(at, _)| {
        let raw = source.text[..at].ends_with('#');
        let text = &source.text[at + 1..];
        let end = if raw { text.find("\"#")? } else { text.find('"')? };
        Some((at, text[..end].trim()))
    });
    // The names of statements in errors, such as `UPDATE pools`, have three words at most.
    let is_statement = |text: &str| text.split_whitespace().nth(3).is_some();
    strings.filter(|(_, text)| is_statement(text) && VERBS.iter().any(|verb| text.starts_with(verb))).collect()
}

pub fn writes_past_inventory(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in tree.sources_in("src/").chain(tree.sources_in("engine/src/")) {
        for write in writes(source) {
            let guarded = GUARDED_TABLES.contains(&write.table.as_str());
            let allowed = source.path.starts_with(WRITERS_OF_GUARDED_TABLES)
                || (source.path.starts_with(INSERTS_NEW_EVENTS) && write.verb == "INSERT");
            if guarded && !allowed {
                let message =
                    format!("{} of {} is allowed in {WRITERS_OF_GUARDED_TABLES} only", write.verb, write.table);
                breaches.push(source.breach(write.at, message));
            }
        }
    }
    breaches
}

struct Write {
    verb: &'static str,
    table: String,
    at: usize,
}

/// Writes in SQL strings: `INSERT INTO t`, `UPDATE t` (not `FOR UPDATE` or `DO UPDATE`), `DELETE FROM t`, `TRUNCATE t`.
fn writes(source: &Source) -> Vec<Write> {
    let words = words(&source.strings);
    let mut writes = Vec::new();
    for (n, (at, word)) in words.iter().enumerate() {
        let before = n.checked_sub(1).map_or("", |before| words[before].1);
        let after = |steps: usize| words.get(n + steps).map_or("", |(_, word)| word);
        let (verb, table) = match *word {
            "INSERT" if after(1) == "INTO" => ("INSERT", after(2)),
            "UPDATE" if before != "FOR" && before != "DO" => ("UPDATE", after(1)),
            "DELETE" if after(1) == "FROM" => ("DELETE", after(2)),
            "TRUNCATE" => ("TRUNCATE", after(1)),
            _ => continue,
        };
        writes.push(Write { verb, table: table.to_owned(), at: *at });
    }
    writes
}

fn words(text: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let in_word = c.is_alphanumeric() || c == '_';
        match start {
            None if in_word => start = Some(at),
            Some(from) if !in_word => {
                words.push((from, &text[from..at]));
                start = None;
            }
            _ => {}
        }
    }
    words
}
