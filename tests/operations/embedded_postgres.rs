//! The embedded PostgreSQL: whatever happens to the program that started it, nothing is left running.
#![cfg(feature = "embedded")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::str::FromStr as _;

use boxoffice::db::{contract, migrate};
use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};

/// A throw-away server, as long as nobody closes the standard input of the command that runs beside it.
fn with_postgres(exit_code: i32) -> (Child, String) {
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
fn socket_directory(url: &str) -> PathBuf {
    let (_, encoded) = url.split_once("?host=").expect("the URL leads to a socket");
    PathBuf::from(encoded.replace("%2F", "/"))
}

#[test]
fn the_exit_code_is_that_of_the_command_and_the_server_is_gone_afterwards() {
    let (mut child, url) = with_postgres(7);
    assert!(socket_directory(&url).exists());
    drop(child.stdin.take());
    assert_eq!(child.wait().expect("ends").code(), Some(7));
    assert!(!socket_directory(&url).exists());
}

#[test]
fn killing_the_program_stops_the_server() {
    let (mut child, url) = with_postgres(0);
    child.kill().expect("SIGKILL leaves no chance to clean up");
    child.wait().expect("ends");
    drop(child.stdin.take());
    // The helper that owns the server has inherited the standard error, so this returns when it is gone.
    let mut errors = child.stderr.take().expect("piped");
    errors.read_to_string(&mut String::new()).expect("readable");
    assert!(!socket_directory(&url).exists());
}

#[tokio::test]
async fn the_server_keeps_the_contract_that_serve_demands() {
    let (mut child, url) = with_postgres(0);
    let options = PgConnectOptions::from_str(&url).expect("the URL is one of PostgreSQL");
    let mut connection = PgConnection::connect_with(&options).await.expect("connects");
    migrate::run(&mut connection).await.expect("migrates");
    assert_eq!(contract::breaches(&mut connection).await.expect("answers"), []);
    connection.close().await.expect("closes");
    drop(child.stdin.take());
    assert!(child.wait().expect("ends").success());
}
