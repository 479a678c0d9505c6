//! Nobody waits for long: a locked event, a pool without a connection, a command that is late, a batch that takes its time.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::timeout;
use uuid::Uuid;

use crate::support::{Reply, Service};

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
async fn of_a_locked_event_commands_are_refused_and_reads_are_not_until_its_lock_is_let_go() {
    let service = Service::start_with(|settings| settings.database.lock_timeout = PATIENCE).await;
    let client = &service.client;
    let (locked, free) = (client.event(100).await, client.event(100).await);
    let hold = client.hold(&locked, 1).await.expect(201);
    let other = client.hold(&locked, 1).await.expect(201);
    let booking = client.book(&client.hold(&locked, 1).await.expect(201)).await.expect(201);
    let blocker = service.database.lock_event(&locked).await;
    // Nobody lets go before these are answered, so whoever waited for the lock would wait for ever.
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
    println!("booked {:?} after the lock was let go", let_go.elapsed());
    let (status, free) = (client.status(&locked).await, client.status(&free).await);
    assert_eq!((&status["held"], &status["booked"], &free["booked"]), (&json!(1), &json!(2), &json!(2)));
    service.database.assert_sound().await;
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
    let looked_at = client.hold(&event_id, 1).await.expect(201);
    // Whoever asks for the health of everything reads a table that nothing else needs. They give up soon, but their
    // connections are busy until PostgreSQL lets go of the statement.
    let mut blocker = service.database.pool.begin().await.expect("a transaction begins");
    let lock = "LOCK TABLE _sqlx_migrations IN ACCESS EXCLUSIVE MODE";
    sqlx::query(lock).execute(&mut *blocker).await.expect("the table can be locked");
    let curious = |_| {
        let client = client.clone();
        tokio::spawn(async move { client.get("/api/v1/health/status").await })
    };
    let curious: Vec<_> = (0..CONNECTIONS).map(curious).collect();
    service.database.until_so_many_wait_for_a_lock(2).await;

    // The status of events, which a sale asks for most, has a connection of its own.
    let reads: Vec<String> =
        reads_of(&event_id, &looked_at).into_iter().filter(|path| !path.ends_with("/status")).collect();
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
    client.release(&looked_at).await.expect(200);
    // An instance that sells is one to send requests to.
    for path in ["/health/live", "/health/ready"] {
        client.get(path).await.expect(200);
    }
    service.database.until_so_many_wait_for_a_lock(2).await;
    blocker.rollback().await.expect("the blocker lets go");

    let let_go = Instant::now();
    for reply in join_all(reads.iter().map(|path| client.get(path))).await {
        reply.expect(200);
    }
    println!("all was as before {:?} after the lock was let go", let_go.elapsed());
    for told in join_all(curious).await {
        told.expect("the request is answered").expect(200);
    }
    service.database.assert_sound().await;
}

fn reads_of(event_id: &str, hold: &Reply) -> Vec<String> {
    let event = format!("/api/v1/events/{event_id}");
    let hold = format!("/api/v1/holds/{}", hold.id("hold_id"));
    vec![format!("{event}/status"), event, hold, "/api/v1/events".to_owned(), "/api/v1/metrics".to_owned()]
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
