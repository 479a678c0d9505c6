//! Rules for the length of files, their headers, and the names of tests.

use crate::source::{Breach, Source, Tree};

const FILE_LINES_MAX: usize = 400;
const TEST_NAME_WORDS_MIN: usize = 4;

pub fn long_files(tree: &Tree) -> Vec<Breach> {
    let long = tree.sources.iter().filter(|source| source.text.lines().count() > FILE_LINES_MAX);
    let message = |lines| format!("{lines} lines, more than {FILE_LINES_MAX}: move one idea to another file");
    long.map(|source| source.breach(0, message(source.text.lines().count()))).collect()
}

pub fn headless_files(tree: &Tree) -> Vec<Breach> {
    let headless = tree.sources.iter().filter(|source| !source.text.starts_with("//!"));
    headless.map(|source| source.breach(0, "a //! header that describes the file is missing")).collect()
}

/// Tests whose names have too few words for a sentence about behaviour.
pub fn tests_without_a_sentence(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in &tree.sources {
        for (at, name) in tests(source).filter(|(_, name)| name.split('_').count() < TEST_NAME_WORDS_MIN) {
            breaches.push(source.breach(at, format!("the test {name} is not named by a sentence")));
        }
    }
    breaches
}

/// Functions whose last attribute is `#[test]` or `#[tokio::test]`: offset and name of each.
fn tests(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    source.code.match_indices("fn ").filter_map(|(at, keyword)| {
        let before = source.code[..at].trim_end_matches("async ").trim_end();
        let attribute = &before[before.rfind("#[")?..];
        let is_test = attribute.ends_with(']') && attribute.contains("test") && !attribute.contains("cfg(");
        let rest = &source.code[at + keyword.len()..];
        Some((at, &rest[..rest.find('(')?])).filter(|_| is_test)
    })
}
