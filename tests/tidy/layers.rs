//! Layers of `src/`: imports point one way, and files that decide use neither clock nor database.

use crate::source::{Breach, Source, Tree};

/// Modules of `src/`, and the modules that each may import from: only earlier ones of this list, so there are no cycles.
/// The engine is a crate of its own: the compiler keeps the server out of it.
const LAYERS: [(&str, &[&str]); 14] = [
    ("domain", &[]),
    ("error", &[]),
    ("config", &[]),
    ("telemetry", &["config", "error"]),
    ("queries", &["domain"]),
    ("ops", &["domain", "queries"]),
    ("reads", &["queries"]),
    ("app", &["domain", "config", "reads"]),
    ("workers", &["domain", "app", "ops", "queries", "telemetry"]),
    ("http", &["domain", "app", "error", "ops", "queries", "reads", "telemetry", "workers"]),
    ("server", &["domain", "app", "config", "http", "reads", "telemetry", "workers"]),
    ("cli", &["domain", "app", "config", "http", "ops", "queries", "server", "telemetry"]),
    ("main", &["cli"]),
    ("lib", &[]),
];

/// Path prefixes of files that decide: no input or output, no clock, no randomness.
const PURE: [&str; 16] = [
    "src/domain/",
    "src/http/seats/svg", // the drawing depends on its arguments only
    "engine/src/ids.rs",
    "engine/src/invalid.rs",
    "engine/src/model/",
    "engine/src/money.rs",
    "engine/src/quantity.rs",
    "engine/src/seating/",
    "engine/src/text.rs",
    "engine/src/time.rs",
    "engine/src/inventory/batch_state/",
    "engine/src/inventory/changes.rs",
    "engine/src/inventory/command/",
    "engine/src/inventory/decide/",
    "engine/src/inventory/loaded_seats.rs",
    "engine/src/inventory/read_set.rs",
];
/// Creates random ids and decides nothing, so it is exempt.
const MAKES_IDS: &str = "engine/src/ids.rs";
/// Text that a pure file must not contain.
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

/// Pairs of importer and imported layer in which the imported layer is not earlier in the list.
pub fn import_cycles() -> Vec<(&'static str, &'static str)> {
    let not_earlier = |importer: usize, imported: &str| LAYERS[importer..].iter().any(|(name, _)| *name == imported);
    let layers = LAYERS.iter().enumerate();
    layers
        .flat_map(|(at, (importer, allowed))| {
            allowed.iter().filter(move |layer| not_earlier(at, layer)).map(move |layer| (*importer, *layer))
        })
        .collect()
}

pub fn imports_against_the_direction(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in tree.sources_in("src/").filter(|source| source.path != "src/lib.rs") {
        let layer = layer_of(&source.path);
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == layer) else {
            breaches.push(source.breach(0, format!("{layer} is missing in LAYERS of tests/tidy/layers.rs")));
            continue;
        };
        for (at, imported) in imports(source) {
            let known = LAYERS.iter().any(|(name, _)| *name == imported);
            if known && imported != layer && !allowed.contains(&imported.as_str()) {
                breaches.push(source.breach(at, format!("{layer} must not import {imported}")));
            }
        }
    }
    breaches
}

pub fn impure_code_in_pure_files(tree: &Tree) -> Vec<Breach> {
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

/// Layer of a path: `http` for `src/http/holds.rs`, `server` for `src/server.rs`.
fn layer_of(path: &str) -> &str {
    let inside = path.trim_start_matches("src/");
    inside.split('/').next().unwrap_or(inside).trim_end_matches(".rs")
}

/// Layers that a file names, with offsets: after `crate::` or `boxoffice::`, in braces too, or after enough `super::`.
fn imports(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for root in ["crate::", "boxoffice::"] {
        found.extend(source.code.match_indices(root).map(|(at, _)| at + root.len()));
    }
    let out = "super::".repeat(depth(&source.path));
    found.extend(source.code.match_indices(&out).map(|(at, _)| at + out.len()));
    found.into_iter().flat_map(|at| first_words(&source.code[at..]).into_iter().map(move |word| (at, word))).collect()
}

/// Number of modules between the crate root and the content of a file.
fn depth(path: &str) -> usize {
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    inside.split('/').count()
}

/// First words of a path: `a` for `a::b`, `a` and `c` for `{a::b, c::{d, e}}`.
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
