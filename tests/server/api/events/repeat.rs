//! `Idempotency-Key` on `POST /api/v1/events`: one key creates one event, and every repeat gets the stored response.

use futures_util::future::join_all;
use serde_json::json;
use uuid::Uuid;

use crate::api::stage::{Concert, assert_fingerprint, with_member};
use crate::support::Service;

const EVENTS: &str = "/api/v1/events";

fn key() -> String {
    Uuid::now_v7().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_with_the_same_key_gets_the_first_response_byte_for_byte() {
    let service = Service::start().await;
    let (key, request) = (key(), Concert::request());
    let first = service.client.post_with_key(EVENTS, &key, &request).await.expect(201);
    // The repeat returns the stored response, so a later change must not show in it.
    let path = first.header("location").to_owned();
    service.client.patch(&path, json!({"name": "Renamed"})).await.expect(200);
    let quoted = format!("\"{}\"", key.to_uppercase());
    for spelling in [&key, &quoted] {
        let repeat = service.client.post_with_key(EVENTS, spelling, &request).await.expect(201);
        assert_eq!(repeat.text, first.text);
        assert_eq!(repeat.header("location"), first.header("location"));
        assert!(repeat.is_replayed() && !first.is_replayed());
    }
    assert_eq!(service.database.number("SELECT count(*) FROM events").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn field_order_white_space_and_explicit_nulls_do_not_change_the_fingerprint() {
    let service = Service::start().await;
    let key = key();
    let headers = [("Idempotency-Key", key.as_str()), ("Content-Type", "application/json; charset=utf-8")];
    let spellings = [
        r#"{"name":"A show","total_seats":5}"#,
        "{ \"total_seats\" : 5,\n \"name\" : \"A show\" }",
        r#"{"name":"A show","total_seats":5,"venue_name":null}"#,
    ];
    for (n, spelling) in spellings.into_iter().enumerate() {
        let reply = service.client.send_text(reqwest::Method::POST, EVENTS, &headers, spelling).await.expect(201);
        assert_eq!(reply.is_replayed(), n > 0, "{spelling}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_sent_before_a_software_release_can_be_repeated_after_it() {
    let service = Service::start().await;
    let request = json!({
        "name": "A show", "pools": [{"name": "Stalls", "capacity": 5}],
        "ticket_types": [{"name": "Adult", "pool": "Stalls", "price": 0}],
    });
    service.client.post_with_key(EVENTS, &key(), &request).await.expect(201);
    // Clients repeat requests across releases: do not change this body. A new field may enter it only if it was sent.
    let canonical_body = concat!(
        r#"{"name":"A show","total_seats":null,"description":null,"venue_name":null,"starts_at":null,"ends_at":null,"#,
        r#""time_zone":null,"currency":null,"hold_ttl_seconds":null,"max_quantity_per_hold":null,"sale_starts_at":null,"#,
        r#""sale_ends_at":null,"status":null,"pools":[{"name":"Stalls","capacity":5}],"#,
        r#""ticket_types":[{"name":"Adult","pool":"Stalls","price":0,"min_quantity":null,"max_quantity":null}]}"#,
    );
    assert_fingerprint(&service.database, "POST /api/v1/events", canonical_body).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_with_another_body_is_refused() {
    let service = Service::start().await;
    let key = key();
    service.client.post_with_key(EVENTS, &key, &Concert::request()).await.expect(201);
    let other = with_member(Concert::request(), "/pools/0/capacity", json!(11));
    service.client.post_with_key(EVENTS, &key, &other).await.expect_problem(422, "IDEMPOTENCY_KEY_REUSED");
    assert_eq!(service.database.number("SELECT count(*) FROM events").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_does_not_use_its_key_up() {
    let service = Service::start().await;
    let key = key();
    let wrong = with_member(Concert::request(), "/name", json!(""));
    service.client.post_with_key(EVENTS, &key, &wrong).await.expect_invalid("/name");
    let corrected = service.client.post_with_key(EVENTS, &key, &Concert::request()).await.expect(201);
    assert!(!corrected.is_replayed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_no_uuid_is_refused() {
    let service = Service::start().await;
    for key in ["1", "order-4711", "", &"0".repeat(32), &"f".repeat(32)] {
        let refused = service.client.post_with_key(EVENTS, key, &Concert::request()).await;
        refused.expect_invalid("Idempotency-Key");
    }
    assert_eq!(service.database.number("SELECT count(*) FROM events").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_20_concurrent_requests_with_one_key_exactly_one_creates_the_event() {
    let service = Service::start().await;
    let (key, request) = (key(), Concert::request());
    let replies = join_all((0..20).map(|_| service.client.post_with_key(EVENTS, &key, &request))).await;
    // A request that waits too long for the first one gets 409, and the stored response if it repeats.
    let (created, in_progress): (Vec<_>, Vec<_>) = replies.into_iter().partition(|reply| reply.status == 201);
    for reply in in_progress {
        reply.expect_problem(409, "REQUEST_IN_PROGRESS");
    }
    assert_eq!(created.iter().filter(|reply| !reply.is_replayed()).count(), 1);
    assert!(created.iter().all(|reply| reply.text == created[0].text));
    assert_eq!(service.database.number("SELECT count(*) FROM events").await, 1);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_first_request_is_still_running_a_repeat_is_refused_with_retry_after() {
    let service = Service::start().await;
    let key = key();
    let mut running = service.database.pool.begin().await.expect("a transaction begins");
    sqlx::query("INSERT INTO idempotency_keys VALUES ($1::uuid, '', 201, '{}', clock_timestamp())")
        .bind(&key)
        .execute(&mut *running)
        .await
        .expect("the key is not in use");
    let early = service.client.post_with_key(EVENTS, &key, &Concert::request()).await;
    let early = early.expect_problem(409, "REQUEST_IN_PROGRESS");
    assert_eq!(early.header("retry-after"), "1");

    running.rollback().await.expect("the first request fails");
    let repeat = service.client.post_with_key(EVENTS, &key, &Concert::request()).await.expect(201);
    assert!(!repeat.is_replayed());
}
