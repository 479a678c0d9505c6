//! Every error code is expected by at least one test.

use std::fs;
use std::path::Path;

use boxoffice::error::ErrorCode;

#[test]
fn every_error_code_is_expected_by_some_test() {
    let tests = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"));
    let expected = |code: &ErrorCode| tests.contains(&format!(", \"{}\")", code.as_str()));
    let untested: Vec<&str> = ErrorCode::ALL.iter().filter(|code| !expected(code)).map(|code| code.as_str()).collect();
    assert!(untested.is_empty(), "no test expects a problem with {untested:?}");
}

/// Text of all Rust files in the folder and its subfolders.
fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("its entries can be read").path();
        if path.is_dir() {
            text.push_str(&sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(&path).expect("the file can be read"));
        }
    }
    text
}
