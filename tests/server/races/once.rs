//! Concurrent repeats on two servers: each effect happens exactly once, and all answers are the same.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Client, Reply, Service};

const REPEATS: usize = 32;

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_repeated_with_its_key_on_two_servers_is_placed_once_with_one_answer() {
    let service = Service::start().await;
    let (second, second_client) = service.start_second_server();
    let clients = [service.client.clone(), second_client];
    let event_id = clients[0].event(1000).await;
    for _ in 0..10 {
        let key = Uuid::now_v7().to_string();
        let body = json!({"event_id": event_id, "qty": 3});
        let replies = join_all((0..REPEATS).map(|n| place_with_key(&clients[n % 2], &key, &body))).await;
        assert_one_effect(&replies, 201);
    }
    assert_eq!(clients[0].status(&event_id).await["held"], 30);
    service.database.assert_invariants_hold().await;
    second.stop().await.expect("the second server stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_used_for_two_events_at_once_places_one_hold_and_refuses_the_other() {
    let service = Service::start().await;
    for _ in 0..20 {
        // Different events have different locks, so the unique index decides, and the loser is refused with the reason.
        let events = [service.client.event(10).await, service.client.event(10).await];
        let key = Uuid::now_v7().to_string();
        let replies = join_all((0..8).map(|n| {
            let body = json!({"event_id": events[n % 2], "qty": 1});
            let (client, key) = (service.client.clone(), key.clone());
            async move { place_with_key(&client, &key, &body).await }
        }))
        .await;
        let (placed, refused): (Vec<_>, Vec<_>) = replies.into_iter().partition(|reply| reply.status.is_success());
        assert_one_effect(&placed, 201);
        assert_eq!(refused.len(), 4, "{refused:?}");
        for reply in refused {
            reply.expect_problem(422, "IDEMPOTENCY_KEY_REUSED");
        }
    }
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_booked_by_many_at_once_on_two_servers_becomes_one_booking() {
    let service = Service::start().await;
    let (second, second_client) = service.start_second_server();
    let clients = [service.client.clone(), second_client];
    let event_id = clients[0].event(100).await;
    for _ in 0..10 {
        let hold = clients[0].hold(&event_id, 2).await.expect(201);
        let replies = join_all((0..REPEATS).map(|n| clients[n % 2].book(&hold))).await;
        assert_one_effect(&replies, 201);
    }
    let status = service.client.status(&event_id).await;
    assert_eq!((&status["booked"], &status["held"]), (&json!(20), &json!(0)));
    service.database.assert_invariants_hold().await;
    second.stop().await.expect("the second server stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_cancelled_by_many_at_once_gives_its_capacity_back_once() {
    let service = Service::start().await;
    let (second, second_client) = service.start_second_server();
    let clients = [service.client.clone(), second_client];
    let event_id = clients[0].event(10).await;
    for _ in 0..10 {
        let hold = clients[0].hold(&event_id, 10).await.expect(201);
        let booking = clients[0].book(&hold).await.expect(201);
        let replies = join_all((0..REPEATS).map(|n| clients[n % 2].cancel(&booking))).await;
        for reply in &replies {
            assert_eq!(reply.status, 200, "{}", reply.text);
            assert_eq!(reply.body, replies[0].body);
        }
        assert_eq!(clients[1].status(&event_id).await["available"], 10);
    }
    let entries = service.database.number("SELECT count(*) FROM journal WHERE kind = 'booking_cancelled'").await;
    assert_eq!(entries, 10);
    service.database.assert_invariants_hold().await;
    second.stop().await.expect("the second server stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_concurrent_release_book_and_expire_exactly_one_succeeds() {
    let service = Service::start().await;
    let event_id = service.client.event(100).await;
    for _ in 0..50 {
        let hold = service.client.hold(&event_id, 1).await.expect(201);
        let (release, book, expire) =
            tokio::join!(service.client.release(&hold), service.client.book(&hold), service.client.expire(&hold));
        let winners = [&release, &book, &expire].into_iter().filter(|reply| reply.status.is_success()).count();
        assert_eq!(winners, 1, "{release:?} {book:?} {expire:?}");
        let ended = service.client.get(&format!("/api/v1/holds/{}", hold.id("hold_id"))).await.expect(200);
        let expected = match (release.status.as_u16(), book.status.as_u16()) {
            (200, _) => "released",
            (_, 201) => "booked",
            _ => "expired",
        };
        assert_eq!(ended.body["status"], expected);
    }
    service.database.assert_invariants_hold().await;
}

async fn place_with_key(client: &Client, key: &str, body: &Value) -> Reply {
    client.send(Method::POST, "/api/v1/holds", &[("Idempotency-Key", key)], Some(body.clone())).await
}

/// Asserts that all succeeded with the same body, and that all but one are marked as replayed.
#[track_caller]
fn assert_one_effect(replies: &[Reply], status: u16) {
    assert!(!replies.is_empty());
    for reply in replies {
        assert_eq!(reply.status.as_u16(), status, "{}", reply.text);
        assert_eq!(reply.body, replies[0].body);
    }
    assert_eq!(replies.iter().filter(|reply| !reply.is_replayed()).count(), 1);
}
