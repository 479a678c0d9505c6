//! Sections of the Markdown report. Each stands between marker comments, so that a run replaces its own section and
//! leaves the rest, and what people wrote around it, alone.

use std::io;
use std::path::Path;

use anyhow::{Context as _, bail};

/// What a report starts with when there is none.
const TITLE: &str = "# Benchmarks\n";

/// Writes a section into the report, in its place or at the end.
///
/// # Errors
///
/// When the file cannot be read or written, or has only one of the section's two markers.
pub fn update(path: &Path, section: &str, body: &str) -> anyhow::Result<()> {
    let present = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => TITLE.to_owned(),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    let updated = replace(&present, section, body).with_context(|| path.display().to_string())?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    std::fs::write(path, updated).with_context(|| format!("cannot write {}", path.display()))
}

/// The text with the section's new body.
///
/// # Errors
///
/// When the text has only one of the section's two markers, or the end before the beginning.
pub fn replace(text: &str, section: &str, body: &str) -> anyhow::Result<String> {
    let begin = format!("<!-- {section}: begin, written by boxoffice-bench -->");
    let end = format!("<!-- {section}: end -->");
    let written = format!("{begin}\n{}\n{end}", body.trim());
    match (text.split_once(&begin), text.split_once(&end)) {
        (None, None) => Ok(format!("{}\n\n{written}\n", text.trim_end())),
        (Some((before, _)), Some((until_end, after))) if until_end.len() >= before.len() => {
            Ok(format!("{before}{written}{after}"))
        }
        _ => bail!("the markers of section {section:?} do not match"),
    }
}
