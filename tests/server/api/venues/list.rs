//! `GET /api/v1/venues`: pages in order of name.

use serde_json::{Value, json};

use super::{city_hall, create};
use crate::api::stage::{members, text, with_member, without_member};
use crate::support::{Client, Service};

async fn page(client: &Client, query: &str) -> (Vec<String>, Value) {
    let page = client.get(&format!("/api/v1/venues?{query}")).await.expect(200).body;
    assert_eq!(members(&page), ["next_cursor", "venues"]);
    let names = page["venues"].as_array().expect("a list").iter().map(|venue| text(&venue["name"])).collect();
    (names, page["next_cursor"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn venues_are_listed_by_name_in_any_case() {
    let service = Service::start().await;
    let client = &service.client;
    for name in ["arena", "Zirkus", "Bühne", "Arena", "brücke"] {
        create(client, with_member(city_hall(), "/name", json!(name))).await;
    }
    let (all, next) = page(client, "").await;
    assert_eq!((all.len(), next), (5, json!(null)));
    assert_eq!([all[0].to_lowercase(), all[1].to_lowercase()], ["arena", "arena"]);
    assert_eq!(all[4], "Zirkus");
    for limit in 1..=5 {
        let (mut names, mut next) = page(client, &format!("limit={limit}")).await;
        while let Value::String(cursor) = next {
            let (more, after) = page(client, &format!("limit={limit}&cursor={cursor}")).await;
            names.extend(more);
            next = after;
        }
        assert_eq!(names, all, "limit {limit}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listed_venue_shows_its_newest_layout_without_the_sections() {
    let service = Service::start().await;
    let venue = create(&service.client, city_hall()).await;
    let change = json!({"sections": [{"name": "Floor", "capacity": 7}]});
    let amended = service.client.patch(venue.header("location"), change).await.expect(200).body;
    let listed = service.client.get("/api/v1/venues").await.expect(200).body;
    assert_eq!(listed["venues"], json!([without_member(without_member(amended, "/sections"), "/focal_point")]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_that_is_not_valid_or_not_known_is_refused_by_its_name() {
    let service = Service::start().await;
    for (query, parameter) in
        [("limit=0", "limit"), ("limit=101", "limit"), ("cursor=x", "cursor"), ("cursor=", "cursor"), ("q=x", "q")]
    {
        service.client.get(&format!("/api/v1/venues?{query}")).await.expect_invalid(parameter);
    }
}
