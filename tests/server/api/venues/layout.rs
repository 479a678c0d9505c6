//! `GET /api/v1/venues/{id}/layouts/{version}`: one version of a layout, which never changes.

use std::io::Read;

use flate2::read::GzDecoder;
use reqwest::Method;
use serde_json::{Value, json};

use super::{arena, city_hall, create};
use crate::api::stage::without_member;
use crate::support::Service;

const IMMUTABLE: &str = "public, max-age=31536000, immutable";

#[tokio::test(flavor = "multi_thread")]
async fn a_layout_has_the_first_seat_of_each_row_and_the_number_place_and_attributes_of_each_seat() {
    let service = Service::start().await;
    let request = json!({
        "name": "Hall", "focal_point": {"x": 0, "y": -200},
        "sections": [
            {"name": "Stalls", "rows": "rows A-B, 1-3, aisle after 2, accessible B1", "origin": {"x": 1000, "y": -50}},
            {"name": "Standing", "capacity": 500},
            {"name": "Boxes", "seats": [
                {"row": "2", "number": "1a", "x": -500, "y": 10, "attributes": ["companion", "restricted_view"]},
                {"row": "1", "number": "1", "x": 500, "y": 20},
                {"row": "2", "number": "1b", "x": -445, "y": 11},
            ]},
        ],
    });
    let venue = create(&service.client, request).await;
    let layout = service.client.get(&format!("{}/layouts/1", venue.header("location"))).await.expect(200).body;
    let row = |label: &str, first: u32, y: i32, attributes: Value| {
        json!({
            "label": label, "first_seat_id": first, "numbers": ["1", "2", "3"], "x": [890, 945, 1110], "y": [y, y, y],
            "attributes": attributes,
        })
    };
    assert_eq!(
        layout,
        json!({
            "venue_id": venue.body["venue_id"], "version": 1, "focal_point": {"x": 0, "y": -200}, "seat_count": 9,
            "sections": [
                {"name": "Stalls", "kind": "seated", "rows": [
                    row("A", 0, -50, json!({"aisle": [1, 2], "aisle_after": [1]})),
                    row("B", 3, 40, json!({"accessible": [0], "aisle": [1, 2], "aisle_after": [1]})),
                ]},
                {"name": "Standing", "kind": "general_admission", "capacity": 500},
                {"name": "Boxes", "kind": "seated", "rows": [
                    {"label": "2", "first_seat_id": 6, "numbers": ["1a", "1b"], "x": [-500, -445], "y": [10, 11],
                     "attributes": {"companion": [0], "restricted_view": [0]}},
                    {"label": "1", "first_seat_id": 8, "numbers": ["1"], "x": [500], "y": [20], "attributes": {}},
                ]},
            ],
        })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layout_may_be_cached_for_ever_and_a_matching_etag_is_answered_with_304() {
    let service = Service::start().await;
    let venue = create(&service.client, city_hall()).await;
    let path = format!("{}/layouts/1", venue.header("location"));
    let reply = service.client.get(&path).await.expect(200);
    assert_eq!(reply.header("cache-control"), IMMUTABLE);
    let tag = reply.header("etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");

    for tags in [tag.clone(), tag.trim_start_matches("W/").to_owned(), format!("\"other\", {tag}")] {
        for coding in ["gzip", "identity"] {
            let headers = [("If-None-Match", tags.as_str()), ("Accept-Encoding", coding)];
            let same = service.client.send(Method::GET, &path, &headers, None).await.expect(304);
            assert_eq!((same.text.as_str(), same.header("etag")), ("", tag.as_str()));
            assert_eq!(same.header("cache-control"), IMMUTABLE);
        }
    }
    let other = service.client.send(Method::GET, &path, &[("If-None-Match", "W/\"2\"")], None).await.expect(200);
    assert_eq!(other.text, reply.text);

    let next = json!({"sections": [{"name": "Floor", "capacity": 1}]});
    service.client.patch(venue.header("location"), next).await.expect(200);
    let path = format!("{}/layouts/2", venue.header("location"));
    let next = service.client.send(Method::GET, &path, &[("If-None-Match", &tag)], None).await.expect(200);
    assert_ne!(next.header("etag"), tag);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layout_of_twenty_thousand_seats_is_small_and_smaller_when_compressed() {
    let service = Service::start().await;
    let venue = create(&service.client, arena()).await;
    let path = format!("{}/layouts/1", venue.header("location"));
    let (plain, whole) = service.client.get_bytes(&path, &[]).await;
    assert_eq!((plain.header("content-encoding"), plain.header("vary")), ("", "Accept-Encoding"));
    assert!(whole.len() < 400_000, "{} bytes", whole.len());
    let (reply, compressed) = service.client.get_bytes(&path, &[("Accept-Encoding", "gzip")]).await;
    assert_eq!(reply.header("content-encoding"), "gzip");
    assert!(compressed.len() < 60_000, "{} bytes", compressed.len());
    let mut unpacked = Vec::new();
    GzDecoder::new(&compressed[..]).read_to_end(&mut unpacked).expect("the body is gzip");
    assert!(unpacked == whole, "both are the same");

    let layout: Value = serde_json::from_slice(&whole).expect("JSON");
    assert_eq!(layout["seat_count"], 20_000);
    assert_eq!(layout["sections"][4]["rows"][99]["first_seat_id"], 19_960);
}

#[tokio::test(flavor = "multi_thread")]
async fn problems_and_responses_that_are_neither_layout_nor_seat_map_are_not_compressed() {
    let service = Service::start().await;
    let venue = create(&service.client, city_hall()).await;
    let path = venue.header("location");
    let gzip = [("Accept-Encoding", "gzip")];
    let missing = service.client.send(Method::GET, &format!("{path}/layouts/2"), &gzip, None).await;
    assert_eq!(missing.expect_problem(404, "LAYOUT_NOT_FOUND").header("content-encoding"), "");
    for path in [path, "/openapi.json", "/api/v1/venues"] {
        let reply = service.client.send(Method::GET, path, &gzip, None).await.expect(200);
        assert_eq!((reply.header("content-encoding"), reply.body.is_object()), ("", true), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_is_no_number_is_a_malformed_request_and_one_that_is_not_there_is_not_found() {
    let service = Service::start().await;
    let venue = create(&service.client, city_hall()).await;
    let layouts = format!("{}/layouts", venue.header("location"));
    for version in ["newest", "-1", "1.0", "4294967296"] {
        service.client.get(&format!("{layouts}/{version}")).await.expect_problem(400, "MALFORMED_REQUEST");
    }
    for version in ["0", "2", "4294967295"] {
        service.client.get(&format!("{layouts}/{version}")).await.expect_problem(404, "LAYOUT_NOT_FOUND");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layout_is_stored_completely() {
    let service = Service::start().await;
    let venue = create(&service.client, city_hall()).await;
    let path = venue.header("location");
    let layout = service.client.get(&format!("{path}/layouts/1")).await.expect(200).body;
    // Sending the same layout again would make a new version if any part of it had been lost.
    let same = service.client.patch(path, city_hall()).await.expect(200).body;
    assert_eq!(same["layout_version"], 1);
    let numbered = without_member(layout, "/venue_id");
    assert_eq!(numbered["sections"][1]["rows"][0]["first_seat_id"], 800);
}
