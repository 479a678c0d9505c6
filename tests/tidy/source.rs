//! Source text split into code, comments and strings, by a small lexer instead of a parser.

use std::fs;
use std::path::Path;

/// One file and its parts. Each part is as long as the text, with blanks in place of the other parts.
pub struct Source {
    /// Path from the root of the repository.
    pub path: String,
    pub text: String,
    pub code: String,
    pub comments: String,
    pub strings: String,
}

/// A violation of a rule.
#[derive(Debug)]
pub struct Breach {
    pub path: String,
    pub line: usize,
    pub message: String,
}

/// All files that the rules check.
pub struct Tree {
    /// Rust files.
    pub sources: Vec<Source>,
    /// Path and text of SQL and Markdown files.
    pub texts: Vec<(String, String)>,
    /// All paths, to check links.
    pub paths: Vec<String>,
}

impl Tree {
    /// Reads the repository, without hidden, built and downloaded files.
    pub fn read(root: &Path) -> Self {
        let mut paths = Vec::new();
        walk(root, "", &mut paths);
        paths.sort();
        let text = |path: &String| fs::read_to_string(root.join(path)).expect("a file of the repository is UTF-8");
        let sources = paths.iter().filter(|path| path.ends_with(".rs"));
        let texts = paths.iter().filter(|path| path.ends_with(".md") || path.ends_with(".sql"));
        Self {
            sources: sources.map(|path| Source::new(path, text(path))).collect(),
            texts: texts.map(|path| (path.clone(), text(path))).collect(),
            paths,
        }
    }

    /// A made-up repository of one file.
    pub fn from_file(path: &str, text: &str) -> Self {
        let mut tree = Self { sources: Vec::new(), texts: Vec::new(), paths: vec![path.to_owned()] };
        match path.ends_with(".rs") {
            true => tree.sources.push(Source::new(path, text.to_owned())),
            false => tree.texts.push((path.to_owned(), text.to_owned())),
        }
        tree
    }

    pub fn sources_in(&self, folder: &str) -> impl Iterator<Item = &Source> {
        self.sources.iter().filter(move |source| source.path.starts_with(folder))
    }

    /// Tests of the server and of the engine, and the code that they share.
    pub fn tests(&self) -> impl Iterator<Item = &Source> {
        ["tests/", "engine/tests/", "test-support/"].into_iter().flat_map(|folder| self.sources_in(folder))
    }
}

fn walk(root: &Path, folder: &str, paths: &mut Vec<String>) {
    for entry in fs::read_dir(root.join(folder)).expect("a folder of the repository can be read") {
        let entry = entry.expect("a folder of the repository can be read");
        let name = entry.file_name().into_string().expect("names in the repository are UTF-8");
        if name.starts_with('.') || name == "target" || name == "node_modules" {
            continue;
        }
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        paths.push(path.clone());
        if entry.file_type().expect("a file has a type").is_dir() {
            walk(root, &path, paths);
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Code,
    Comment,
    String,
}

impl Source {
    pub fn new(path: &str, text: String) -> Self {
        let kinds = kinds(&text);
        let part = |wanted: Kind| {
            let kept = text.bytes().zip(&kinds).map(|(byte, kind)| match *kind == wanted || byte == b'\n' {
                true => byte,
                false => b' ',
            });
            String::from_utf8(kept.collect()).expect("whole characters are kept or blanked")
        };
        let (code, comments, strings) = (part(Kind::Code), part(Kind::Comment), part(Kind::String));
        Self { path: path.to_owned(), text, code, comments, strings }
    }

    pub fn breach(&self, offset: usize, message: impl Into<String>) -> Breach {
        Breach { path: self.path.clone(), line: line_of(&self.text, offset), message: message.into() }
    }
}

/// Line number of an offset, from 1.
pub fn line_of(text: &str, offset: usize) -> usize {
    1 + text.as_bytes()[..offset].iter().filter(|byte| **byte == b'\n').count()
}

/// Kind of every byte.
fn kinds(text: &str) -> Vec<Kind> {
    let mut kinds = Vec::with_capacity(text.len());
    while kinds.len() < text.len() {
        let at = kinds.len();
        let (kind, length) = token(text, at);
        kinds.resize(at + length, kind);
    }
    kinds
}

/// Kind and length in bytes of the token at this offset.
fn token(text: &str, at: usize) -> (Kind, usize) {
    let rest = &text[at..];
    let to_end = |end: Option<usize>, mark: usize| end.map_or(rest.len(), |end| end + mark);
    let in_a_word = text[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
    if rest.starts_with("//") {
        return (Kind::Comment, to_end(rest.find('\n'), 0));
    }
    if rest.starts_with("/*") {
        return (Kind::Comment, to_end(rest.find("*/"), 2));
    }
    if rest.starts_with('"') {
        return (Kind::String, string_length(rest));
    }
    let raw = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r')).filter(|_| !in_a_word);
    if let Some(raw) = raw {
        let hashes = raw.bytes().take_while(|byte| *byte == b'#').count();
        if raw[hashes..].starts_with('"') {
            let open = rest.len() - raw.len() + hashes + 1;
            let close = format!("\"{}", "#".repeat(hashes));
            return (Kind::String, to_end(rest[open..].find(&close), open + close.len()).min(rest.len()));
        }
    }
    match rest.strip_prefix('\'').and_then(char_length) {
        Some(length) => (Kind::String, 1 + length),
        None => (Kind::Code, rest.chars().next().map_or(1, char::len_utf8)),
    }
}

fn string_length(rest: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Length of a character literal after its opening quote, with the closing one; `None` for a lifetime.
fn char_length(rest: &str) -> Option<usize> {
    if rest.starts_with('\\') {
        return rest[2..].find('\'').map(|end| end + 3);
    }
    let length = rest.chars().next()?.len_utf8();
    rest[length..].starts_with('\'').then_some(length + 1)
}
