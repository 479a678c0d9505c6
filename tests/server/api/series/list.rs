//! `GET /api/v1/series/{id}/events`: pages in order of start.

use serde_json::{Value, json};

use super::{request, template};
use crate::api::stage::{members, text, with_member};
use crate::support::{Client, Service};

async fn ids(client: &Client, path: &str) -> (Vec<String>, Value) {
    let page = client.get(path).await.expect(200).body;
    assert_eq!(members(&page), ["events", "next_cursor"]);
    let ids = page["events"].as_array().expect("a list").iter().map(|event| text(&event["event_id"])).collect();
    (ids, page["next_cursor"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dates_of_a_series_are_listed_in_order_of_start_and_without_other_events() {
    let service = Service::start().await;
    let client = &service.client;
    let series = client.post("/api/v1/series", request()).await.expect(201);
    let path = format!("{}/events", series.header("location"));
    client.post("/api/v1/series", request()).await.expect(201);
    client.event(5).await;
    let undated = json!({"name": "A matinee", "total_seats": 5, "series_id": series.body["series_id"]});
    let undated = client.post("/api/v1/events", undated).await.expect(201).id("event_id");
    let early = with_member(json!({"dates": [{"starts_at": "2099-02-01T19:00:00Z"}]}), "/template", template());
    let early = client.post(&path, early).await.expect(201).body;

    let created = &series.body["events"];
    let in_order = [&early["events"][0], &created[1], &created[0]].map(|event| text(&event["event_id"]));
    let in_order = [&in_order[..], &[undated]].concat();
    assert_eq!(ids(client, &path).await, (in_order.clone(), json!(null)));

    let (mut found, mut next) = ids(client, &format!("{path}?limit=3")).await;
    let (rest, end) = ids(client, &format!("{path}?limit=3&cursor={}", text(&next))).await;
    found.extend(rest);
    next = end;
    assert_eq!((found, next), (in_order, json!(null)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_series_without_dates_has_one_empty_page() {
    let service = Service::start().await;
    let series = service.client.post("/api/v1/series", json!({"name": "A play"})).await.expect(201);
    let page = service.client.get(&format!("{}/events", series.header("location"))).await.expect(200).body;
    assert_eq!(page, with_member(json!({"events": []}), "/next_cursor", json!(null)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_that_is_not_valid_or_not_known_is_refused_by_its_name() {
    let service = Service::start().await;
    let series = service.client.post("/api/v1/series", json!({"name": "A play"})).await.expect(201);
    for (query, parameter) in [("limit=0", "limit"), ("limit=101", "limit"), ("cursor=x", "cursor"), ("q=x", "q")] {
        let path = format!("{}/events?{query}", series.header("location"));
        service.client.get(&path).await.expect_invalid(parameter);
    }
}
