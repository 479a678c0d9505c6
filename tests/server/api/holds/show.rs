//! `GET /api/v1/holds/{id}`: the hold as it is now, without its token.

use serde_json::{Value, json};

use crate::api::stage::{UNKNOWN_ID, members, time, without_member};
use crate::support::{Reply, Service};

async fn shown(service: &Service, hold: &Reply) -> Value {
    service.client.get(&format!("/api/v1/holds/{}", hold.id("hold_id"))).await.expect(200).body
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_is_shown_without_its_token() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let hold = service.client.hold(&event_id, 2).await.expect(201);
    let now = shown(&service, &hold).await;
    let without_times = |hold: Value| without_member(without_member(hold, "/server_time"), "/expires_in_ms");
    assert_eq!(without_times(now), without_member(without_times(hold.body.clone()), "/payment_token"));
}

#[tokio::test(flavor = "multi_thread")]
async fn responses_have_the_server_time_so_that_a_client_with_a_wrong_clock_can_count_down() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let hold = service.client.hold(&event_id, 1).await.expect(201);
    let now = shown(&service, &hold).await;
    let extended = service.client.extend(&hold).await.expect(200).body;
    for answer in [&hold.body, &now, &extended] {
        let left = (time(&answer["expires_at"]) - time(&answer["server_time"])).whole_milliseconds();
        assert_eq!(answer["expires_in_ms"].as_i64().map(i128::from), Some(left), "{answer}");
    }
    assert!(time(&now["server_time"]) > time(&hold.body["server_time"]));
    assert!(time(&extended["server_time"]) > time(&now["server_time"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overdue_hold_is_shown_as_expired_swept_or_not() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let hold = service.client.hold(&event_id, 1).await.expect(201);
    service.database.make_overdue(&hold.id("hold_id")).await;
    let unswept = shown(&service, &hold).await;
    assert_eq!((&unswept["status"], &unswept["expires_in_ms"]), (&json!("expired"), &json!(0)));
    // A read changes nothing: the row stays active until the sweeper runs.
    assert_eq!(service.database.number("SELECT count(*) FROM holds WHERE status = 'active'").await, 1);

    boxoffice::holds::worker::tick(service.running.app()).await.expect("a sweep succeeds");
    let swept = shown(&service, &hold).await;
    assert_eq!(without_member(swept, "/server_time"), without_member(unswept, "/server_time"));
    assert_eq!(service.client.status(&event_id).await["held"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_hold_has_no_time_left_and_a_booked_one_has_its_booking_id() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let released = service.client.hold(&event_id, 1).await.expect(201);
    service.client.release(&released).await.expect(200);
    let booked = service.client.hold(&event_id, 1).await.expect(201);
    let booking = service.client.book(&booked).await.expect(201);
    for (hold, status, booking_id) in
        [(&released, "released", Value::Null), (&booked, "booked", booking.body["booking_id"].clone())]
    {
        let now = shown(&service, hold).await;
        assert_eq!((&now["status"], &now["expires_in_ms"]), (&json!(status), &json!(0)));
        assert_eq!(now["booking_id"], booking_id);
        assert_eq!(members(&now).contains(&"booking_id"), booking_id.is_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_hold_is_not_found() {
    let service = Service::start().await;
    service.client.get(&format!("/api/v1/holds/{UNKNOWN_ID}")).await.expect_problem(404, "HOLD_NOT_FOUND");
}
