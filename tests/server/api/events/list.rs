//! `GET /api/v1/events`: pages in order of start; events without a start come last.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::api::stage::{members, text, with_member};
use crate::support::{Client, Service};

async fn create(client: &Client, name: &str, starts_at: Option<&str>) -> String {
    let request = json!({"name": name, "total_seats": 5, "starts_at": starts_at});
    client.post("/api/v1/events", request).await.expect(201).id("event_id")
}

/// Event ids of all pages, and the number of pages.
async fn all_pages(client: &Client, query: &str) -> (Vec<String>, usize) {
    let (mut ids, mut pages, mut cursor) = (Vec::new(), 0, String::new());
    loop {
        let page = client.get(&format!("/api/v1/events?{query}{cursor}")).await.expect(200).body;
        ids.extend(page["events"].as_array().expect("a list").iter().map(|event| text(&event["event_id"])));
        pages += 1;
        match &page["next_cursor"] {
            Value::Null => return (ids, pages),
            next => cursor = format!("&cursor={}", text(next)),
        }
    }
}

async fn names(client: &Client, query: &str) -> Vec<String> {
    let page = client.get(&format!("/api/v1/events?{query}")).await.expect(200).body;
    page["events"].as_array().expect("a list").iter().map(|event| text(&event["name"])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_in_order_of_start_and_events_without_a_start_come_last() {
    let service = Service::start().await;
    let client = &service.client;
    let undated = [create(client, "Undated 1", None).await, create(client, "Undated 2", None).await];
    let later = create(client, "Later", Some("2099-02-01T00:00:00.000001Z")).await;
    let twins = [
        create(client, "Twin 1", Some("2099-02-01T00:00:00Z")).await,
        create(client, "Twin 2", Some("2099-02-01T01:00:00+01:00")).await,
    ];
    let first = create(client, "First", Some("0001-01-01T00:00:00Z")).await;
    let in_order = [[first].as_slice(), &twins, &[later], &undated].concat();

    for (limit, pages) in [(1, 6), (2, 3), (4, 2), (5, 2), (6, 1), (100, 1)] {
        assert_eq!(all_pages(client, &format!("limit={limit}")).await, (in_order.clone(), pages), "limit {limit}");
    }
    assert_eq!(all_pages(client, "").await, (in_order, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_event_is_shown_twice_or_left_out_when_events_are_created_and_deleted_between_pages() {
    let service = Service::start().await;
    let client = &service.client;
    let (a, c) = (create(client, "A", None).await, create(client, "C", None).await);
    let first = client.get("/api/v1/events?limit=1").await.expect(200).body;
    client.delete(&format!("/api/v1/events/{a}")).await.expect(204);
    create(client, "Before", Some("2099-01-01T00:00:00Z")).await;

    let rest = client.get(&format!("/api/v1/events?cursor={}", text(&first["next_cursor"]))).await.expect(200).body;
    assert_eq!((rest["events"].as_array().map(Vec::len), &rest["events"][0]["event_id"]), (Some(1), &json!(c)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listed_event_shows_its_available_places() {
    let service = Service::start().await;
    let request = json!({
        "name": "A show", "total_seats": 5, "venue_name": "Hall", "time_zone": "Europe/Berlin",
        "starts_at": "2099-07-01T18:00:00Z", "ends_at": "2099-07-01T20:00:00Z",
    });
    let event_id = service.client.post("/api/v1/events", request).await.expect(201).id("event_id");
    service.client.hold(&event_id, 2).await.expect(201);
    let page = service.client.get("/api/v1/events").await.expect(200).body;
    assert_eq!(members(&page), ["events", "next_cursor"]);
    assert_eq!(
        page["events"],
        json!([{
            "event_id": event_id, "name": "A show", "series_id": null, "venue_name": "Hall", "status": "on_sale",
            "starts_at": "2099-07-01T18:00:00Z", "starts_at_local": "2099-07-01T20:00:00+02:00",
            "ends_at": "2099-07-01T20:00:00Z", "ends_at_local": "2099-07-01T22:00:00+02:00",
            "time_zone": "Europe/Berlin", "total_seats": 5, "available": 3,
        }])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_are_combined_and_an_event_must_pass_all_of_them() {
    let service = Service::start().await;
    let client = &service.client;
    let concert = json!({"name": "Winter Concert", "total_seats": 5, "starts_at": "2099-01-01T20:00:00Z"});
    let play = json!({"name": "100% of a play", "total_seats": 5, "starts_at": "2099-01-02T20:00:00Z",
        "venue_name": "Concert hall", "status": "draft"});
    for event in [concert, play, json!({"name": "Undated under_score", "total_seats": 5})] {
        client.post("/api/v1/events", event).await.expect(201);
    }
    let (winter, play, undated) = ("Winter Concert", "100% of a play", "Undated under_score");
    let found: [(&str, &[&str]); 15] = [
        ("q=concert", &[winter, play]),
        ("q=CONCERT%20hall", &[play]),
        ("q=%25", &[play]),
        ("q=_", &[undated]),
        ("q=%5C", &[]),
        ("q=", &[winter, play, undated]),
        ("status=draft", &[play]),
        ("status=on_sale", &[winter, undated]),
        ("status=cancelled", &[]),
        ("q=concert&status=on_sale", &[winter]),
        ("from=2099-01-01T20:00:00Z", &[winter, play]),
        ("from=2099-01-01T20:00:00.000001Z", &[play]),
        ("to=2099-01-02T20:00:00Z", &[winter]),
        ("from=2099-01-02T21:00:00%2B01:00&to=2099-01-02T20:00:01Z", &[play]),
        ("from=2099-01-03T00:00:00Z&to=2099-01-01T00:00:00Z", &[]),
    ];
    for (query, expected) in found {
        assert_eq!(names(client, query).await, expected, "{query}");
    }
    let (ids, pages) = all_pages(client, "q=concert&limit=1").await;
    assert_eq!((ids.len(), pages), (2, 2), "the next pages use the same filters");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_parameter_that_is_not_valid_or_not_known_is_refused_by_its_name() {
    let service = Service::start().await;
    let long = format!("q={}", "x".repeat(201));
    let refused = [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=many", "limit"),
        ("limit=1&limit=2", "limit"),
        ("status=open", "status"),
        ("from=2099-01-01", "from"),
        ("to=2099-01-01T20:00:00", "to"),
        // An unescaped plus is a space.
        ("from=2099-01-01T20:00:00+01:00", "from"),
        ("page=2", "page"),
        ("q=%00", "q"),
        (&long, "q"),
    ];
    for (query, parameter) in refused {
        service.client.get(&format!("/api/v1/events?{query}")).await.expect_invalid(parameter);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_cursor_is_refused() {
    let service = Service::start().await;
    let encode = |microseconds: i64| {
        let bytes = [&microseconds.to_be_bytes()[..], &[0; 16]].concat();
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    };
    let year_0 = encode(-62_135_596_800_000_001);
    let genuine = encode(i64::MAX);
    let forged = [
        String::new(),
        "next".to_owned(),
        "*".repeat(32),
        genuine[..31].to_owned(),
        format!("{genuine}AAAA"),
        year_0,
        encode(i64::MIN),
        encode(i64::MAX - 1),
    ];
    for cursor in forged {
        service.client.get(&format!("/api/v1/events?cursor={cursor}")).await.expect_invalid("cursor");
    }
    service.client.get(&format!("/api/v1/events?cursor={genuine}")).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_events_there_is_one_empty_page() {
    let service = Service::start().await;
    let page = service.client.get("/api/v1/events").await.expect(200).body;
    assert_eq!(page, with_member(json!({"events": []}), "/next_cursor", json!(null)));
}
