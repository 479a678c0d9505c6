//! What is not written at all.

use crate::source::{Breach, Source, Tree, line_of};

/// Each thing has one word; these are its synonyms.
const WORDS_NOT_USED: [(&str, &str); 3] = [("reservation", "hold"), ("purchase", "booking"), ("slot", "place")];
/// They may name the words in order to forbid them.
const ABOUT_WORDS: [&str; 2] = ["no synonyms", "not used"];

pub fn unwraps(tree: &Tree) -> Vec<Breach> {
    found(tree.sources_in("src/"), |source| &source.code, &[".unwrap()"], "say with expect why it cannot fail")
}

pub fn exceptions_without_a_reason(tree: &Tree) -> Vec<Breach> {
    let allows = ["#[allow(", "#![allow(", ", allow("];
    let mut breaches =
        found(tree.sources.iter(), |source| &source.code, &allows, "an exception is #[expect(…, reason = …)]");
    for source in &tree.sources {
        for attribute in ["#[expect(", "#![expect("] {
            for (at, _) in source.code.match_indices(attribute) {
                let end = source.code[at..].find(")]").map_or(source.code.len(), |end| at + end);
                if !source.code[at..end].contains("reason =") {
                    breaches.push(source.breach(at, "an exception without its reason"));
                }
            }
        }
    }
    breaches
}

pub fn sleeps_in_tests(tree: &Tree) -> Vec<Breach> {
    let sleeps = ["sleep(", "sleep_until("];
    found(tree.sources_in("tests/"), |source| &source.code, &sleeps, "tests wait for what happens, not for time")
}

pub fn left_overs(tree: &Tree) -> Vec<Breach> {
    let macros = ["todo!", "unimplemented!", "dbg!"];
    let mut breaches = found(tree.sources.iter(), |source| &source.code, &macros, "is a left-over");
    let marks = ["FIXME", "TODO", "XXX"];
    breaches.extend(found(tree.sources.iter(), |source| &source.comments, &marks, "is a left-over"));
    breaches
}

pub fn words_not_used(tree: &Tree) -> Vec<Breach> {
    let sources = tree.sources_in("src/").map(|source| (&source.path, &source.text));
    let texts = tree.texts.iter().map(|(path, text)| (path, text));
    let mut breaches = Vec::new();
    for (path, text) in sources.chain(texts) {
        for (number, line) in text.lines().enumerate() {
            let about_words = ABOUT_WORDS.iter().any(|about| line.contains(about));
            let found = WORDS_NOT_USED.iter().filter(|(word, _)| !about_words && has_word(line, word));
            breaches.extend(found.map(|(word, better)| Breach {
                path: path.clone(),
                line: number + 1,
                what: format!("the word is {better}, not {word}"),
            }));
        }
    }
    breaches
}

/// At the beginning of a word, of a part of a snake_case name or of a CamelCase one.
fn has_word(line: &str, word: &str) -> bool {
    line.to_lowercase().match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphabetic() || (c.is_lowercase() && line[at..].starts_with(char::is_uppercase)))
    })
}

fn found<'a>(
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
                what: format!("{pattern}: {why}"),
            }));
        }
    }
    breaches
}
