//! Limits on waiting: a locked event, a pool without a free connection, a late command, a slow batch.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::timeout;
use uuid::Uuid;

use crate::support::{Reply, Service};

const SHORT_TIMEOUT: Duration = Duration::from_millis(100);
/// Longer than a test takes.
const LONG_TIMEOUT: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn locked_events_do_not_make_another_event_wait() {
    let service = Service::start_with(|settings| {
        settings.inventory.lanes = 1;
        settings.database.lock_timeout = SHORT_TIMEOUT;
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
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_an_event_is_locked_its_commands_are_refused_and_its_reads_are_answered() {
    let service = Service::start_with(|settings| settings.database.lock_timeout = SHORT_TIMEOUT).await;
    let client = &service.client;
    let (locked, free) = (client.event(100).await, client.event(100).await);
    let hold = client.hold(&locked, 1).await.expect(201);
    let other = client.hold(&locked, 1).await.expect(201);
    let booking = client.book(&client.hold(&locked, 1).await.expect(201)).await.expect(201);
    let blocker = service.database.lock_event(&locked).await;
    // The lock is released only after these are answered, so a command without a limit would never be.
    for _ in 0..2 {
        let refused = tokio::join!(
            client.hold(&locked, 1),
            client.book(&hold),
            client.extend(&other),
            client.release(&other),
            client.cancel(&booking),
        );
        for refused in <[_; 5]>::from(refused) {
            let refused = refused.expect_problem(503, "UNAVAILABLE");
            assert!(!refused.header("retry-after").is_empty(), "{:?}", refused.headers);
        }
        let sold = client.book(&client.hold(&free, 1).await.expect(201)).await;
        sold.expect(201);
        for path in [
            format!("/api/v1/events/{locked}/status"),
            format!("/api/v1/events/{locked}"),
            format!("/api/v1/holds/{}", hold.id("hold_id")),
            format!("/api/v1/bookings/{}", booking.id("booking_id")),
        ] {
            client.get(&path).await.expect(200);
        }
    }
    blocker.rollback().await.expect("the blocker lets go");

    let let_go = Instant::now();
    client.book(&hold).await.expect(201);
    println!("booked {:?} after the lock was released", let_go.elapsed());
    let (status, free) = (client.status(&locked).await, client.status(&free).await);
    assert_eq!((&status["held"], &status["booked"], &free["booked"]), (&json!(1), &json!(2), &json!(2)));
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_requests_have_taken_every_connection_reads_are_refused_soon_and_the_sale_goes_on() {
    const CONNECTIONS: usize = 2;
    let service = Service::start_with(|settings| {
        settings.database.pool_connections_max = u32::try_from(CONNECTIONS).expect("two");
        settings.database.acquire_timeout = Duration::from_secs(1);
        settings.database.lock_timeout = Duration::from_secs(60);
    })
    .await;
    let client = &service.client;
    let event_id = client.event(100).await;
    let existing_hold = client.hold(&event_id, 1).await.expect(201);
    // The health status reads a table that nothing else needs. These requests time out soon, but their connections stay
    // in use until PostgreSQL has ended the statements.
    let mut blocker = service.database.pool.begin().await.expect("a transaction begins");
    let lock = "LOCK TABLE _sqlx_migrations IN ACCESS EXCLUSIVE MODE";
    sqlx::query(lock).execute(&mut *blocker).await.expect("the table can be locked");
    let request = |_| {
        let client = client.clone();
        tokio::spawn(async move { client.get("/api/v1/health/status").await })
    };
    let health_requests: Vec<_> = (0..CONNECTIONS).map(request).collect();
    service.database.wait_for_blocked_statements(2).await;

    // The status of an event, the most frequent read of a sale, has its own connection.
    let reads: Vec<String> =
        read_paths(&event_id, &existing_hold).into_iter().filter(|path| !path.ends_with("/status")).collect();
    let new_event = json!({"name": "A show", "total_seats": 5});
    let refused = join_all(reads.iter().map(|path| client.get(path)));
    let (refused, created) = tokio::join!(refused, client.post("/api/v1/events", new_event));
    for (path, reply) in reads.iter().zip(refused).chain([(&"POST".to_owned(), created)]) {
        let reply = reply.expect_problem(503, "UNAVAILABLE");
        assert!(!reply.header("retry-after").is_empty(), "{path}: {:?}", reply.headers);
    }
    let hold = client.hold(&event_id, 2).await.expect(201);
    assert_eq!(client.status(&event_id).await["held"], 3);
    client.extend(&hold).await.expect(200);
    let booking = client.book(&hold).await.expect(201);
    client.cancel(&booking).await.expect(200);
    client.release(&existing_hold).await.expect(200);
    // An instance whose lanes work counts as ready.
    for path in ["/health/live", "/health/ready"] {
        client.get(path).await.expect(200);
    }
    service.database.wait_for_blocked_statements(2).await;
    blocker.rollback().await.expect("the blocker lets go");

    let let_go = Instant::now();
    for reply in join_all(reads.iter().map(|path| client.get(path))).await {
        reply.expect(200);
    }
    println!("reads succeeded {:?} after the lock was released", let_go.elapsed());
    for reply in join_all(health_requests).await {
        reply.expect("the request is answered").expect(200);
    }
    service.database.assert_invariants_hold().await;
}

fn read_paths(event_id: &str, hold: &Reply) -> Vec<String> {
    let event = format!("/api/v1/events/{event_id}");
    let hold = format!("/api/v1/holds/{}", hold.id("hold_id"));
    vec![format!("{event}/status"), event, hold, "/api/v1/events".to_owned(), "/api/v1/metrics".to_owned()]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_past_its_deadline_when_its_turn_comes_is_refused_and_not_executed() {
    let service = Service::start_with(|settings| settings.inventory.command_deadline = Duration::ZERO).await;
    let event_id = service.client.event(10).await;
    let late = service.client.hold(&event_id, 1).await.expect_problem(503, "OVERLOADED");
    assert!(!late.header("retry-after").is_empty(), "{:?}", late.headers);
    assert_eq!(service.client.status(&event_id).await["held"], 0);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_would_miss_its_deadline_is_refused_at_once() {
    // Only the deadline may refuse here: the other limits are too long to matter while the lock is held.
    let service = Service::start_with(|settings| {
        settings.inventory.command_deadline = Duration::from_millis(2);
        settings.inventory.answer_within = LONG_TIMEOUT;
        settings.database.lock_timeout = LONG_TIMEOUT;
    })
    .await;
    let event_id = service.client.event(100).await;
    let blocker = service.database.lock_event(&event_id).await;
    let mut waiting = JoinSet::new();
    let mut refused = None;
    // The first command is in the batch that waits for the lock; the others queue until one is refused.
    for _ in 0..20 {
        let (client, event_id) = (service.client.clone(), event_id.clone());
        waiting.spawn(async move { client.hold(&event_id, 1).await });
        if let Ok(Some(reply)) = timeout(SHORT_TIMEOUT, waiting.join_next()).await {
            refused = Some(reply.expect("the request is answered"));
            break;
        }
    }
    let refused =
        refused.expect("a command is refused while the queue does not move").expect_problem(503, "OVERLOADED");
    assert!(!refused.header("retry-after").is_empty(), "{:?}", refused.headers);

    blocker.rollback().await.expect("the blocker lets go");
    let replies = waiting.join_all().await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1, "only the first was in time");
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_waited_too_long_is_told_whether_its_command_had_begun() {
    let service = Service::start_with(|settings| {
        settings.inventory.lanes = 1;
        settings.inventory.answer_within = SHORT_TIMEOUT;
    })
    .await;
    let event_id = service.client.event(10).await;
    let body = json!({"event_id": event_id, "qty": 1});
    let blocker = service.database.lock_all_events().await;
    let (begun_key, waiting_key) = (Uuid::now_v7().to_string(), Uuid::now_v7().to_string());
    let first = tokio::spawn({
        let (client, begun_key, body) = (service.client.clone(), begun_key.clone(), body.clone());
        async move { client.post_with_key("/api/v1/holds", &begun_key, &body).await }
    });
    service.database.wait_for_blocked_statement().await;
    let second = service.client.post_with_key("/api/v1/holds", &waiting_key, &body).await;
    first.await.expect("the request is answered").expect_problem(503, "OUTCOME_UNKNOWN");
    second.expect_problem(503, "OVERLOADED");
    blocker.rollback().await.expect("the blocker lets go");

    let again = service.client.post_with_key("/api/v1/holds", &begun_key, &body).await.expect(201);
    assert_eq!(again.header("idempotent-replayed"), "true");
    // The second command was given up before it began, so the lane skipped it.
    assert_eq!(service.client.status(&event_id).await["held"], 1);
    service.database.assert_invariants_hold().await;
}
