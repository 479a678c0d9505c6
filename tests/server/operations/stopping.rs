//! One and two SIGTERM signals, as a deployment sends them.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::Database;
use crate::support::process::ServerProcess;

/// The longest drain window, so that its own end cannot be mistaken for an end by the signal.
const DRAIN_SECONDS_MAX: (&str, &str) = ("DRAIN_SECONDS", "60");
const DRAIN_WINDOW_MAX: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn after_a_signal_requests_are_served_until_a_second_signal_ends_the_drain_window() {
    let database = Database::create().await;
    let server = ServerProcess::start_with(&database, &[DRAIN_SECONDS_MAX]).await;
    let signalled_at = Instant::now();
    server.terminate();
    while server.client.get("/health/ready").await.status != 503 {}
    let event = server.client.post("/api/v1/events", json!({"name": "A show", "total_seats": 5})).await.expect(201);
    assert_eq!(event.header("connection"), "close");

    server.terminate();
    assert_eq!(server.exit_code(), Some(0), "the second signal ends the drain window, not the process");
    assert!(signalled_at.elapsed() < DRAIN_WINDOW_MAX);
    database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_without_a_drain_window_ends_the_process_at_once() {
    let database = Database::create().await;
    let server = ServerProcess::start_with(
        &database,
        &[("DRAIN_SECONDS", "0"), ("DB_LOCK_TIMEOUT_MS", "60000"), ("ANSWER_WITHIN_MS", "60000")],
    )
    .await;
    let event_id = server.client.event(5).await;
    let blocker = database.lock_all_events().await;
    let client = server.client.clone();
    let hold = tokio::spawn(async move {
        let body = json!({"event_id": event_id, "qty": 1});
        client.try_send(reqwest::Method::POST, "/api/v1/holds", &[], Some(body)).await.is_err()
    });
    database.wait_for_blocked_statement().await;
    server.terminate();
    // Connections are refused once the signal has arrived.
    while server.client.try_send(reqwest::Method::GET, "/health/live", &[], None).await.is_ok() {}
    server.terminate();
    assert_eq!(server.exit_code(), Some(130));
    assert!(hold.await.expect("the request ends"), "the request was given up");
    blocker.rollback().await.expect("the blocker lets go");
    database.assert_invariants_hold().await;
}
