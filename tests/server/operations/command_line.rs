//! The command line: tests run the built program.

use std::process::{Command, Output};

/// Runs the program without the environment of the tests, which may contain settings.
pub fn boxoffice(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let directory = std::env::temp_dir();
    Command::new(env!("CARGO_BIN_EXE_boxoffice"))
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(environment.iter().copied())
        .current_dir(directory) // where there is no .env
        .output()
        .expect("the program was built with the tests")
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub const KEY: (&str, &str) = ("PAYMENT_TOKEN_KEY", "0123456789abcdef0123456789abcdef");
/// A URL that nothing listens at: port 1 needs privileges and is no longer used.
const NO_DATABASE: (&str, &str) = ("DATABASE_URL", "postgres://user:hunter2@127.0.0.1:1/none");

#[test]
fn a_setting_out_of_range_stops_the_start_and_names_the_variable() {
    let out_of_range = [
        ("LANES", "0"),
        ("LANES", "17"),
        ("BATCH_MAX", "4097"),
        ("HOLD_TTL_MINUTES", "16"),
        ("DB_ACQUIRE_TIMEOUT_MS", "0"),
        ("SWEEP_INTERVAL_MS", "soon"),
        ("AUDIT_INTERVAL_SECONDS", "86401"),
        ("DRAIN_SECONDS", "61"),
        ("PORT", "65536"),
        ("HOLD_LIFETIME_MAX_MINUTES", "14"), // less than the longest time to live that a request may ask for
        ("EVENT_AFFINITIES", "8000-7fff"),   // the smaller one is first
        ("EVENT_AFFINITIES", "0-ffff"),
        ("HOST", "everywhere"),
        ("LOG_LEVEL", "verbos"),
        ("LOG_FORMAT", "xml"),
    ];
    for (name, value) in out_of_range {
        let output = boxoffice(&["serve"], &[KEY, NO_DATABASE, (name, value)]);
        assert!(!output.status.success(), "{name}={value} was accepted");
        assert!(stderr(&output).contains(name), "{name}={value}: {}", stderr(&output));
    }
}

#[test]
fn serve_asks_for_the_database_and_the_key() {
    let output = boxoffice(&["serve"], &[]);
    assert!(!output.status.success());
    assert!(stderr(&output).contains("DATABASE_URL") && stderr(&output).contains("PAYMENT_TOKEN_KEY"));
}

#[test]
fn no_message_and_no_help_text_shows_a_secret() {
    let short_key = ("PAYMENT_TOKEN_KEY", "too-short-secret");
    for arguments in [["serve"].as_slice(), &["serve", "--help"], &["serve", "--lanes", "0"], &["audit"], &["migrate"]]
    {
        let output = boxoffice(arguments, &[short_key, NO_DATABASE]);
        let said = stderr(&output) + &String::from_utf8_lossy(&output.stdout);
        assert!(!said.contains("too-short-secret") && !said.contains("hunter2"), "{arguments:?} says {said}");
    }
}

#[test]
fn a_database_that_cannot_be_reached_is_one_clear_line() {
    // Exit code 1 of `audit` means broken invariants, so a failure to check them has another one.
    for (command, code) in [("serve", 1), ("migrate", 1), ("audit", 2)] {
        let output = boxoffice(&[command], &[KEY, NO_DATABASE, ("LOG_LEVEL", "off")]);
        assert_eq!(output.status.code(), Some(code), "{command}");
        assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
        assert!(stderr(&output).contains("cannot reach the database at 127.0.0.1:1"), "{}", stderr(&output));
    }
}

#[test]
fn health_fails_where_nothing_listens() {
    let output = boxoffice(&["health"], &[("PORT", "1")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("no answer from 127.0.0.1:1"), "{}", stderr(&output));
}
