//! Sections of the Markdown report. Each is between two marker comments, so that a run replaces only its own section
//! and keeps other sections and hand-written text.

use std::io;
use std::path::Path;

use anyhow::{Context as _, bail};

/// The first line of a new report.
const TITLE: &str = "# Benchmarks\n";

/// Replaces a section of the report, or adds it at the end.
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

/// The text of the report with a new body of the section.
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
