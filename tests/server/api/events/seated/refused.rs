//! Invalid events at a venue. Each refusal points to the field, and nothing is created.

use serde_json::{Value, json};

use super::{create, play, theatre, venue, zoned_play};
use crate::api::stage::{UNKNOWN_ID, with_member, without_member};
use crate::support::Service;

/// Posts each request and expects a refusal with that pointer.
async fn assert_each_is_refused(service: &Service, requests: impl IntoIterator<Item = (Value, &str)>) {
    for (request, pointer) in requests {
        service.client.post("/api/v1/events", request).await.expect_invalid(pointer);
    }
    assert_eq!(service.database.number("SELECT count(*) FROM events").await, 0);
    assert_eq!(service.database.number("SELECT count(*) FROM seats").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn pools_and_total_seats_are_refused_for_an_event_with_a_layout() {
    let service = Service::start().await;
    let event = play(&venue(&service.client, theatre()).await);
    let pools = json!([{"name": "Stalls", "capacity": 10}]);
    let refused = [
        (with_member(event.clone(), "/pools", pools), "/pools"),
        (with_member(event.clone(), "/pools", json!([])), "/pools"),
        (with_member(event, "/total_seats", json!(10)), "/total_seats"),
    ];
    assert_each_is_refused(&service, refused).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_about_a_layout_are_refused_without_a_venue() {
    let service = Service::start().await;
    let plain = || json!({"name": "A show", "total_seats": 10});
    let zones = json!([{"section": "Stalls", "name": "Premium", "rows": ["A"]}]);
    let refused = [
        (with_member(plain(), "/layout_version", json!(1)), "/layout_version"),
        (with_member(plain(), "/price_zones", zones.clone()), "/price_zones"),
        (with_member(plain(), "/orphans_refused", json!(false)), "/orphans_refused"),
        (json!({"name": "A show", "price_zones": zones}), "/price_zones"),
    ];
    assert_each_is_refused(&service, refused).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_venue_or_layout_version_is_not_found() {
    let service = Service::start().await;
    let venue_id = venue(&service.client, theatre()).await;
    let refused = service.client.post("/api/v1/events", play(UNKNOWN_ID)).await.expect_problem(404, "VENUE_NOT_FOUND");
    assert_eq!(refused.body["pointer"], "/venue_id");
    for version in [2, 4_294_967_295_u32] {
        let request = with_member(play(&venue_id), "/layout_version", json!(version));
        let refused = service.client.post("/api/v1/events", request).await.expect_problem(404, "LAYOUT_NOT_FOUND");
        assert_eq!(refused.body["pointer"], "/layout_version");
    }
    let impossible = [json!(0), json!(-1), json!(4_294_967_296_i64), json!("1")];
    let impossible =
        impossible.map(|version| (with_member(play(&venue_id), "/layout_version", version), "/layout_version"));
    assert_each_is_refused(&service, impossible).await;
    assert_each_is_refused(&service, [(play("Old Theatre"), "/venue_id")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_zone_that_does_not_fit_the_layout_is_refused_with_its_pointer() {
    let service = Service::start().await;
    let event = zoned_play(&venue(&service.client, theatre()).await);
    let zone = |section: &str, name: &str, rows: &[&str]| json!({"section": section, "name": name, "rows": rows});
    let fields = [
        ("/price_zones", json!([])),
        ("/price_zones", json!({})),
        ("/price_zones/1/section", json!("Gallery")),
        ("/price_zones/1/section", json!("Standing")),
        ("/price_zones/1/section", json!("stalls")),
        ("/price_zones/1/name", json!("")),
        ("/price_zones/1/name", json!("two\nlines")),
        ("/price_zones/1/name", json!("x".repeat(100 - "Circle, ".len() + 1))),
        ("/price_zones/1/rows", json!([])),
        ("/price_zones/1/rows", json!("A")),
        ("/price_zones/1/colour", json!("red")),
    ];
    let refused = fields.map(|(pointer, value)| (with_member(event.clone(), pointer, value), pointer));
    assert_each_is_refused(&service, refused).await;

    let zones = [
        ("/price_zones/1/name", json!([zone("Stalls", "Premium", &["A"]), zone("Stalls", " Premium", &["B"])])),
        ("/price_zones/1/rows/1", json!([zone("Stalls", "Premium", &["A"]), zone("Stalls", "Rest", &["B", "A"])])),
        ("/price_zones/0/rows/1", json!([zone("Stalls", "Premium", &["A", " A"])])),
        ("/price_zones/0/rows/1", json!([zone("Circle", "Premium", &["A", "D"])])),
        ("/price_zones/0/rows/1", json!([zone("Circle", "Premium", &["A", ""])])),
        ("/price_zones/0/rows/0", json!([{"section": "Circle", "name": "Premium", "rows": [1]}])),
    ];
    let refused = zones.map(|(pointer, zones)| (with_member(event.clone(), "/price_zones", zones), pointer));
    assert_each_is_refused(&service, refused).await;
    assert_each_is_refused(&service, [(without_member(event, "/price_zones/0/rows"), "/price_zones/0/rows")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_pools_never_have_the_same_name() {
    let service = Service::start().await;
    let sections =
        json!([{"name": "Stalls", "rows": "rows A-B, 1-2"}, {"name": "Stalls, Premium", "rows": "rows A, 1-2"}]);
    let venue_id = venue(&service.client, json!({"name": "Odd House", "sections": sections})).await;
    let zones = json!([{"section": "Stalls", "name": "Premium", "rows": ["A"]}]);
    assert_each_is_refused(&service, [(with_member(play(&venue_id), "/price_zones", zones), "/price_zones/0/name")])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layout_of_a_thousand_sections_can_be_sold_but_not_divided_any_further() {
    let service = Service::start().await;
    let mut sections: Vec<Value> = (1..1_000).map(|n| json!({"name": format!("S{n}"), "capacity": 1})).collect();
    sections.push(json!({"name": "Seats", "rows": "rows A-B, 1-2"}));
    let venue_id = venue(&service.client, json!({"name": "Stadium", "sections": sections})).await;
    let zones = json!([{"section": "Seats", "name": "Front", "rows": ["A"]}]);
    assert_each_is_refused(&service, [(with_member(play(&venue_id), "/price_zones", zones), "/price_zones")]).await;

    let event = create(&service.client, play(&venue_id)).await.body;
    assert_eq!(event["pools"].as_array().map(Vec::len), Some(1_000));
    assert_eq!(event["ticket_types"].as_array().map(Vec::len), Some(1_000));
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layout_with_more_places_than_an_event_may_have_cannot_be_sold() {
    let service = Service::start().await;
    let field = |name: &str, capacity: u32| json!({"name": name, "capacity": capacity});
    let sections = json!([field("North", 10_000_000), field("South", 1)]);
    let venue_id = venue(&service.client, json!({"name": "Fields", "sections": sections})).await;
    assert_each_is_refused(&service, [(play(&venue_id), "/venue_id")]).await;
}
