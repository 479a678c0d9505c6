//! `POST /api/v1/holds`, when the request itself is invalid.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::api::stage::{Concert, UNKNOWN_ID, members, with_member, without_member};
use crate::support::Service;

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_not_valid_is_refused_with_its_pointer() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let valid = json!({"event_id": event_id, "qty": 1});
    let item = json!({"ticket_type_id": UNKNOWN_ID, "qty": 1});
    let items = |items: Value| without_member(with_member(valid.clone(), "/items", items), "/qty");
    let requests = [
        (without_member(valid.clone(), "/event_id"), "/event_id"),
        (with_member(valid.clone(), "/event_id", json!("5")), "/event_id"),
        (with_member(valid.clone(), "/event_id", json!(5)), "/event_id"),
        (without_member(valid.clone(), "/qty"), "/qty"),
        (with_member(valid.clone(), "/qty", json!("1")), "/qty"),
        (with_member(valid.clone(), "/qty", json!(1.5)), "/qty"),
        (with_member(valid.clone(), "/items", json!([item])), "/items"),
        (with_member(valid.clone(), "/seats", json!(1)), "/seats"),
        (with_member(valid.clone(), "/ttl_seconds", json!("60")), "/ttl_seconds"),
        (items(json!([])), "/items"),
        (items(json!(vec![item.clone(); 51])), "/items"),
        (items(json!({})), "/items"),
        (items(json!([item, {"ticket_type_id": UNKNOWN_ID}])), "/items/1/qty"),
        (items(json!([item, {"ticket_type_id": "x", "qty": 1}])), "/items/1/ticket_type_id"),
        (items(json!([{"ticket_type_id": UNKNOWN_ID, "qty": 1, "price": 0}])), "/items/0/price"),
        (items(json!([[UNKNOWN_ID, 1]])), "/items/0"),
    ];
    for (request, pointer) in requests {
        service.client.post("/api/v1/holds", request).await.expect_invalid(pointer);
    }
    assert_eq!(service.database.number("SELECT count(*) FROM holds").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_lives_from_10_to_900_seconds() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    for ttl_seconds in [i64::MIN, -10, 0, 9, 901, i64::MAX] {
        let request = json!({"event_id": event_id, "qty": 1, "ttl_seconds": ttl_seconds});
        let refused = service.client.post("/api/v1/holds", request).await.expect_invalid("/ttl_seconds");
        assert_eq!((&refused.body["min"], &refused.body["max"]), (&json!(10), &json!(900)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quantity_alone_is_refused_where_the_event_has_several_ticket_types() {
    let service = Service::start().await;
    let concert = Concert::create(&service.client).await;
    service.client.hold(&concert.event_id, 1).await.expect_invalid("/items");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_event_cannot_be_held() {
    let service = Service::start().await;
    service.client.hold(UNKNOWN_ID, 1).await.expect_problem(404, "EVENT_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_ticket_type_or_one_of_another_event_is_not_found() {
    let service = Service::start().await;
    let (here, there) = (Concert::create(&service.client).await, Concert::create(&service.client).await);
    for other_type in [&there.adult, &UNKNOWN_ID.to_owned()] {
        let refused = here.hold(&service.client, &[(&here.adult, 1), (other_type, 1)]).await;
        let refused = refused.expect_problem(404, "TICKET_TYPE_NOT_FOUND");
        assert_eq!(refused.body["ticket_type_id"], *other_type);
    }
    for concert in [here, there] {
        assert_eq!(service.client.status(&concert.event_id).await["held"], 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quantity_outside_the_limits_of_the_service_is_refused_with_them() {
    let service = Service::start().await;
    let event_id = service.client.event(1000).await;
    for qty in [i64::MIN, -1, 0, 101, 10_000_000, 10_000_001, i64::MAX] {
        let refused = service.client.post("/api/v1/holds", json!({"event_id": event_id, "qty": qty})).await;
        let refused = refused.expect_problem(422, "QUANTITY_OUT_OF_RANGE").body;
        assert_eq!((&refused["requested"], &refused["min"], &refused["max"]), (&json!(qty), &json!(1), &json!(100)));
        assert!(!members(&refused).contains(&"ticket_type_id"), "the limit is one of the whole hold: {refused}");
    }
    service.client.hold(&event_id, 100).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_can_lower_the_limit_of_the_service_and_never_raise_it() {
    let service = Service::start().await;
    for (own, effective) in [(5, 5), (500, 100)] {
        let request = json!({"name": "A show", "total_seats": 1000, "max_quantity_per_hold": own});
        let event_id = service.client.post("/api/v1/events", request).await.expect(201).id("event_id");
        let refused = service.client.hold(&event_id, effective + 1).await;
        assert_eq!(refused.expect_problem(422, "QUANTITY_OUT_OF_RANGE").body["max"], effective);
        service.client.hold(&event_id, effective).await.expect(201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limit_counts_all_items_of_a_hold_together() {
    let service = Service::start().await;
    let concert = Concert::create(&service.client).await;
    let path = format!("/api/v1/events/{}", concert.event_id);
    service.client.patch(&path, json!({"max_quantity_per_hold": 3})).await.expect(200);
    let refused = concert.hold(&service.client, &[(&concert.adult, 2), (&concert.box_seat, 2)]).await;
    let refused = refused.expect_problem(422, "QUANTITY_OUT_OF_RANGE").body;
    assert_eq!((&refused["requested"], &refused["max"]), (&json!(4), &json!(3)));
    concert.hold(&service.client, &[(&concert.adult, 2), (&concert.box_seat, 1)]).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quantity_outside_the_limits_of_its_ticket_type_is_refused_with_them() {
    let service = Service::start().await;
    let request = with_member(Concert::request(), "/ticket_types/0/min_quantity", json!(2));
    let request = with_member(request, "/ticket_types/0/max_quantity", json!(4));
    let event = service.client.post("/api/v1/events", request).await.expect(201).body;
    let ticket_type_id = |index: usize| event["ticket_types"][index]["ticket_type_id"].clone();
    let place = async |index: usize, qty: i64| {
        let items = json!([{"ticket_type_id": ticket_type_id(index), "qty": qty}]);
        service.client.post("/api/v1/holds", json!({"event_id": event["event_id"], "items": items})).await
    };
    for qty in [1, 5] {
        let refused = place(0, qty).await.expect_problem(422, "QUANTITY_OUT_OF_RANGE").body;
        assert_eq!((&refused["requested"], &refused["min"], &refused["max"]), (&json!(qty), &json!(2), &json!(4)));
        assert_eq!(refused["ticket_type_id"], ticket_type_id(0));
    }
    let none = place(1, 0).await.expect_problem(422, "QUANTITY_OUT_OF_RANGE").body;
    assert_eq!(none["ticket_type_id"], ticket_type_id(1));
    for qty in [2, 4] {
        place(0, qty).await.expect(201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_must_be_uuids_so_that_a_hold_of_another_client_cannot_be_obtained_by_guessing() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let request = json!({"event_id": event_id, "qty": 1});
    let no_uuid = format!("{}x", Uuid::now_v7());
    for key in ["1", "my-order", "", &"0".repeat(32), &"f".repeat(32), &no_uuid] {
        let refused = service.client.post_with_key("/api/v1/holds", key, &request).await;
        refused.expect_invalid("Idempotency-Key");
    }
    assert_eq!(service.client.status(&event_id).await["held"], 0);
}
