//! Rules for migrations and documents.

use crate::source::{Breach, Tree};

/// Migrations without a header that says why, or numbered with a gap.
pub fn migrations_out_of_order(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let migrations = tree.texts.iter().filter(|(path, _)| path.starts_with("migrations/") && path.ends_with(".sql"));
    for (n, (path, text)) in migrations.enumerate() {
        let mut breach = |message: String| breaches.push(Breach { path: path.clone(), line: 1, message });
        if !text.starts_with("-- ") {
            breach("a migration begins with a comment that says why".to_owned());
        }
        let number = format!("migrations/{:04}_", n + 1);
        if !path.starts_with(&number) {
            breach(format!("the next migration is {number}…"));
        }
    }
    breaches
}

/// Links of documents to files that are not in the repository.
pub fn broken_links(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (path, text) in tree.texts.iter().filter(|(path, _)| path.ends_with(".md")) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (number, line) in text.lines().enumerate() {
            for target in links(line) {
                if !tree.paths.contains(&resolve(folder, target)) {
                    let message = format!("the link target {target} does not exist");
                    breaches.push(Breach { path: path.clone(), line: number + 1, message });
                }
            }
        }
    }
    breaches
}

/// Tests that a document names as `module::a_test_is_a_sentence`, but that do not exist.
pub fn missing_tests(tree: &Tree) -> Vec<Breach> {
    let exists = |name: &str| tree.tests().any(|source| source.code.contains(&format!("fn {name}()")));
    let mut breaches = Vec::new();
    for (path, text) in tree.texts.iter().filter(|(path, _)| path.ends_with(".md")) {
        for (number, line) in text.lines().enumerate() {
            let names = line.split('`').skip(1).step_by(2).filter_map(|span| span.rsplit_once("::"));
            for (_, name) in names.filter(|(_, name)| name.matches('_').count() > 2 && !exists(name)) {
                let message = format!("there is no test {name}");
                breaches.push(Breach { path: path.clone(), line: number + 1, message });
            }
        }
    }
    breaches
}

/// Source files that a document names in backquotes, such as `inventory/queue.rs`: the end of some path.
pub fn missing_files(tree: &Tree) -> Vec<Breach> {
    let exists = |name: &str| tree.paths.iter().any(|path| path == name || path.ends_with(&format!("/{name}")));
    let mut breaches = Vec::new();
    for (path, text) in tree.texts.iter().filter(|(path, _)| path.ends_with(".md")) {
        for (number, line) in text.lines().enumerate() {
            let spans = line.split('`').skip(1).step_by(2);
            let names = spans.filter(|span| span.ends_with(".rs") && !span.contains([' ', '*']));
            for name in names.filter(|name| !exists(name)) {
                let message = format!("there is no file {name}");
                breaches.push(Breach { path: path.clone(), line: number + 1, message });
            }
        }
    }
    breaches
}

/// Relative link targets in a line, without their anchors.
fn links(line: &str) -> impl Iterator<Item = &str> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split_once(')').map(|(target, _)| target));
    let relative = targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:"));
    relative.map(|target| target.split('#').next().unwrap_or(target)).filter(|target| !target.is_empty())
}

fn resolve(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            name => parts.push(name),
        }
    }
    parts.join("/")
}
