//! Sale period of an event: its status and its sale window, by the database's clock.

use serde_json::{Value, json};

use crate::api::stage::{members, time};
use crate::support::Service;

async fn create(service: &Service, terms: Value) -> String {
    let mut request = json!({"name": "A show", "total_seats": 5});
    for (field, value) in terms.as_object().expect("an object") {
        request[field] = value.clone();
    }
    service.client.post("/api/v1/events", request).await.expect(201).id("event_id")
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_sale_starts_a_hold_is_refused_with_the_start_and_the_servers_time() {
    let service = Service::start().await;
    let event_id = create(&service, json!({"sale_starts_at": "2099-01-01T12:00:00+02:00"})).await;
    let refused = service.client.hold(&event_id, 1).await.expect_problem(403, "SALE_NOT_STARTED");
    assert_eq!(refused.body["starts_at"], "2099-01-01T10:00:00Z");
    let now = service.client.status(&event_id).await["as_of"].clone();
    assert!(time(&refused.body["server_time"]) < time(&now), "{}", refused.text);
    assert!((time(&now) - time(&refused.body["server_time"])).whole_minutes() < 1, "{}", refused.text);

    service.database.execute("UPDATE events SET sale_starts_at = clock_timestamp()").await;
    service.client.hold(&event_id, 1).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn once_the_sale_has_ended_a_hold_is_refused_with_its_end() {
    let service = Service::start().await;
    let event_id = create(&service, json!({"sale_ends_at": "2099-01-01T12:00:00Z"})).await;
    let hold = service.client.hold(&event_id, 1).await.expect(201);
    let end = "UPDATE events SET sale_ends_at = '2020-01-01T12:00:00Z'";
    service.database.execute(end).await;
    let refused = service.client.hold(&event_id, 1).await.expect_problem(409, "EVENT_NOT_ON_SALE");
    assert_eq!(refused.body["sale_ended_at"], "2020-01-01T12:00:00Z");
    assert_eq!(refused.body["event_status"], "on_sale");
    service.client.book(&hold).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_a_closed_and_a_cancelled_event_take_no_new_holds() {
    let service = Service::start().await;
    let event_id = create(&service, json!({"status": "draft"})).await;
    let path = format!("/api/v1/events/{event_id}");
    for status in ["draft", "on_sale", "closed", "cancelled"] {
        service.client.patch(&path, json!({ "status": status })).await.expect(200);
        let reply = service.client.hold(&event_id, 1).await;
        if status == "on_sale" {
            reply.expect(201);
        } else {
            let refused = reply.expect_problem(409, "EVENT_NOT_ON_SALE");
            assert_eq!(refused.body["event_status"], status);
            assert!(!members(&refused.body).contains(&"sale_ended_at"), "{}", refused.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_is_not_on_sale_is_refused_before_its_quantity_is_checked() {
    let service = Service::start().await;
    let event_id = create(&service, json!({"status": "draft"})).await;
    // Checks come in the order in which a client can correct its request: event, status, quantity.
    service.client.hold(&event_id, 101).await.expect_problem(409, "EVENT_NOT_ON_SALE");
    service.client.patch(&format!("/api/v1/events/{event_id}"), json!({"status": "on_sale"})).await.expect(200);
    service.client.hold(&event_id, 101).await.expect_problem(422, "QUANTITY_OUT_OF_RANGE");
}
