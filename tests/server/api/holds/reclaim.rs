//! A hold past its expiry counts as expired even before the sweeper has run.

use serde_json::json;

use crate::api::stage::Concert;
use crate::support::Service;

#[tokio::test(flavor = "multi_thread")]
async fn the_places_of_an_expired_hold_that_was_not_swept_go_to_the_next_request_in_the_same_transaction() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let overdue = service.client.hold(&event_id, 4).await.expect(201);
    service.database.make_overdue(&overdue.id("hold_id")).await;
    assert_eq!(service.client.status(&event_id).await["held"], 4, "the sweeper has not run");
    let next = service.client.hold(&event_id, 5).await.expect(201);

    // All entries of one transaction have the same time.
    let entries = "SELECT count(DISTINCT recorded_at) FROM journal WHERE kind = 'hold_expired' OR hold_id = ";
    assert_eq!(service.database.number(&format!("{entries} '{}'", next.id("hold_id"))).await, 1);
    let shown = service.client.get(&format!("/api/v1/holds/{}", overdue.id("hold_id"))).await.expect(200);
    assert_eq!(shown.body["status"], "expired");
    let status = service.client.status(&event_id).await;
    assert_eq!((&status["held"], &status["available"]), (&json!(5), &json!(0)));
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_hold_that_was_not_swept_cannot_be_booked() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let hold = service.client.hold(&event_id, 4).await.expect(201);
    service.database.make_overdue(&hold.id("hold_id")).await;
    service.client.book(&hold).await.expect_problem(410, "HOLD_EXPIRED");
    let status = service.client.status(&event_id).await;
    assert_eq!(
        (&status["held"], &status["booked"]),
        (&json!(0), &json!(0)),
        "the refused command has expired the hold"
    );
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_holds_are_not_in_the_counts_of_a_refusal() {
    let service = Service::start().await;
    let concert = Concert::create(&service.client).await;
    let overdue = concert.hold(&service.client, &[(&concert.box_seat, 2), (&concert.adult, 1)]).await.expect(201);
    service.database.make_overdue(&overdue.id("hold_id")).await;
    let live = concert.hold(&service.client, &[(&concert.box_seat, 1)]).await.expect(201);
    let refused = concert.hold(&service.client, &[(&concert.box_seat, 4)]).await;
    let refused = refused.expect_problem(409, "INSUFFICIENT_SEATS").body;
    assert_eq!((&refused["available"], &refused["held"]), (&json!(3), &json!(1)));
    assert_eq!(refused["retry_at"], live.body["expires_at"]);
    let pools = service.client.status(&concert.event_id).await["pools"].clone();
    assert_eq!(
        (&pools[0]["held"], &pools[1]["held"]),
        (&json!(0), &json!(1)),
        "the refused command has stored the expiry"
    );
    service.database.assert_invariants_hold().await;
}
