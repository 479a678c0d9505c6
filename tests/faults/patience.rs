//! Nobody waits for long: a locked event, a command that is late, a batch that takes its time.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::task::JoinSet;
use tokio::time::timeout;
use uuid::Uuid;

use crate::support::Service;
use serde_json::json;

const PATIENCE: Duration = Duration::from_millis(100);
/// Longer than a test takes.
const LONG: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn events_that_somebody_keeps_locked_keep_no_other_event_waiting() {
    let service = Service::start_with(|settings| {
        settings.inventory.lanes = 1;
        settings.database.lock_timeout = PATIENCE;
    })
    .await;
    let events = join_all((0..4).map(|_| service.client.event(100))).await;
    let (free, locked) = events.split_last().expect("there are four");
    let blockers = join_all(locked.iter().map(|event_id| service.database.lock_event(event_id))).await;
    for _ in 0..3 {
        let replies = join_all((0..20).map(|number| service.client.hold(&events[number % 4], 1))).await;
        for (number, reply) in replies.into_iter().enumerate() {
            if &events[number % 4] == free {
                reply.expect(201);
            } else {
                reply.expect_problem(503, "UNAVAILABLE");
            }
        }
    }
    for blocker in blockers {
        blocker.rollback().await.expect("the blocker lets go");
    }

    for event_id in locked {
        service.client.hold(event_id, 1).await.expect(201);
        assert_eq!(service.client.status(event_id).await["held"], 1);
    }
    assert_eq!(service.client.status(free).await["held"], 15);
    service.database.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_is_late_when_its_turn_comes_is_refused_and_not_executed() {
    let service = Service::start_with(|settings| settings.inventory.command_deadline = Duration::ZERO).await;
    let event_id = service.client.event(10).await;
    let late = service.client.hold(&event_id, 1).await.expect_problem(503, "OVERLOADED");
    assert!(!late.header("retry-after").is_empty(), "{:?}", late.headers);
    assert_eq!(service.client.status(&event_id).await["held"], 0);
    service.database.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_would_be_late_is_refused_at_once() {
    // Nothing else refuses: who waits may wait, and whoever is late is told so only when the lock is free.
    let service = Service::start_with(|settings| {
        settings.inventory.command_deadline = Duration::from_millis(2);
        settings.inventory.answer_within = LONG;
        settings.database.lock_timeout = LONG;
    })
    .await;
    let event_id = service.client.event(100).await;
    let blocker = service.database.lock_event(&event_id).await;
    let mut waiting = JoinSet::new();
    let mut refused = None;
    // The first is in the batch that waits for the lock, the second behind it, and so on until the line stands still.
    for _ in 0..20 {
        let (client, event_id) = (service.client.clone(), event_id.clone());
        waiting.spawn(async move { client.hold(&event_id, 1).await });
        if let Ok(Some(reply)) = timeout(PATIENCE, waiting.join_next()).await {
            refused = Some(reply.expect("the request is answered"));
            break;
        }
    }
    let refused = refused.expect("nobody was refused while the line stood still").expect_problem(503, "OVERLOADED");
    assert!(!refused.header("retry-after").is_empty(), "{:?}", refused.headers);

    blocker.rollback().await.expect("the blocker lets go");
    let replies = waiting.join_all().await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1, "only the first was in time");
    service.database.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_too_long_is_told_whether_their_command_had_begun() {
    let service = Service::start_with(|settings| {
        settings.inventory.lanes = 1;
        settings.inventory.answer_within = PATIENCE;
    })
    .await;
    let event_id = service.client.event(10).await;
    let body = json!({"event_id": event_id, "qty": 1});
    let blocker = service.database.lock_everything().await;
    let (begun, waits) = (Uuid::now_v7().to_string(), Uuid::now_v7().to_string());
    let first = tokio::spawn({
        let (client, begun, body) = (service.client.clone(), begun.clone(), body.clone());
        async move { client.post_with_key("/api/v1/holds", &begun, &body).await }
    });
    service.database.until_somebody_waits_for_a_lock().await;
    let second = service.client.post_with_key("/api/v1/holds", &waits, &body).await;
    first.await.expect("the request is answered").expect_problem(503, "OUTCOME_UNKNOWN");
    second.expect_problem(503, "OVERLOADED");
    blocker.rollback().await.expect("the blocker lets go");

    let again = service.client.post_with_key("/api/v1/holds", &begun, &body).await.expect(201);
    assert_eq!(again.header("idempotent-replayed"), "true");
    // Given up before it began: the lane passed it over.
    assert_eq!(service.client.status(&event_id).await["held"], 1);
    service.database.assert_sound().await;
}
