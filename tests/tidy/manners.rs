//! Words and calls that must not be used.

use crate::source::{Breach, Source, Tree, line_of};

/// Synonyms that are not used, and the word to use instead.
const WORDS_NOT_USED: [(&str, &str); 3] = [("reservation", "hold"), ("purchase", "booking"), ("slot", "place")];
/// Lines with one of these texts may name the synonyms, because they forbid them.
const ABOUT_WORDS: [&str; 2] = ["no synonyms", "not used"];

pub fn sleeps_in_tests(tree: &Tree) -> Vec<Breach> {
    let sleeps = ["sleep(", "sleep_until("];
    find_patterns(tree.tests(), |source| &source.code, &sleeps, "tests wait for a condition, not for time")
}

/// Marks of unfinished work in comments; clippy knows the macros.
pub fn unfinished_work(tree: &Tree) -> Vec<Breach> {
    let marks = ["FIXME", "TODO", "XXX"];
    find_patterns(tree.sources.iter(), |source| &source.comments, &marks, "marks unfinished work")
}

pub fn words_not_used(tree: &Tree) -> Vec<Breach> {
    let sources =
        tree.sources_in("src/").chain(tree.sources_in("engine/src/")).map(|source| (&source.path, &source.text));
    let texts = tree.texts.iter().map(|(path, text)| (path, text));
    let mut breaches = Vec::new();
    for (path, text) in sources.chain(texts) {
        for (number, line) in text.lines().enumerate() {
            let about_words = ABOUT_WORDS.iter().any(|about| line.contains(about));
            let found = WORDS_NOT_USED.iter().filter(|(word, _)| !about_words && has_word(line, word));
            breaches.extend(found.map(|(word, better)| Breach {
                path: path.clone(),
                line: number + 1,
                message: format!("use {better} instead of {word}"),
            }));
        }
    }
    breaches
}

/// Whether `word` occurs at the start of a word, or of a part of a snake_case or CamelCase name.
fn has_word(line: &str, word: &str) -> bool {
    line.to_lowercase().match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphabetic() || (c.is_lowercase() && line[at..].starts_with(char::is_uppercase)))
    })
}

/// Occurrences of the patterns in one part of each source.
fn find_patterns<'a>(
    sources: impl Iterator<Item = &'a Source>,
    part: impl Fn(&Source) -> &String,
    patterns: &[&str],
    why: &str,
) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in sources {
        for pattern in patterns {
            breaches.extend(part(source).match_indices(pattern).map(|(at, _)| Breach {
                path: source.path.clone(),
                line: line_of(&source.text, at),
                message: format!("{pattern}: {why}"),
            }));
        }
    }
    breaches
}
