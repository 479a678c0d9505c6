//! Invalid venues. Each refusal points to the field.

use serde_json::{Value, json};

use super::{city_hall, create};
use crate::api::stage::{text, with_member, without_member};
use crate::support::Service;

async fn assert_each_is_refused(requests: impl IntoIterator<Item = (Value, &str)>) {
    let service = Service::start().await;
    for (request, pointer) in requests {
        service.client.post("/api/v1/venues", request).await.expect_invalid(pointer);
    }
    assert_eq!(service.database.number("SELECT count(*) FROM venues").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_of_the_venue_that_is_not_valid_is_refused_with_its_pointer() {
    let fields = [
        ("/name", json!("")),
        ("/name", json!("x".repeat(201))),
        ("/address", json!("x".repeat(501))),
        ("/address", json!(5)),
        ("/focal_point", json!([0, 0])),
        ("/focal_point/x", json!({"x": 100_001, "y": 0})),
        ("/focal_point/y", json!({"x": 0})),
        ("/sections", json!([])),
        ("/sections", json!({})),
        ("/sections", json!(vec![json!({"name": "A", "capacity": 1}); 1_001])),
        ("/layout", json!(1)),
    ];
    let request = |(pointer, value): (&'static str, Value)| {
        let field = pointer.split('/').nth(1).expect("a pointer has a first member");
        (with_member(city_hall(), &format!("/{field}"), value), pointer)
    };
    assert_each_is_refused(fields.map(request)).await;
    let missing = ["/name", "/sections", "/sections/1/seats/1/row", "/sections/1/seats/0/number"];
    assert_each_is_refused(missing.map(|pointer| (without_member(city_hall(), pointer), pointer))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_in_a_section_or_seat_is_named_by_its_place_in_the_request() {
    let seats = |seats: Value| ("/sections/1/seats", seats);
    let twice = json!([{"row": "1", "number": "1"}, {"row": "2", "number": "1"}, {"row": "1", "number": "1"}]);
    let half_drawn = json!([{"row": "1", "number": "1", "x": 0, "y": 0}, {"row": "1", "number": "2"}]);
    let changes = [
        (("/sections/0/name", json!("")), "/sections/0/name"),
        (("/sections/2/name", json!("Stalls")), "/sections/2/name"),
        (("/sections/2/capacity", json!(-1)), "/sections/2/capacity"),
        (("/sections/2/capacity", json!(10_000_001)), "/sections/2/capacity"),
        (("/sections/2/rows", json!("row A, 1-2")), "/sections/2"),
        (("/sections/2/origin", json!({"x": 0, "y": 0})), "/sections/2/origin"),
        (("/sections/0/origin", json!({"x": 0, "y": 100_001})), "/sections/0/origin/y"),
        (("/sections/0/origin", json!({"x": 100_000, "y": 0})), "/sections/0"),
        (("/sections/0/price", json!(5)), "/sections/0/price"),
        (seats(json!([])), "/sections/1/seats"),
        (seats(twice), "/sections/1/seats/2/number"),
        (seats(half_drawn), "/sections/1/seats/1"),
        (("/sections/1/seats/1/number", json!("x".repeat(11))), "/sections/1/seats/1/number"),
        (("/sections/1/seats/0/row", json!("")), "/sections/1/seats/0/row"),
        (("/sections/1/seats/1/attributes", json!(["sofa"])), "/sections/1/seats/1/attributes"),
        (("/sections/1/seats/1/colour", json!("red")), "/sections/1/seats/1/colour"),
    ];
    assert_each_is_refused(changes.map(|((at, value), pointer)| (with_member(city_hall(), at, value), pointer))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_in_a_description_is_reported_with_its_character_and_the_expected_words() {
    let service = Service::start().await;
    for (rows, character) in
        [("A-T, 1-40", "at character 1: "), ("rows A-T, 1-40, aisle 12", "at character 23: expected after or before")]
    {
        let request = with_member(city_hall(), "/sections/0/rows", json!(rows));
        let refused = service.client.post("/api/v1/venues", request).await.expect_invalid("/sections/0/rows");
        let detail = text(&refused.body["detail"]);
        assert!(detail.starts_with(character) && detail.contains("expected"), "{detail}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_in_described_rows_points_to_the_description() {
    let service = Service::start().await;
    for (rows, message) in [
        ("row A, 1-2; rows B and Proszeniumsloge, 1-2", "at character 13: row Proszeniumsloge must have at most 10"),
        ("row A, seats 1-600, 700-1200", "a row must have 1 to 1000 seats"),
    ] {
        let request = with_member(city_hall(), "/sections/0/rows", json!(rows));
        let refused = service.client.post("/api/v1/venues", request).await.expect_invalid("/sections/0/rows");
        assert!(text(&refused.body["detail"]).contains(message), "{}", refused.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_venue_has_at_most_one_hundred_thousand_seats() {
    let service = Service::start().await;
    let block = |n: usize| json!({"name": format!("Block {n}"), "rows": "rows 1-100, 1-100"});
    let mut sections: Vec<Value> = (0..10).map(block).collect();
    let most = json!({"name": "Bowl", "sections": sections});
    assert_eq!(create(&service.client, most).await.body["seat_count"], 100_000);
    sections.push(json!({"name": "One more", "rows": "row 1, 1"}));
    let more = service.client.post("/api/v1/venues", json!({"name": "Bowl", "sections": sections})).await;
    more.expect_invalid("/sections/10/rows");
}
