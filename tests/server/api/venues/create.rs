//! `POST /api/v1/venues` and `GET /api/v1/venues/{id}`.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{arena, city_hall, create};
use crate::api::stage::{UNKNOWN_ID, text, time, with_member};
use crate::support::Service;

#[tokio::test(flavor = "multi_thread")]
async fn a_venue_is_created_with_version_1_of_its_layout_and_the_counts_of_its_sections() {
    let service = Service::start().await;
    let created = create(&service.client, city_hall()).await;
    let body = &created.body;
    assert_eq!(
        *body,
        json!({
            "venue_id": body["venue_id"], "name": "City Hall", "address": "1 Main Street\nOur Town",
            "layout_version": 1, "focal_point": {"x": 0, "y": 0}, "capacity": 1302, "seat_count": 802,
            "sections": [
                {"name": "Stalls", "kind": "seated", "capacity": 800, "row_count": 20},
                {"name": "Boxes", "kind": "seated", "capacity": 2, "row_count": 1},
                {"name": "Standing", "kind": "general_admission", "capacity": 500, "row_count": null},
            ],
            "created_at": body["created_at"], "updated_at": body["created_at"],
        })
    );
    time(&body["created_at"]);
    let path = format!("/api/v1/venues/{}", created.id("venue_id"));
    assert_eq!(created.header("location"), path);
    assert_eq!(service.client.get(&path).await.expect(200).body, *body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blank_address_becomes_null_and_a_focal_point_is_stored() {
    let service = Service::start().await;
    let request =
        with_member(with_member(city_hall(), "/address", json!("  ")), "/focal_point", json!({"x": -5, "y": -300}));
    let body = create(&service.client, request).await.body;
    assert_eq!((&body["address"], &body["focal_point"]), (&json!(null), &json!({"x": -5, "y": -300})));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_is_listed_by_itself_may_have_any_label() {
    let service = Service::start().await;
    let described = "rows Ä, Loge and AB, 1-10, accessible Ä1; row ß, 1-2";
    let request = json!({"name": "Hall", "sections": [{"name": "Stalls", "rows": described}]});
    let venue = create(&service.client, request).await;
    let layout = service.client.get(&format!("{}/layouts/1", venue.header("location"))).await.expect(200).body;
    let rows = layout["sections"][0]["rows"].as_array().expect("rows");
    assert_eq!(rows.iter().map(|row| text(&row["label"])).collect::<Vec<_>>(), ["Ä", "Loge", "AB", "ß"]);
    assert_eq!(rows[0]["attributes"]["accessible"], json!([0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_thousand_seats_are_created_in_one_request_described_or_one_by_one() {
    let service = Service::start().await;
    let described = create(&service.client, arena()).await.body;
    assert_eq!((&described["seat_count"], &described["sections"][4]["capacity"]), (&json!(20_000), &json!(4_000)));

    let seat =
        |n: usize| json!({"row": (n / 40).to_string(), "number": (n % 40).to_string(), "x": n % 40, "y": n / 40});
    let seats: Vec<Value> = (0..20_000).map(seat).collect();
    let listed = json!({"name": "Arena", "sections": [{"name": "All", "seats": seats}]});
    let listed = create(&service.client, listed).await.body;
    assert_eq!(listed["sections"][0]["row_count"], 500);
    assert_eq!(service.database.number("SELECT count(*) FROM layout_seats").await, 40_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_venue_is_created_once_per_key_and_a_repeat_gets_the_first_response() {
    let service = Service::start().await;
    let key = Uuid::now_v7().to_string();
    let first = service.client.post_with_key("/api/v1/venues", &key, &city_hall()).await.expect(201);
    service.client.patch(first.header("location"), json!({"name": "Renamed"})).await.expect(200);
    let repeat = service.client.post_with_key("/api/v1/venues", &key, &city_hall()).await.expect(201);
    assert_eq!((&repeat.text, repeat.header("location")), (&first.text, first.header("location")));
    assert!(repeat.is_replayed() && !first.is_replayed());

    let other = with_member(city_hall(), "/sections/0/rows", json!("rows A-B, 1-4"));
    let refused = service.client.post_with_key("/api/v1/venues", &key, &other).await;
    refused.expect_problem(422, "IDEMPOTENCY_KEY_REUSED");
    assert_eq!(service.database.number("SELECT count(*) FROM layouts").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_venue_is_not_found() {
    let service = Service::start().await;
    let path = format!("/api/v1/venues/{UNKNOWN_ID}");
    service.client.get(&path).await.expect_problem(404, "VENUE_NOT_FOUND");
    service.client.patch(&path, json!({"name": "A"})).await.expect_problem(404, "VENUE_NOT_FOUND");
    service.client.get(&format!("{path}/layouts/1")).await.expect_problem(404, "LAYOUT_NOT_FOUND");
}
