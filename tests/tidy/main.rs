//! The style of the house, as far as a machine can see it. Needs no database and no server.
//!
//! Each rule is a function from a tree of files to breaches; `broken.rs` shows that each one finds its breach.

mod broken;
mod documents;
mod layers;
mod manners;
mod size;
mod source;
mod sql;

use std::path::Path;

use source::{Breach, Tree};

fn none(rule: &str, find: fn(&Tree) -> Vec<Breach>) {
    let breaches = find(&Tree::read(Path::new(env!("CARGO_MANIFEST_DIR"))));
    let lines = breaches.iter().map(|breach| format!("{}:{}: {}\n", breach.path, breach.line, breach.what));
    let lines: String = lines.collect();
    assert!(lines.is_empty(), "{rule}:\n{lines}");
}

#[test]
fn no_file_is_too_long() {
    none("a file is one idea", size::long_files);
}

#[test]
fn no_function_is_too_long() {
    none("a function fits on a screen", size::long_functions);
}

#[test]
fn every_file_says_what_it_is() {
    none("a file begins with a header", size::headless_files);
}

#[test]
fn every_test_is_named_by_a_sentence() {
    none("a test's name is a sentence about behaviour", size::tests_without_a_sentence);
}

#[test]
fn imports_point_one_way() {
    none("imports point one way", layers::imports_against_the_direction);
}

#[test]
fn no_two_rooms_may_import_each_other() {
    assert_eq!(layers::circles(), []);
}

#[test]
fn what_decides_is_pure() {
    none("time and chance are arguments of what decides", layers::deciders_that_are_not_pure);
}

#[test]
fn sql_stays_in_its_rooms() {
    none("SQL lives in db, inventory, ops and queries", sql::statements_outside_their_rooms);
}

#[test]
fn only_the_store_of_inventory_writes_its_tables() {
    none("capacity changes in one place", sql::writes_past_inventory);
}

#[test]
fn nothing_is_unwrapped_in_src() {
    none("what cannot fail says why", manners::unwraps);
}

#[test]
fn every_exception_from_a_lint_has_a_reason() {
    none("an exception has a reason", manners::exceptions_without_a_reason);
}

#[test]
fn nothing_sleeps_in_a_test() {
    none("nothing sleeps in a test", manners::sleeps_in_tests);
}

#[test]
fn nothing_is_left_to_do() {
    none("what is left to do is an issue, not a comment", manners::left_overs);
}

#[test]
fn every_thing_has_one_word() {
    none("use the words of the design", manners::words_not_used);
}

#[test]
fn every_migration_has_a_number_and_a_reason() {
    none("migrations are numbered and say why", documents::migrations_out_of_order);
}

#[test]
fn every_link_leads_somewhere() {
    none("documents link to what exists", documents::broken_links);
}

#[test]
fn every_test_that_a_document_names_is_there() {
    none("documents name tests that exist", documents::tests_that_are_not_there);
}
