//! Modules of the server and their imports, which point one way, and files that must be pure: they use neither clock nor
//! database.

use crate::source::{Breach, Source, Tree};

/// Modules of `src/` that are not features, and what each may import: only earlier ones of this list.
/// The engine is a crate of its own: the compiler keeps the server out of it.
const KIT: [(&str, &[&str]); 7] = [
    ("config", &[]),
    ("error", &[]),
    ("fields", &[]),
    ("telemetry", &["config", "error"]),
    ("app", &["config"]),
    ("http", &["app", "error", "fields", "telemetry"]),
    ("idempotency", &["app", "error", "fields", "http", "telemetry"]),
];

/// Features, and the features that each may import: only earlier ones of this list. Every feature may import the kit.
const FEATURES: [(&str, &[&str]); 8] = [
    ("venues", &[]),
    ("events", &["venues"]),
    ("series", &["events", "venues"]),
    ("seat_maps", &["venues"]),
    ("holds", &[]),
    ("bookings", &["holds"]),
    ("blocks", &["holds"]),
    ("operations", &["holds"]),
];

/// Modules that put everything together. Only they and the command line import them.
const TOP: [&str; 6] = ["workers", "server", "demo_events", "cli", "lib", "main"];

/// Path prefixes of files that decide: no input or output, no clock, no randomness.
const PURE: [&str; 21] = [
    "src/events/details.rs",
    "src/events/model/",
    "src/fields/",
    "src/seat_maps/model.rs",
    "src/seat_maps/svg/", // the drawing depends on its arguments only
    "src/series/model/",
    "src/venues/model/",
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

/// Modules that a module may import; `None` for a module that the lists do not have.
fn allowed(module: &str) -> Option<Vec<&'static str>> {
    let kit = || KIT.iter().map(|(name, _)| *name);
    if let Some((_, allowed)) = KIT.iter().find(|(name, _)| *name == module) {
        return Some(allowed.to_vec());
    }
    if let Some((_, features)) = FEATURES.iter().find(|(name, _)| *name == module) {
        return Some(kit().chain(features.iter().copied()).collect());
    }
    let everything = || kit().chain(FEATURES.iter().map(|(name, _)| *name)).chain(["workers", "server", "demo_events"]);
    TOP.contains(&module).then(|| everything().collect())
}

/// Pairs of importer and imported module in which the imported one is not earlier in its list.
pub fn import_cycles() -> Vec<(&'static str, &'static str)> {
    let mut cycles = Vec::new();
    for list in [&KIT[..], &FEATURES[..]] {
        for (index, (importer, allowed)) in list.iter().enumerate() {
            let later = |module: &&&str| list[index..].iter().any(|(name, _)| *name == **module);
            cycles.extend(allowed.iter().filter(later).map(|module| (*importer, *module)));
        }
    }
    cycles
}

pub fn imports_against_the_direction(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in tree.sources_in("src/").filter(|source| source.path != "src/lib.rs") {
        let module = module_of(&source.path);
        let Some(allowed) = allowed(module) else {
            breaches.push(source.breach(0, format!("{module} is missing in tests/tidy/layers.rs")));
            continue;
        };
        for (at, imported) in imports(source) {
            let known = self::allowed(&imported).is_some();
            if known && imported != module && !allowed.contains(&imported.as_str()) {
                breaches.push(source.breach(at, format!("{module} must not import {imported}")));
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

/// Module of a path: `http` for `src/http/body.rs`, `server` for `src/server.rs`.
fn module_of(path: &str) -> &str {
    let inside = path.trim_start_matches("src/");
    inside.split('/').next().unwrap_or(inside).trim_end_matches(".rs")
}

/// Modules that a file names, with offsets: after `crate::` or `boxoffice::`, in braces too, or after enough `super::`.
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
