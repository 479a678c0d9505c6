//! A PostgreSQL of one test's own, for tests that do to it what the others could not bear.
#![cfg(feature = "embedded")]

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A throw-away server, as long as nobody closes the standard input of the command that runs beside it.
pub fn with_postgres(exit_code: i32) -> (Child, String) {
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

/// The directory of the socket, which is there as long as the server.
pub fn socket_directory(url: &str) -> PathBuf {
    let (_, encoded) = url.split_once("?host=").expect("the URL leads to a socket");
    PathBuf::from(encoded.replace("%2F", "/"))
}
