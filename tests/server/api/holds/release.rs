//! `DELETE /api/v1/holds/{id}`: the client releases a hold.

use serde_json::json;

use crate::support::Service;

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_is_released_repeatedly_gives_its_capacity_back_at_once_and_only_once() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let hold = service.client.hold(&event_id, 5).await.expect(201);
    let expected = json!({"success": true, "hold_id": hold.id("hold_id"), "status": "released"});
    assert_eq!(service.client.release(&hold).await.expect(200).body, expected);
    service.client.hold(&event_id, 3).await.expect(201);

    assert_eq!(service.client.release(&hold).await.expect(200).body, expected);
    let status = service.client.status(&event_id).await;
    assert_eq!((&status["held"], &status["available"]), (&json!(3), &json!(2)));
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booked_hold_cannot_be_released() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let hold = service.client.hold(&event_id, 2).await.expect(201);
    service.client.book(&hold).await.expect(201);
    let refused = service.client.release(&hold).await.expect_problem(409, "HOLD_NOT_ACTIVE");
    assert_eq!(refused.body["hold_status"], "booked");
    assert_eq!(service.client.status(&event_id).await["booked"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_hold_cannot_be_released() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let overdue = service.client.hold(&event_id, 1).await.expect(201);
    service.database.make_overdue(&overdue.id("hold_id")).await;
    let ended = service.client.hold(&event_id, 1).await.expect(201);
    service.client.expire(&ended).await.expect(200);
    for hold in [overdue, ended] {
        service.client.release(&hold).await.expect_problem(410, "HOLD_EXPIRED");
    }
    assert_eq!(service.client.status(&event_id).await["available"], 5);
    service.database.assert_invariants_hold().await;
}
