//! `PATCH /api/v1/venues/{id}`.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use super::{city_hall, create};
use crate::api::stage::{time, with_member};
use crate::support::Service;

fn rows(rows: &str) -> Value {
    json!({"sections": [{"name": "Stalls", "rows": rows}]})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_is_left_out_stays_and_null_clears_the_address() {
    let service = Service::start().await;
    let venue = create(&service.client, city_hall()).await;
    let path = venue.header("location");
    let renamed = service.client.patch(path, json!({"name": " Town Hall "})).await.expect(200).body;
    let expected = with_member(venue.body.clone(), "/name", json!("Town Hall"));
    assert_eq!(renamed, with_member(expected, "/updated_at", renamed["updated_at"].clone()));
    assert!(time(&renamed["updated_at"]) > time(&renamed["created_at"]));

    let cleared = service.client.patch(path, json!({"address": null})).await.expect(200).body;
    assert_eq!((&cleared["address"], &cleared["layout_version"]), (&json!(null), &json!(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn new_sections_make_a_new_layout_version_and_the_old_version_stays_unchanged() {
    let service = Service::start().await;
    let venue = create(&service.client, city_hall()).await;
    let path = venue.header("location");
    let before = service.client.get(&format!("{path}/layouts/1")).await.expect(200).text;

    let amended = service.client.patch(path, rows("rows A-B, 1-10")).await.expect(200).body;
    assert_eq!((&amended["layout_version"], &amended["seat_count"]), (&json!(2), &json!(20)));
    assert_eq!(service.client.get(path).await.expect(200).body, amended);
    assert_eq!(service.client.get(&format!("{path}/layouts/1")).await.expect(200).text, before);
    let layout = service.client.get(&format!("{path}/layouts/2")).await.expect(200).body;
    assert_eq!((&layout["version"], &layout["seat_count"]), (&json!(2), &json!(20)));
    service.client.get(&format!("{path}/layouts/3")).await.expect_problem(404, "LAYOUT_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amendment_equal_to_the_current_venue_changes_nothing() {
    let service = Service::start().await;
    let venue = create(&service.client, city_hall()).await;
    let again = service.client.patch(venue.header("location"), city_hall()).await.expect(200).body;
    assert_eq!(again, venue.body);
    let nothing = service.client.patch(venue.header("location"), json!({})).await.expect(200).body;
    assert_eq!(nothing, venue.body);
    // The focal point is part of a layout.
    let turned = with_member(city_hall(), "/focal_point", json!({"x": 5, "y": 5}));
    let turned = service.client.patch(venue.header("location"), turned).await.expect(200).body;
    assert_eq!((&turned["layout_version"], &turned["focal_point"]), (&json!(2), &json!({"x": 5, "y": 5})));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_focal_point_stays_until_a_request_sets_another() {
    let service = Service::start().await;
    let stage = json!({"x": -700, "y": -300});
    let venue = create(&service.client, with_member(city_hall(), "/focal_point", stage.clone())).await;
    let path = venue.header("location");
    let again = service.client.patch(path, json!({"sections": city_hall()["sections"]})).await.expect(200).body;
    assert_eq!(again, venue.body, "the sections are the same, so nothing has changed");

    let smaller = service.client.patch(path, rows("rows A-B, 1-10")).await.expect(200).body;
    assert_eq!((&smaller["layout_version"], &smaller["focal_point"]), (&json!(2), &stage));
    let headers = [("Content-Type", "text/csv")];
    let sheet = "section,row,number\nStalls,A,1\nStalls,A,2\n";
    let listed = service.client.send_text(Method::PATCH, path, &headers, sheet).await.expect(200).body;
    assert_eq!((&listed["layout_version"], &listed["focal_point"]), (&json!(3), &stage));

    let turned = with_member(rows("rows A-B, 1-10"), "/focal_point", json!({"x": 0, "y": 0}));
    let turned = service.client.patch(path, turned).await.expect(200).body;
    assert_eq!((&turned["layout_version"], &turned["focal_point"]), (&json!(4), &json!({"x": 0, "y": 0})));
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_layouts_of_a_venue_get_a_version_each() {
    let service = Service::start().await;
    let (_other, other) = service.start_second_server();
    let venue = create(&service.client, city_hall()).await;
    let path = venue.header("location");
    let client = |n: usize| if n.is_multiple_of(2) { &service.client } else { &other };
    let patches = (1..=10).map(|n| {
        let seats = rows(&format!("row A, 1-{n}"));
        async move { client(n).patch(path, seats).await.expect(200).body }
    });
    join_all(patches).await;
    let shown = service.client.get(path).await.expect(200).body;
    assert_eq!(shown["layout_version"], 11);
    let mut sizes = Vec::new();
    for version in 2..=11 {
        let layout = service.client.get(&format!("{path}/layouts/{version}")).await.expect(200).body;
        sizes.push(layout["seat_count"].as_u64().expect("a number"));
    }
    sizes.sort_unstable();
    assert_eq!(sizes, (1..=10).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_not_valid_is_refused_with_its_pointer_and_nothing_is_changed() {
    let service = Service::start().await;
    let venue = create(&service.client, city_hall()).await;
    let path = venue.header("location");
    for (change, pointer) in [
        (json!({"name": null}), "/name"),
        (json!({"name": "Other", "address": 5}), "/address"),
        (json!({"name": "Other", "sections": []}), "/sections"),
        (with_member(rows("rows"), "/name", json!("Other")), "/sections/0/rows"),
        (json!({"focal_point": {"x": 0, "y": 0}}), "/sections"),
        (json!({"layout_version": 1}), "/layout_version"),
    ] {
        service.client.patch(path, change).await.expect_invalid(pointer);
    }
    assert_eq!(service.client.get(path).await.expect(200).body, venue.body);
}
