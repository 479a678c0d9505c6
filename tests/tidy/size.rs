//! Rules for the length of files and functions, file headers and test names.

use crate::source::{Breach, Source, Tree};

const FILE_LINES_MAX: usize = 400;
/// Lines of SQL strings do not count.
const FUNCTION_LINES_MAX: usize = 70;
const TEST_NAME_WORDS_MIN: usize = 4;

pub fn long_files(tree: &Tree) -> Vec<Breach> {
    let long = tree.sources.iter().filter(|source| source.text.lines().count() > FILE_LINES_MAX);
    let message = |lines| format!("{lines} lines, more than {FILE_LINES_MAX}: move one idea to another file");
    long.map(|source| source.breach(0, message(source.text.lines().count()))).collect()
}

pub fn long_functions(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in &tree.sources {
        for function in functions(source) {
            if function.lines > FUNCTION_LINES_MAX {
                let message = format!("{} has {} lines, more than {FUNCTION_LINES_MAX}", function.name, function.lines);
                breaches.push(source.breach(function.start, message));
            }
        }
    }
    breaches
}

pub fn headless_files(tree: &Tree) -> Vec<Breach> {
    let headless = tree.sources.iter().filter(|source| !source.text.starts_with("//!"));
    headless.map(|source| source.breach(0, "a //! header that describes the file is missing")).collect()
}

/// Tests whose names have too few words for a sentence about behaviour.
pub fn tests_without_a_sentence(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in &tree.sources {
        for function in functions(source) {
            let before = source.code[..function.start].trim_end();
            let attribute = before.rfind("#[").map_or("", |at| &before[at..]);
            let is_test = attribute.ends_with(']') && attribute.contains("test") && !attribute.contains("cfg(");
            if is_test && function.name.split('_').count() < TEST_NAME_WORDS_MIN {
                breaches.push(
                    source.breach(function.start, format!("the test {} is not named by a sentence", function.name)),
                );
            }
        }
    }
    breaches
}

struct Function {
    name: String,
    /// Offset of the first character of its line that is not blank.
    start: usize,
    lines: usize,
}

fn functions(source: &Source) -> Vec<Function> {
    let code = &source.code;
    let mut functions = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        let line = code[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let begins_a_word = code[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '_');
        let name: String = code[at + 3..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if let Some(end) = body_end(&code[at..]).filter(|_| begins_a_word && !name.is_empty()) {
            let start = line + code[line..].len() - code[line..].trim_start().len();
            functions.push(Function { name, start, lines: lines_without_sql(source, line, at + end) });
        }
    }
    functions
}

/// Offset of the closing brace of the function that begins here; `None` if it has no body.
fn body_end(code: &str) -> Option<usize> {
    let (mut round, mut curly) = (0, 0);
    for (at, byte) in code.bytes().enumerate() {
        match byte {
            b'(' | b'[' => round += 1,
            b')' | b']' => round -= 1,
            b';' if round == 0 && curly == 0 => return None,
            b'{' => curly += 1,
            b'}' if curly == 1 => return Some(at),
            b'}' => curly -= 1,
            _ => {}
        }
    }
    None
}

/// Number of lines that are not entirely inside a string.
fn lines_without_sql(source: &Source, from: usize, to: usize) -> usize {
    let code = source.code[from..=to].split('\n');
    let strings = source.strings[from..=to].split('\n');
    let counts = |(code, string): &(&str, &str)| !code.trim().is_empty() || string.trim().is_empty();
    code.zip(strings).filter(counts).count()
}
