//! The style rules that a program can check and that neither the compiler nor clippy does. Needs no database and no server.
//!
//! Each rule is a function from a tree of files to breaches; `broken.rs` checks that each rule finds its breach.

mod broken;
mod documents;
mod layers;
mod manifest;
mod manners;
mod size;
mod source;
mod sql;

use std::path::Path;

use source::{Breach, Tree};

fn assert_no_breaches(rule: &str, find: fn(&Tree) -> Vec<Breach>) {
    let breaches = find(&Tree::read(Path::new(env!("CARGO_MANIFEST_DIR"))));
    let lines = breaches.iter().map(|breach| format!("{}:{}: {}\n", breach.path, breach.line, breach.message));
    let lines: String = lines.collect();
    assert!(lines.is_empty(), "{rule}:\n{lines}");
}

#[test]
fn no_file_is_too_long() {
    assert_no_breaches("a file contains one idea", size::long_files);
}

#[test]
fn every_file_has_a_header() {
    assert_no_breaches("a file begins with a header", size::headless_files);
}

#[test]
fn every_test_is_named_by_a_sentence() {
    assert_no_breaches("a test's name is a sentence about behaviour", size::tests_without_a_sentence);
}

#[test]
fn imports_point_one_way() {
    assert_no_breaches("imports point one way", layers::imports_against_the_direction);
}

#[test]
fn no_two_modules_may_import_each_other() {
    assert_eq!(layers::import_cycles(), []);
}

#[test]
fn files_that_decide_are_pure() {
    assert_no_breaches("code that decides gets time and randomness as arguments", layers::impure_code_in_pure_files);
}

#[test]
fn sql_stays_in_its_folders() {
    assert_no_breaches("SQL lives in the engine and in the sql of a feature", sql::statements_outside_their_folders);
}

#[test]
fn only_the_store_of_inventory_writes_its_tables() {
    assert_no_breaches("capacity changes in one place", sql::writes_past_inventory);
}

#[test]
fn nothing_sleeps_in_a_test() {
    assert_no_breaches("nothing sleeps in a test", manners::sleeps_in_tests);
}

#[test]
fn no_unfinished_work_is_marked() {
    assert_no_breaches("unfinished work is an issue, not a comment", manners::unfinished_work);
}

#[test]
fn every_concept_has_one_word() {
    assert_no_breaches("use the words of the design", manners::words_not_used);
}

#[test]
fn every_migration_has_a_number_and_a_reason() {
    assert_no_breaches("migrations are numbered and say why", documents::migrations_out_of_order);
}

#[test]
fn every_link_target_exists() {
    assert_no_breaches("documents link to existing files", documents::broken_links);
}

#[test]
fn every_test_that_a_document_names_exists() {
    assert_no_breaches("documents name tests that exist", documents::missing_tests);
}

#[test]
fn every_source_file_that_a_document_names_exists() {
    assert_no_breaches("documents name source files that exist", documents::missing_files);
}

#[test]
fn everything_that_the_binary_links_of_ours_checks_for_overflow() {
    let manifest = include_str!("../../Cargo.toml");
    assert!(manifest.contains("boxoffice-engine = { path"), "the engine is a dependency by its path");
    assert_eq!(manifest::packages_without_overflow_checks(manifest), [""; 0]);
}

#[test]
fn every_statement_exists_once() {
    assert_no_breaches("a statement is written once and called from everywhere", sql::repeated_statements);
}
