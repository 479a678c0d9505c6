//! Breaks each rule on purpose, in a made-up file: the rule must report the line.

use crate::source::{Breach, Tree};
use crate::{documents, layers, manifest, manners, size, sql};

/// Lines that a rule reports in a repository of one made-up file.
fn lines(rule: fn(&Tree) -> Vec<Breach>, path: &str, text: &str) -> Vec<usize> {
    let breaches = rule(&Tree::from_file(path, text));
    assert!(breaches.iter().all(|breach| breach.path == path && !breach.message.is_empty()));
    breaches.iter().map(|breach| breach.line).collect()
}

#[test]
fn a_file_of_401_lines_is_too_long() {
    assert_eq!(lines(size::long_files, "src/a.rs", &"//! a\n".repeat(400)), []);
    assert_eq!(lines(size::long_files, "src/a.rs", &"//! a\n".repeat(401)), [1]);
}

#[test]
fn a_file_without_a_header_is_found() {
    assert_eq!(lines(size::headless_files, "src/a.rs", "use a;\n"), [1]);
}

#[test]
fn a_test_name_without_a_sentence_is_found() {
    let test =
        "#[test]\nfn it_works() {}\n\n#[tokio::test(flavor = \"multi_thread\")]\nasync fn it() {}\n\nfn a() {}\n";
    assert_eq!(lines(size::tests_without_a_sentence, "tests/a.rs", test), [2, 5]);
    let test = "#[tokio::test]\nasync fn a_hold_expires_once() {}\n";
    assert_eq!(lines(size::tests_without_a_sentence, "tests/a.rs", test), []);
}

#[test]
fn an_import_against_the_direction_is_found_in_every_form() {
    let rule = layers::imports_against_the_direction;
    assert_eq!(lines(rule, "src/venues/a.rs", "use crate::venues::b;\nuse crate::events::c;\n"), [2]);
    assert_eq!(lines(rule, "src/http/a.rs", "use crate::{error::b, holds::{c, d}};\n"), [1]);
    assert_eq!(lines(rule, "src/bookings/a.rs", "use super::super::blocks::c;\n"), [1]);
    assert_eq!(lines(rule, "src/events/a.rs", "fn a() {\n    crate::server::start()\n}\n"), [2]);
    assert_eq!(
        lines(rule, "src/blocks/a.rs", "//! See crate::server.\nuse crate::holds::a;\nuse crate::http::b;\n"),
        []
    );
    assert_eq!(lines(rule, "src/server.rs", "use crate::holds::a;\nuse crate::http::b;\n"), []);
    assert_eq!(lines(rule, "src/attic/a.rs", "//! a\n"), [1]);
}

#[test]
fn a_clock_or_a_database_in_a_pure_file_is_found() {
    let rule = layers::impure_code_in_pure_files;
    assert_eq!(lines(rule, "engine/src/inventory/decide/a.rs", "\nlet now = std::time::SystemTime::now();\n"), [2, 2]);
    assert_eq!(lines(rule, "engine/src/inventory/decide/mod.rs", "use sqlx::PgPool;\n"), [1]);
    assert_eq!(lines(rule, "engine/src/inventory/batch_state/moves.rs", "use tokio::sync::Mutex;\n"), [1]);
    assert_eq!(lines(rule, "src/events/model/a.rs", "let at = OffsetDateTime::now_utc();\n"), [1]);
    assert_eq!(lines(rule, "engine/src/inventory/lane.rs", "use tokio::sync::Mutex;\n"), []);
}

#[test]
fn a_statement_in_a_handler_is_found() {
    let rule = sql::statements_outside_their_folders;
    assert_eq!(lines(rule, "src/http/a.rs", "\n\nsqlx::query_scalar!(\"SELECT 1\")"), [3]);
    assert_eq!(lines(rule, "src/holds/api.rs", "query!(\"SELECT 1\")"), [1]);
    assert_eq!(lines(rule, "src/holds/sql/a.rs", "sqlx::query!(\"SELECT 1\")"), []);
}

