//! docs/errors.md and src/error.rs list the same error codes.

use boxoffice::error::{ErrorCode, Retry};

const ERRORS_DOC: &str = include_str!("../../docs/errors.md");

#[test]
fn the_documented_errors_are_the_table_of_errors() {
    let documented: Vec<_> = rows(ERRORS_DOC).iter().map(|row| row[..3].to_vec()).collect();
    let table: Vec<_> = ErrorCode::ALL.iter().copied().map(row).collect();
    assert_eq!(documented, table, "docs/errors.md must list src/error.rs, in its order");
}

#[test]
fn every_documented_error_has_a_meaning_and_advice() {
    for row in rows(ERRORS_DOC) {
        assert!(!row[3].is_empty() && !row[4].is_empty(), "{} is not explained", row[0]);
    }
}

/// Code, status and retry, as they are written in the document.
fn row(code: ErrorCode) -> Vec<String> {
    let retry = match code.retry() {
        Retry::Never => "never",
        Retry::Later => "later",
        Retry::Now => "now",
    };
    vec![format!("`{}`", code.as_str()), code.status().to_string(), retry.to_owned()]
}

/// The cells of the rows whose first cell is a code in backticks.
fn rows(markdown: &str) -> Vec<Vec<String>> {
    let lines = markdown.lines().filter(|line| line.starts_with("| `"));
    lines
        .map(|line| {
            let cells = line.trim_matches('|').split('|');
            let cells: Vec<_> = cells.map(|cell| cell.trim().to_owned()).collect();
            assert_eq!(cells.len(), 6, "a row has six cells: {line}");
            cells
        })
        .collect()
}
