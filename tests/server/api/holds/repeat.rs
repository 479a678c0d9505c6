//! `Idempotency-Key` on `POST /api/v1/holds`.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::api::stage::{Concert, UNKNOWN_ID, with_member};
use crate::support::{Reply, Service};

const HOLDS: &str = "/api/v1/holds";

fn key() -> String {
    Uuid::now_v7().to_string()
}

/// Starts a service with an event of 5 places; returns them with a request for 2 places.
async fn set_up() -> (Service, String, Value) {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let request = json!({"event_id": event_id, "qty": 2});
    (service, event_id, request)
}

#[track_caller]
fn assert_repeats(repeat: &Reply, first: &Reply) {
    assert_eq!((repeat.status, &repeat.text), (first.status, &first.text));
    assert_eq!(repeat.header("location"), first.header("location"));
    assert!(repeat.is_replayed() && !first.is_replayed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_with_the_same_key_gets_the_first_response_byte_for_byte_in_every_state_of_the_hold() {
    let (service, event_id, request) = set_up().await;
    for end in ["live", "extended", "overdue", "expired", "released", "booked"] {
        let key = key();
        let first = service.client.post_with_key(HOLDS, &key, &request).await.expect(201);
        match end {
            "extended" => drop(service.client.extend(&first).await.expect(200)),
            "overdue" => {
                let past =
                    "UPDATE holds SET expires_at = created_at + interval '1 microsecond' WHERE status = 'active'";
                assert_eq!(service.database.execute(past).await, 1);
            }
            "expired" => drop(service.client.expire(&first).await.expect(200)),
            "released" => drop(service.client.release(&first).await.expect(200)),
            "booked" => drop(service.client.book(&first).await.expect(201)),
            _ => {}
        }
        let before = service.client.status(&event_id).await["sequence"].clone();
        let repeat = service.client.post_with_key(HOLDS, &key, &request).await;
        assert_repeats(&repeat, &first);
        assert_eq!(service.client.status(&event_id).await["sequence"], before, "{end}: a repeat changes nothing");
        service.database.execute("UPDATE holds SET expires_at = created_at + interval '1 minute'").await;
        if matches!(end, "live" | "extended" | "overdue") {
            service.client.release(&first).await.expect(200);
        }
    }
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_is_answered_even_when_the_event_is_sold_out_or_cancelled() {
    let (service, event_id, request) = set_up().await;
    let key = key();
    let first = service.client.post_with_key(HOLDS, &key, &request).await.expect(201);
    service.client.hold(&event_id, 3).await.expect(201);
    assert_repeats(&service.client.post_with_key(HOLDS, &key, &request).await, &first);
    service.client.patch(&format!("/api/v1/events/{event_id}"), json!({"status": "cancelled"})).await.expect(200);
    assert_repeats(&service.client.post_with_key(HOLDS, &key, &request).await, &first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_is_equal_byte_for_byte_for_any_order_of_its_items() {
    let service = Service::start().await;
    let concert = Concert::create(&service.client).await;
    for order in [[&concert.adult, &concert.box_seat], [&concert.box_seat, &concert.adult]] {
        let items: Vec<Value> = order.iter().map(|id| json!({"ticket_type_id": id, "qty": 1})).collect();
        let request = json!({"event_id": concert.event_id, "items": items});
        let key = key();
        let first = service.client.post_with_key(HOLDS, &key, &request).await.expect(201);
        assert_repeats(&service.client.post_with_key(HOLDS, &key, &request).await, &first);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_with_another_body_is_refused() {
    let (service, event_id, request) = set_up().await;
    let key = key();
    service.client.post_with_key(HOLDS, &key, &request).await.expect(201);
    let others = [
        with_member(request.clone(), "/qty", json!(1)),
        with_member(request.clone(), "/ttl_seconds", json!(60)),
        with_member(request.clone(), "/event_id", json!(service.client.event(5).await)),
        with_member(request.clone(), "/event_id", json!(UNKNOWN_ID)),
    ];
    for other in others {
        let refused = service.client.post_with_key(HOLDS, &key, &other).await;
        refused.expect_problem(422, "IDEMPOTENCY_KEY_REUSED");
    }
    assert_eq!(service.client.status(&event_id).await["held"], 2);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_not_stored_under_its_key_so_the_next_try_is_decided_anew() {
    let (service, event_id, request) = set_up().await;
    let key = key();
    let others = service.client.hold(&event_id, 5).await.expect(201);
    service.client.post_with_key(HOLDS, &key, &request).await.expect_problem(409, "INSUFFICIENT_SEATS");
    service.client.release(&others).await.expect(200);
    let second = service.client.post_with_key(HOLDS, &key, &request).await.expect(201);
    assert!(!second.is_replayed());
    // A refused request does not bind its key to its body either.
    let other_key = self::key();
    let too_many = with_member(request.clone(), "/qty", json!(4));
    service.client.post_with_key(HOLDS, &other_key, &too_many).await.expect_problem(409, "INSUFFICIENT_SEATS");
    service.client.post_with_key(HOLDS, &other_key, &request).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_every_request_is_a_new_one() {
    let (service, event_id, request) = set_up().await;
    let first = service.client.post(HOLDS, request.clone()).await.expect(201);
    let second = service.client.post(HOLDS, request).await.expect(201);
    assert_ne!(first.id("hold_id"), second.id("hold_id"));
    assert_ne!(first.id("payment_token"), second.id("payment_token"));
    assert_eq!(service.client.status(&event_id).await["held"], 4);
}
