//! A PostgreSQL server for one test alone, for tests that stop or crash it.
#![cfg(feature = "embedded")]

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// Starts `boxoffice with-postgres`; returns its process and the database URL.
///
/// PostgreSQL runs until the standard input of the process is closed; the process then ends with `exit_code`.
pub fn spawn_with_postgres(exit_code: i32) -> (Child, String) {
    let script = format!("echo $DATABASE_URL; read -r _; exit {exit_code}");
    let mut child = Command::new(env!("CARGO_BIN_EXE_boxoffice"))
        .args(["with-postgres", "--", "sh", "-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program was built with the tests");
    let mut url = String::new();
    let output = child.stdout.as_mut().expect("piped");
    BufReader::new(output).read_line(&mut url).expect("readable");
    (child, url.trim_end().to_owned())
}

/// Directory of the server's socket, taken from the URL. It exists as long as the server runs.
pub fn socket_directory(url: &str) -> PathBuf {
    let (_, encoded) = url.split_once("?host=").expect("the URL leads to a socket");
    PathBuf::from(encoded.replace("%2F", "/"))
}
