//! Where SQL may be, and which of it may write where.

use crate::source::{Breach, Source, Tree};

const ROOMS_WITH_SQL: [&str; 4] = ["src/db/", "src/inventory/", "src/ops/", "src/queries/"];
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

/// What only `inventory/store` writes. An event's own row is here too: its terms decide what may be held.
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
const WRITERS_OF_GUARDED_TABLES: &str = "src/inventory/store";
/// A new event brings its rows with it; nobody can hold what does not exist yet.
const INSERTS_NEW_EVENTS: &str = "src/ops/create_event";
const ROOMS_THAT_ONLY_READ: &str = "src/queries/";

pub fn statements_outside_their_rooms(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let elsewhere = |source: &&Source| !ROOMS_WITH_SQL.iter().any(|room| source.path.starts_with(room));
    for source in tree.sources_in("src/").filter(elsewhere) {
        for query in QUERIES {
            let found = source.code.match_indices(query);
            breaches.extend(found.map(|(at, _)| source.breach(at, format!("{query} outside {ROOMS_WITH_SQL:?}"))));
        }
    }
    breaches
}

pub fn writes_past_inventory(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in tree.sources_in("src/") {
        for write in writes(source) {
            let guarded = GUARDED_TABLES.contains(&write.table.as_str());
            let may = source.path.starts_with(WRITERS_OF_GUARDED_TABLES)
                || (source.path.starts_with(INSERTS_NEW_EVENTS) && write.verb == "INSERT");
            if guarded && !may {
                let what = format!("{} of {} is for {WRITERS_OF_GUARDED_TABLES} only", write.verb, write.table);
                breaches.push(source.breach(write.at, what));
            } else if source.path.starts_with(ROOMS_THAT_ONLY_READ) {
                breaches.push(source.breach(write.at, format!("{} where everything only reads", write.verb)));
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

/// `INSERT INTO t`, `UPDATE t` (but not `FOR UPDATE` or `DO UPDATE`), `DELETE FROM t`, `TRUNCATE t`.
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
