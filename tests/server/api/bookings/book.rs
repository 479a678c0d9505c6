//! `POST /api/v1/book` and `GET /api/v1/bookings/{id}`.

use serde_json::{Value, json};

use crate::api::stage::{Concert, UNKNOWN_ID, time, with_member, without_member};
use crate::support::{Reply, Service};

async fn book(service: &Service, hold_id: &str, payment_token: &str) -> Reply {
    service.client.post("/api/v1/book", json!({"hold_id": hold_id, "payment_token": payment_token})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_becomes_a_booking_with_its_items_at_its_prices_and_nothing_is_charged_yet() {
    let service = Service::start().await;
    let concert = Concert::create(&service.client).await;
    let hold = concert.hold(&service.client, &[(&concert.adult, 2), (&concert.box_seat, 1)]).await.expect(201);
    let booking = service.client.book(&hold).await.expect(201);
    let body = &booking.body;
    assert_eq!(
        *body,
        json!({
            "booking_id": body["booking_id"], "hold_id": hold.body["hold_id"], "event_id": concert.event_id,
            "status": "confirmed", "qty": 3, "items": hold.body["items"], "total": 9000, "currency": "EUR",
            "payment": "not_required", "created_at": body["created_at"],
        })
    );
    assert!(time(&body["created_at"]) > time(&hold.body["created_at"]));
    assert!(!booking.is_replayed());
    let path = format!("/api/v1/bookings/{}", booking.id("booking_id"));
    assert_eq!(booking.header("location"), path);
    assert_eq!(service.client.get(&path).await.expect(200).body, *body);
    let pools = service.client.status(&concert.event_id).await["pools"].clone();
    assert_eq!((&pools[0]["held"], &pools[0]["booked"], &pools[1]["booked"]), (&json!(0), &json!(2), &json!(1)));
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_of_book_with_the_same_token_returns_the_original_booking_even_long_after_the_expiry() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let hold = service.client.hold(&event_id, 2).await.expect(201);
    let first = service.client.book(&hold).await.expect(201);
    let long_ago =
        "UPDATE holds SET created_at = created_at - interval '1 year', expires_at = expires_at - interval '1 year'";
    for time in ["before", "after"] {
        if time == "after" {
            assert_eq!(service.database.execute(long_ago).await, 1);
        }
        let retry = service.client.book(&hold).await.expect(201);
        assert_eq!(retry.text, first.text, "{time} the expiry");
        assert_eq!(retry.header("location"), first.header("location"));
        assert!(retry.is_replayed());
    }
    assert_eq!(service.client.status(&event_id).await["booked"], 2);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn book_with_a_wrong_token_is_refused_identically_with_and_without_a_booking_and_changes_nothing() {
    let service = Service::start().await;
    let event_id = service.client.event(9).await;
    let live = service.client.hold(&event_id, 1).await.expect(201);
    let other = service.client.hold(&event_id, 1).await.expect(201);
    let booked = service.client.hold(&event_id, 1).await.expect(201);
    service.client.book(&booked).await.expect(201);
    let released = service.client.hold(&event_id, 1).await.expect(201);
    service.client.release(&released).await.expect(200);
    let overdue = service.client.hold(&event_id, 1).await.expect(201);
    service.database.make_overdue(&overdue.id("hold_id")).await;
    let before = service.client.status(&event_id).await;

    let mut problems: Vec<Value> = Vec::new();
    for hold in [&live, &booked, &released, &overdue] {
        for token in ["", "wrong", &other.id("payment_token"), &hold.id("payment_token").to_lowercase()] {
            let refused = book(&service, &hold.id("hold_id"), token).await.expect_problem(403, "INVALID_PAYMENT_TOKEN");
            problems.push(without_member(refused.body, "/request_id"));
        }
    }
    assert!(problems.iter().all(|problem| *problem == problems[0]), "{problems:?}");
    let after = service.client.status(&event_id).await;
    assert_eq!(without_member(after, "/as_of"), without_member(before, "/as_of"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_hold_cannot_be_booked() {
    let service = Service::start().await;
    book(&service, UNKNOWN_ID, "wrong").await.expect_problem(404, "HOLD_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_has_expired_or_was_released_cannot_be_booked() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let overdue = service.client.hold(&event_id, 1).await.expect(201);
    service.database.make_overdue(&overdue.id("hold_id")).await;
    for _ in ["not swept", "expired by the first try"] {
        let refused = service.client.book(&overdue).await.expect_problem(410, "HOLD_EXPIRED");
        assert!(time(&refused.body["expired_at"]) < time(&overdue.body["expires_at"]), "{}", refused.text);
    }
    let released = service.client.hold(&event_id, 1).await.expect(201);
    service.client.release(&released).await.expect(200);
    let refused = service.client.book(&released).await.expect_problem(409, "HOLD_NOT_ACTIVE");
    assert_eq!(refused.body["hold_status"], "released");
    assert_eq!(service.database.number("SELECT count(*) FROM bookings").await, 0);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_an_event_is_closed_its_live_holds_may_still_be_booked_until_they_expire() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let live = service.client.hold(&event_id, 1).await.expect(201);
    let late = service.client.hold(&event_id, 1).await.expect(201);
    service.client.patch(&format!("/api/v1/events/{event_id}"), json!({"status": "closed"})).await.expect(200);
    service.client.book(&live).await.expect(201);
    service.database.make_overdue(&late.id("hold_id")).await;
    service.client.book(&late).await.expect_problem(410, "HOLD_EXPIRED");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_an_event_is_cancelled_its_holds_cannot_be_booked_and_a_repeat_of_book_is_still_answered() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let live = service.client.hold(&event_id, 1).await.expect(201);
    let booked = service.client.hold(&event_id, 1).await.expect(201);
    let booking = service.client.book(&booked).await.expect(201);
    service.client.patch(&format!("/api/v1/events/{event_id}"), json!({"status": "cancelled"})).await.expect(200);
    let refused = service.client.book(&live).await.expect_problem(409, "HOLD_NOT_ACTIVE");
    assert_eq!(refused.body["hold_status"], "released");
    assert_eq!(service.client.book(&booked).await.expect(201).text, booking.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_to_book_that_is_not_valid_is_refused_with_its_pointer() {
    let service = Service::start().await;
    let valid = json!({"hold_id": UNKNOWN_ID, "payment_token": "a token"});
    let requests = [
        (without_member(valid.clone(), "/hold_id"), "/hold_id"),
        (without_member(valid.clone(), "/payment_token"), "/payment_token"),
        (with_member(valid.clone(), "/hold_id", json!("x")), "/hold_id"),
        (with_member(valid.clone(), "/payment_token", json!(null)), "/payment_token"),
        (with_member(valid.clone(), "/payment_token", json!(5)), "/payment_token"),
        (with_member(valid, "/qty", json!(1)), "/qty"),
    ];
    for (request, pointer) in requests {
        service.client.post("/api/v1/book", request).await.expect_invalid(pointer);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_booking_is_not_found() {
    let service = Service::start().await;
    service.client.get(&format!("/api/v1/bookings/{UNKNOWN_ID}")).await.expect_problem(404, "BOOKING_NOT_FOUND");
    let cancel = service.client.post(&format!("/api/v1/bookings/{UNKNOWN_ID}/cancel"), json!({})).await;
    cancel.expect_problem(404, "BOOKING_NOT_FOUND");
}
