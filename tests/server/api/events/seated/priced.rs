//! Prices of seats: ticket types of pools and of price zones.

use serde_json::{Value, json};

use super::{create, play, theatre, venue, zoned_play};
use crate::api::stage::{text, with_member};
use crate::support::Service;

/// Name, pool and price of each ticket type.
fn ticket_types(event: &Value) -> Vec<(String, String, i64)> {
    let pools = event["pools"].as_array().expect("pools");
    let pool = |id: &Value| pools.iter().find(|pool| pool["pool_id"] == *id).expect("a ticket type has a pool");
    let ticket_type = |one: &Value| {
        let price = one["price"].as_i64().expect("a number");
        (text(&one["name"]), text(&pool(&one["pool_id"])["name"]), price)
    };
    event["ticket_types"].as_array().expect("ticket types").iter().map(ticket_type).collect()
}

fn with_ticket_types(event: Value, types: Value) -> Value {
    with_member(with_member(event, "/currency", json!("EUR")), "/ticket_types", types)
}

fn expected_types(types: &[(&str, &str, i64)]) -> Vec<(String, String, i64)> {
    types.iter().map(|(name, pool, price)| ((*name).to_owned(), (*pool).to_owned(), *price)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layout_without_ticket_types_gets_one_free_ticket_type_per_pool() {
    let service = Service::start().await;
    let venue_id = venue(&service.client, theatre()).await;
    let event = create(&service.client, play(&venue_id)).await.body;
    let free = [("Stalls", "Stalls", 0), ("Standing", "Standing", 0), ("Circle", "Circle", 0)];
    assert_eq!(ticket_types(&event), expected_types(&free));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_type_of_a_price_zone_is_sold_in_every_section_that_has_the_zone() {
    let service = Service::start().await;
    let venue_id = venue(&service.client, theatre()).await;
    let types = json!([
        {"name": "Adult", "price_zone": " Premium ", "price": 9000, "min_quantity": 2, "max_quantity": 4},
        {"name": "Adult", "price_zone": "Last rows", "price": 2000},
        {"name": "Member", "pool": "Stalls, Premium", "price": 8000},
        {"name": "Standing", "pool": "Standing", "price": 1500},
    ]);
    let event = create(&service.client, with_ticket_types(zoned_play(&venue_id), types)).await.body;
    let sold = [
        ("Adult (Stalls)", "Stalls, Premium", 9000),
        ("Adult (Circle)", "Circle, Premium", 9000),
        ("Adult", "Stalls, Last rows", 2000),
        ("Member", "Stalls, Premium", 8000),
        ("Standing", "Standing", 1500),
    ];
    assert_eq!(ticket_types(&event), expected_types(&sold), "rows outside the zones have no ticket type here");
    for number in [0, 1] {
        let zone_type = &event["ticket_types"][number];
        assert_eq!((&zone_type["min_quantity"], &zone_type["max_quantity"]), (&json!(2), &json!(4)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_type_names_one_pool_or_one_price_zone_of_its_event() {
    let service = Service::start().await;
    let venue_id = venue(&service.client, theatre()).await;
    let types = |field: &str, name: &str| json!([{"name": "Adult", field: name, "price": 100}]);
    let whole_circle = json!([{"section": "Circle", "name": "All", "rows": ["A", "B", "C"]}]);
    let circle_in_one_zone = with_member(play(&venue_id), "/price_zones", whole_circle);
    let refused = [
        (with_ticket_types(zoned_play(&venue_id), types("pool", "Premium")), "/ticket_types/0/pool"),
        (with_ticket_types(play(&venue_id), types("pool", "Stalls, Premium")), "/ticket_types/0/pool"),
        (with_ticket_types(circle_in_one_zone, types("pool", "Circle")), "/ticket_types/0/pool"),
        (with_ticket_types(zoned_play(&venue_id), types("price_zone", "Stalls")), "/ticket_types/0/price_zone"),
        (
            with_ticket_types(zoned_play(&venue_id), types("price_zone", "Stalls, Premium")),
            "/ticket_types/0/price_zone",
        ),
        (with_ticket_types(play(&venue_id), types("price_zone", "Premium")), "/ticket_types/0/price_zone"),
        (
            with_ticket_types(json!({"name": "A", "pools": [{"name": "P", "capacity": 1}]}), types("price_zone", "P")),
            "/ticket_types/0/price_zone",
        ),
        (with_ticket_types(play(&venue_id), json!([{"name": "Adult", "price": 100}])), "/ticket_types/0/pool"),
    ];
    for (request, pointer) in refused {
        service.client.post("/api/v1/events", request).await.expect_invalid(pointer);
    }
    let both = json!([{"name": "Adult", "pool": "Stalls, Premium", "price_zone": "Premium", "price": 100}]);
    let both = service.client.post("/api/v1/events", with_ticket_types(zoned_play(&venue_id), both)).await;
    both.expect_invalid("/ticket_types/0/price_zone");
}

#[tokio::test(flavor = "multi_thread")]
async fn ticket_type_names_completed_with_a_section_must_be_unique_and_not_too_long() {
    let service = Service::start().await;
    let venue_id = venue(&service.client, theatre()).await;
    let twice = json!([
        {"name": "Adult (Circle)", "pool": "Circle", "price": 100},
        {"name": "Adult", "price_zone": "Premium", "price": 100},
    ]);
    let twice = service.client.post("/api/v1/events", with_ticket_types(zoned_play(&venue_id), twice)).await;
    twice.expect_invalid("/ticket_types/1/name");

    let named = |length: usize| json!([{"name": "x".repeat(length), "price_zone": "Premium", "price": 100}]);
    let longest = 100 - " (Stalls)".len();
    create(&service.client, with_ticket_types(zoned_play(&venue_id), named(longest))).await;
    let longer =
        service.client.post("/api/v1/events", with_ticket_types(zoned_play(&venue_id), named(longest + 1))).await;
    longer.expect_invalid("/ticket_types/0/name");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_in_a_zone_needs_a_currency() {
    let service = Service::start().await;
    let venue_id = venue(&service.client, theatre()).await;
    let types = json!([{"name": "Adult", "price_zone": "Premium", "price": 100}]);
    let request = with_member(zoned_play(&venue_id), "/ticket_types", types);
    service.client.post("/api/v1/events", request).await.expect_invalid("/currency");
}
