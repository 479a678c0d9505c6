//! Who may know whom. Imports point one way, and what decides knows no clock and no database.

use crate::source::{Breach, Source, Tree};

/// Each room of `src/`, and the rooms that it may import from: none that stands below it, or imports would go in a circle.
const ROOMS: [(&str, &[&str]); 15] = [
    ("domain", &[]),
    ("error", &["domain"]),
    ("config", &["domain"]),
    ("telemetry", &["domain", "config", "error"]),
    ("db", &["domain", "config", "telemetry"]),
    ("queries", &["domain", "db"]),
    // A layout never changes, so it is read by the same statement as for everybody else.
    ("inventory", &["domain", "config", "db", "queries", "telemetry"]),
    ("ops", &["domain", "db", "queries", "inventory"]),
    ("reads", &["domain", "db", "queries"]),
    ("app", &["domain", "config", "inventory", "reads"]),
    ("workers", &["domain", "app", "inventory", "ops", "queries", "telemetry"]),
    ("http", &["domain", "app", "db", "error", "inventory", "ops", "queries", "reads", "telemetry", "workers"]),
    ("server", &["domain", "app", "config", "db", "http", "inventory", "reads", "telemetry", "workers"]),
    ("cli", &["domain", "app", "config", "db", "http", "ops", "queries", "server", "telemetry"]),
    ("main", &["cli"]),
];

/// Files that decide: no input, no output, no clock, no chance.
const PURE: [&str; 10] = [
    "src/domain/",
    "src/http/seats/svg", // draws what it is given, and would draw it again
    "src/inventory/changes.rs",
    "src/inventory/command.rs",
    "src/inventory/command/",
    "src/inventory/decide",
    "src/inventory/needs.rs",
    "src/inventory/seating.rs",
    "src/inventory/state.rs",
    "src/inventory/state/",
];
/// Makes ids, which is chance by nature, and decides nothing.
const MAKES_IDS: &str = "src/domain/ids.rs";
const IMPURE: [&str; 12] = [
    "sqlx::",
    "tokio::",
    "actix_web::",
    "std::time",
    "std::fs",
    "std::env",
    "std::net",
    "rand::",
    "SystemTime",
    "Instant::now",
    "now_utc",
    "async fn",
];

/// Importers of what stands below them.
pub fn circles() -> Vec<(&'static str, &'static str)> {
    let below = |importer: usize, imported: &str| ROOMS[importer..].iter().any(|(name, _)| *name == imported);
    let rooms = ROOMS.iter().enumerate();
    rooms
        .flat_map(|(at, (importer, allowed))| {
            allowed.iter().filter(move |room| below(at, room)).map(move |room| (*importer, *room))
        })
        .collect()
}

pub fn imports_against_the_direction(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in tree.sources_in("src/").filter(|source| source.path != "src/lib.rs") {
        let room = room(&source.path);
        let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            breaches.push(source.breach(0, format!("{room} is not a room that tests/tidy/layers.rs knows")));
            continue;
        };
        for (at, imported) in imports(source) {
            let known = ROOMS.iter().any(|(name, _)| *name == imported);
            if known && imported != room && !allowed.contains(&imported.as_str()) {
                breaches.push(source.breach(at, format!("{room} must not know {imported}")));
            }
        }
    }
    breaches
}

pub fn deciders_that_are_not_pure(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let pure = |source: &&Source| PURE.iter().any(|pure| source.path.starts_with(pure)) && source.path != MAKES_IDS;
    for source in tree.sources.iter().filter(pure) {
        for impure in IMPURE {
            let found = source.code.match_indices(impure);
            breaches.extend(found.map(|(at, _)| source.breach(at, format!("{impure} in a file that must be pure"))));
        }
    }
    breaches
}

/// `src/http/holds.rs` is in `http`, `src/server.rs` is `server`.
fn room(path: &str) -> &str {
    let inside = path.trim_start_matches("src/");
    inside.split('/').next().unwrap_or(inside).trim_end_matches(".rs")
}

/// The rooms that a file names: after `crate::` or `boxoffice::`, in braces too, or by climbing out with `super::`.
fn imports(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for root in ["crate::", "boxoffice::"] {
        found.extend(source.code.match_indices(root).map(|(at, _)| at + root.len()));
    }
    let out = "super::".repeat(depth(&source.path));
    found.extend(source.code.match_indices(&out).map(|(at, _)| at + out.len()));
    found.into_iter().flat_map(|at| first_words(&source.code[at..]).into_iter().map(move |word| (at, word))).collect()
}

/// How many modules deep a file is.
fn depth(path: &str) -> usize {
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    inside.split('/').count()
}

/// `a::b` begins with `a`; `{a::b, c::{d, e}}` with `a` and `c`.
fn first_words(path: &str) -> Vec<String> {
    let word = |text: &str| text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let Some(list) = path.strip_prefix('{') else { return vec![word(path)] };
    let mut words = vec![word(list)];
    let mut level = 0;
    for (at, c) in list.char_indices() {
        match c {
            '{' => level += 1,
            '}' if level == 0 => break,
            '}' => level -= 1,
            ',' if level == 0 => words.push(word(&list[at + 1..])),
            _ => {}
        }
    }
    words
}
