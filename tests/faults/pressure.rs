//! The database refuses, blocks, or is slower than the load.

use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use super::disconnects::{connection_with, request};
use crate::support::{Reply, Service};

#[tokio::test(flavor = "multi_thread")]
async fn in_a_poisoned_batch_only_the_offending_command_fails() {
    let service = Service::start().await;
    let event_id = service.client.event(1000).await;
    let isolated = service.client.metric("batches_isolated_total").await;
    // PostgreSQL refuses this hold, which `decide` allows.
    service.database.execute("ALTER TABLE holds ADD CONSTRAINT test_poison CHECK (quantity <> 7)").await;
    let blocker = service.database.lock_all_events().await;
    let requests = (1..=20).map(|qty| {
        let (client, event_id) = (service.client.clone(), event_id.clone());
        tokio::spawn(async move { client.hold(&event_id, qty).await })
    });
    let requests: Vec<_> = requests.collect();
    service.database.wait_for_blocked_statement().await;
    blocker.rollback().await.expect("the blocker lets go");

    for (qty, reply) in (1..=20).zip(join_all(requests).await) {
        let reply = reply.expect("the request is answered");
        if qty == 7 {
            let failed = reply.expect_problem(500, "INTERNAL");
            assert!(!failed.text.contains("test_poison"), "the response shows an internal detail: {}", failed.text);
        } else {
            reply.expect(201);
        }
    }
    assert_eq!(service.client.status(&event_id).await["held"], (1..=20).sum::<i64>() - 7);
    assert!(service.client.metric("batches_isolated_total").await > isolated);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_answers_503_at_once_and_accepted_commands_are_finished() {
    let service = Service::start_with(|settings| {
        settings.inventory.lanes = 1;
        settings.inventory.batch_max = 4;
        settings.inventory.event_queue_max = 8;
    })
    .await;
    let event_id = service.client.event(1000).await;
    let blocker = service.database.lock_all_events().await;
    let mut running: Vec<_> = (0..64)
        .map(|_| {
            let (client, event_id) = (service.client.clone(), event_id.clone());
            tokio::spawn(async move { client.hold(&event_id, 1).await })
        })
        .collect();
    service.database.wait_for_blocked_statement().await;
    // Refusals come while the batch still waits: at most 4 commands run and 8 wait.
    while running.len() > 12 {
        let (reply, _, rest) = futures_util::future::select_all(running).await;
        let refused = reply.expect("the request is answered").expect_problem(503, "OVERLOADED");
        assert!(!refused.header("retry-after").is_empty(), "{:?}", refused.headers);
        running = rest;
    }
    blocker.rollback().await.expect("the blocker lets go");
    let accepted: Vec<Reply> = join_all(running).await.into_iter().map(|reply| reply.expect("answered")).collect();

    let held = accepted.iter().filter(|reply| reply.status == 201).count();
    assert_eq!(service.client.status(&event_id).await["held"], held);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_event_is_unavailable_until_its_lock_is_released() {
    let service = Service::start_with(|settings| settings.database.lock_timeout = Duration::from_millis(100)).await;
    let event_id = service.client.event(10).await;
    let retries = service.client.metric("batch_retries_total").await;
    let blocker = service.database.lock_all_events().await;
    let refused = service.client.hold(&event_id, 1).await.expect_problem(503, "UNAVAILABLE");
    assert!(!refused.header("retry-after").is_empty(), "{:?}", refused.headers);
    assert!(service.client.metric("batch_retries_total").await > retries);
    blocker.rollback().await.expect("the blocker lets go");

    service.client.hold(&event_id, 1).await.expect(201);
    assert_eq!(service.client.status(&event_id).await["held"], 1);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_server_finishes_accepted_requests() {
    let service = Service::start().await;
    let event_id = service.client.event(10).await;
    let blocker = service.database.lock_all_events().await;
    let hold = tokio::spawn({
        let (client, event_id) = (service.client.clone(), event_id.clone());
        async move { client.hold(&event_id, 1).await }
    });
    service.database.wait_for_blocked_statement().await;
    let Service { database, running, .. } = service;
    let stopping = tokio::spawn(running.stop());
    blocker.rollback().await.expect("the blocker lets go");

    hold.await.expect("the request is answered").expect(201);
    stopping.await.expect("the server stops").expect("the server stops cleanly");
    assert_eq!(database.number("SELECT held::bigint FROM pools").await, 1);
    database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_server_finishes_begun_commands_and_skips_commands_without_a_caller() {
    const WAITING: usize = 50;
    let service = Service::start_with(|settings| {
        settings.inventory.lanes = 1;
        settings.inventory.batch_max = 1;
    })
    .await;
    let event_id = service.client.event(100).await;
    let blocker = service.database.lock_all_events().await;
    let place = request("POST", "/api/v1/holds", &json!({"event_id": event_id, "qty": 1}).to_string());
    let address = service.running.address();
    let callers = join_all((0..1 + WAITING).map(|_| connection_with(address, &place))).await;
    while service.running.app().inventory.lanes_health().queue_depth < WAITING {
        tokio::task::yield_now().await;
    }
    drop(callers);
    let Service { database, running, client } = service;
    let stopping = tokio::spawn(running.stop());
    // Once the server no longer answers, the callers' handlers are dropped and the lanes are being stopped.
    while client.try_send(Method::GET, "/health/live", &[], None).await.is_ok() {}
    blocker.rollback().await.expect("the blocker lets go");

    stopping.await.expect("the server stops").expect("the server stops cleanly");
    assert_eq!(database.number("SELECT held::bigint FROM pools").await, 1);
    database.assert_invariants_hold().await;
}
