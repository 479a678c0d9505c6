//! Invalid series. Each refusal points to the field, and nothing is created.

use serde_json::{Value, json};

use super::request;
use crate::api::stage::{with_member, without_member};
use crate::support::Service;

async fn assert_each_is_refused(requests: impl IntoIterator<Item = (Value, &str)>) {
    let service = Service::start().await;
    for (request, pointer) in requests {
        service.client.post("/api/v1/series", request).await.expect_invalid(pointer);
    }
    assert_eq!(service.database.number("SELECT count(*) FROM series").await, 0);
    assert_eq!(service.database.number("SELECT count(*) FROM events").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_of_the_series_that_is_not_valid_is_refused_with_its_pointer() {
    let long = |length: usize| json!("x".repeat(length));
    let fields = [
        ("/name", json!("")),
        ("/name", long(201)),
        ("/name", json!(null)),
        ("/description", long(5001)),
        ("/dates", json!([])),
        ("/dates", json!(vec![json!({"starts_at": "2099-03-01T19:00:00Z"}); 201])),
        ("/dates", json!({})),
        ("/template", json!([])),
        ("/venue", json!(1)),
    ];
    assert_each_is_refused(fields.map(|(pointer, value)| (with_member(request(), pointer, value), pointer))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_and_template_come_together_or_not_at_all() {
    assert_each_is_refused([
        (without_member(request(), "/template"), "/template"),
        (without_member(request(), "/dates"), "/dates"),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_template_is_refused_with_a_pointer_into_the_template() {
    let requests = [
        ("/template/name", json!("")),
        ("/template/pools/1/capacity", json!(-1)),
        ("/template/ticket_types/0/price", json!(-1)),
        ("/template/venue_name", json!("")),
        ("/template/time_zone", json!("Berlin")),
        ("/template/seats", json!(5)),
    ];
    assert_each_is_refused(requests.map(|(pointer, value)| (with_member(request(), pointer, value), pointer))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_request_opens_at_most_ten_thousand_pools() {
    let service = Service::start().await;
    let pools: Vec<Value> = (0..100).map(|n| json!({"name": format!("Pool {n}"), "capacity": 1})).collect();
    let dates = |count: usize| vec![json!({"starts_at": "2099-03-01T19:00:00Z"}); count];
    let season = |count: usize| json!({"name": "A season", "template": {"name": "A play", "pools": pools}, "dates": dates(count)});
    service.client.post("/api/v1/series", season(101)).await.expect_invalid("/dates");
    assert_eq!(service.database.number("SELECT count(*) FROM pools").await, 0);

    let created = service.client.post("/api/v1/series", season(100)).await.expect(201);
    assert_eq!(service.database.number("SELECT count(*) FROM pools").await, 10_000);
    let more = format!("{}/events", created.header("location"));
    let added = json!({"template": {"name": "A play", "pools": pools}, "dates": dates(101)});
    service.client.post(&more, added).await.expect_invalid("/dates");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_has_neither_times_nor_another_series() {
    let time = || json!("2099-03-01T19:00:00Z");
    let requests = [
        ("/template/starts_at", time()),
        ("/template/ends_at", time()),
        ("/template/sale_starts_at", time()),
        ("/template/sale_ends_at", time()),
        ("/template/series_id", json!(crate::api::stage::UNKNOWN_ID)),
    ];
    assert_each_is_refused(requests.map(|(pointer, value)| (with_member(request(), pointer, value), pointer))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_invalid_date_refuses_the_whole_series_and_its_index_is_in_the_pointer() {
    let requests = [
        ("/dates/1/starts_at", json!("2099-03-01")),
        ("/dates/1/ends_at", json!("2099-03-01T19:00:00Z")),
        ("/dates/1/sale_starts_at", json!("soon")),
        ("/dates/0/venue_name", json!("")),
        ("/dates/0/time_zone", json!("Berlin")),
        ("/dates/0/total_seats", json!(5)),
    ];
    assert_each_is_refused(requests.map(|(pointer, value)| (with_member(request(), pointer, value), pointer))).await;
    assert_each_is_refused([(without_member(request(), "/dates/1/starts_at"), "/dates/1/starts_at")]).await;
}
