//! The embedded PostgreSQL: it stops with the program that started it, even if that is killed.
#![cfg(feature = "embedded")]

use std::io::Read as _;
use std::str::FromStr as _;

use boxoffice_engine::db::{contract, migrate};
use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};

use crate::support::cluster::{socket_directory, spawn_with_postgres};

#[test]
fn the_exit_code_is_that_of_the_command_and_the_server_is_gone_afterwards() {
    let (mut child, url) = spawn_with_postgres(7);
    assert!(socket_directory(&url).exists());
    drop(child.stdin.take());
    assert_eq!(child.wait().expect("ends").code(), Some(7));
    assert!(!socket_directory(&url).exists());
}

#[test]
fn killing_the_program_stops_the_server() {
    let (mut child, url) = spawn_with_postgres(0);
    child.kill().expect("SIGKILL leaves no chance to clean up");
    child.wait().expect("ends");
    drop(child.stdin.take());
    // The helper that owns the server has inherited stderr, so this returns when the helper has ended.
    let mut errors = child.stderr.take().expect("piped");
    errors.read_to_string(&mut String::new()).expect("readable");
    assert!(!socket_directory(&url).exists());
}

#[tokio::test]
async fn the_server_keeps_the_contract_that_serve_demands() {
    let (mut child, url) = spawn_with_postgres(0);
    let options = PgConnectOptions::from_str(&url).expect("the URL is one of PostgreSQL");
    let mut connection = PgConnection::connect_with(&options).await.expect("connects");
    migrate::run(&mut connection).await.expect("migrates");
    assert_eq!(contract::breaches(&mut connection).await.expect("answers"), []);
    connection.close().await.expect("closes");
    drop(child.stdin.take());
    assert!(child.wait().expect("ends").success());
}
