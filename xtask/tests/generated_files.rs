//! The committed generated files, and what a check says about a stale one.

use std::fs;
use std::path::Path;

use boxoffice_xtask::{ALL, ERRORS};

#[test]
fn every_generated_file_is_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask/ is in the repository");
    for file in &ALL {
        file.check(root).expect("the committed file is what the code generates");
    }
}

#[test]
fn a_stale_or_missing_file_is_found_and_named() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stale");
    fs::create_dir_all(root.join("docs")).expect("the folder can be made");
    let document = root.join("docs/errors.md");
    let refusal = || ERRORS.check(&root).expect_err("the file is not up to date").to_string();

    ERRORS.write(&root).expect("the file can be written");
    ERRORS.check(&root).expect("what was just written is up to date");
    let written = fs::read_to_string(&document).expect("it was written");
    fs::write(&document, written.replacen("never", "seldom", 1)).expect("the file can be written");
    assert_eq!(refusal(), "docs/errors.md is stale: run `make generated`");
    fs::remove_file(&document).expect("the file exists");
    assert!(refusal().contains("docs/errors.md"), "{}", refusal());
}

#[test]
fn every_row_of_the_errors_page_has_six_cells_and_only_the_last_may_be_empty() {
    let document = include_str!("../../docs/errors.md");
    let rows: Vec<&str> = document.lines().filter(|line| line.starts_with("| `")).collect();
    assert!(rows.len() > 30, "the page lists every code");
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 6, "a text with `|` would make another cell: {row}");
        assert!(cells[..5].iter().all(|cell| !cell.is_empty()), "not explained: {row}");
    }
}