#[test]
fn a_statement_that_stands_twice_is_found() {
    let rule = sql::repeated_statements;
    let text = "r#\"SELECT a\n FROM b\"#;\nr#\"  SELECT a FROM b \"#;\nr#\"SELECT c FROM b\"#; r#\"{}\"#; r#\"{}\"#;\n";
    assert_eq!(lines(rule, "src/holds/sql.rs", text), [3]);
}

#[test]
fn a_write_past_inventory_is_found() {
    let rule = sql::writes_past_inventory;
    assert_eq!(lines(rule, "src/holds/sql.rs", "r#\"\nUPDATE pools\nSET held = 0\"#"), [2]);
    assert_eq!(lines(rule, "src/events/sql/create/mod.rs", "\"INSERT INTO pools\", \"DELETE FROM holds\""), [1]);
    assert_eq!(lines(rule, "engine/src/inventory/load/a.rs", "r\"INSERT INTO\n  bookings\""), [1]);
    assert_eq!(lines(rule, "engine/src/inventory/store/a.rs", "\"UPDATE pools SET\""), []);
    assert_eq!(lines(rule, "engine/src/inventory/load/a.rs", "\"FROM inventory FOR UPDATE\""), []);
}

#[test]
fn a_sleep_in_a_test_is_found() {
    assert_eq!(lines(manners::sleeps_in_tests, "tests/a.rs", "tokio::time::sleep(A_SECOND).await;\n"), [1]);
    assert_eq!(lines(manners::sleeps_in_tests, "src/a.rs", "tokio::time::sleep(A_SECOND).await;\n"), []);
}

#[test]
fn a_mark_of_unfinished_work_is_found() {
    assert_eq!(lines(manners::unfinished_work, "src/a.rs", "// FIXME: later\nfn a() {}\n"), [1]);
}

#[test]
fn a_synonym_is_found_in_names_and_documents() {
    let rule = manners::words_not_used;
    assert_eq!(lines(rule, "src/a.rs", "struct SeatReservation;\nfn free_slots() {}\nfn hold() {}\n"), [1, 2]);
    assert_eq!(lines(rule, "docs/a.md", "A translation.\n\nEvery purchase counts.\n"), [3]);
}

#[test]
fn a_migration_without_a_reason_or_with_a_gap_is_found() {
    let rule = documents::migrations_out_of_order;
    assert_eq!(lines(rule, "migrations/0001_a.sql", "CREATE TABLE a ();\n"), [1]);
    assert_eq!(lines(rule, "migrations/0002_a.sql", "-- Because.\nCREATE TABLE a ();\n"), [1]);
}

#[test]
fn a_link_to_a_missing_file_is_found() {
    let text = "[a](https://a.example) [b](#b)\n[c](a.md#c) [d](../docs/d.md)\n";
    assert_eq!(lines(documents::broken_links, "docs/a.md", text), [2]);
}

#[test]
fn a_missing_test_that_a_document_names_is_found() {
    let text = "`a::b_is_c`\n`a::b` and `a::a_hold_expires_once_and_for_all` of `pools_booked_not_negative`\n";
    assert_eq!(lines(documents::missing_tests, "docs/a.md", text), [2]);
}

#[test]
fn a_linked_package_without_overflow_checks_is_found() {
    let manifest = "[dependencies]\nengine = { path = \"engine\" }\nserde = \"1\"\n\n[dev-dependencies]\n\
                    kit = { path = \"kit\" }\n\n[profile.release.package.boxoffice]\noverflow-checks = true\n";
    assert_eq!(manifest::packages_without_overflow_checks(manifest), ["engine"]);
    let mended = format!("{manifest}\n[profile.release.package.engine]\noverflow-checks = true\n");
    assert_eq!(manifest::packages_without_overflow_checks(&mended), [""; 0]);
}

#[test]
fn a_source_file_that_a_document_names_and_that_does_not_exist_is_found() {
    assert_eq!(lines(documents::missing_files, "docs/a.md", "Of `b.rs`.\n`a.md` and `c`\n`src/a/b.rs`\n"), [1, 3]);
}
