//! `POST /api/v1/holds/{id}/expire`: an operator ends a hold before its expiry.

use serde_json::json;

use crate::api::stage::{UNKNOWN_ID, time};
use crate::support::Service;

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_an_operator_expires_repeatedly_is_expired_once() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let hold = service.client.hold(&event_id, 5).await.expect(201);
    let expected = json!({"success": true, "hold_id": hold.id("hold_id"), "status": "expired"});
    assert_eq!(service.client.expire(&hold).await.expect(200).body, expected);
    service.client.hold(&event_id, 3).await.expect(201);
    assert_eq!(service.client.expire(&hold).await.expect(200).body, expected);
    assert_eq!(service.client.status(&event_id).await["held"], 3);

    let refused = service.client.book(&hold).await.expect_problem(410, "HOLD_EXPIRED");
    assert!(time(&refused.body["expired_at"]) < time(&hold.body["expires_at"]), "it ended early: {}", refused.text);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overdue_hold_can_be_expired_by_an_operator_too() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let hold = service.client.hold(&event_id, 5).await.expect(201);
    service.database.make_overdue(&hold.id("hold_id")).await;
    service.client.expire(&hold).await.expect(200);
    assert_eq!(service.client.status(&event_id).await["available"], 5);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booked_or_released_hold_cannot_be_expired() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let booked = service.client.hold(&event_id, 1).await.expect(201);
    service.client.book(&booked).await.expect(201);
    let released = service.client.hold(&event_id, 1).await.expect(201);
    service.client.release(&released).await.expect(200);
    for (hold, status) in [(booked, "booked"), (released, "released")] {
        let refused = service.client.expire(&hold).await.expect_problem(409, "HOLD_NOT_ACTIVE");
        assert_eq!(refused.body["hold_status"], status);
    }
    assert_eq!(service.client.status(&event_id).await["booked"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_hold_cannot_be_expired() {
    let service = Service::start().await;
    let reply = service.client.post(&format!("/api/v1/holds/{UNKNOWN_ID}/expire"), json!({})).await;
    reply.expect_problem(404, "HOLD_NOT_FOUND");
}
