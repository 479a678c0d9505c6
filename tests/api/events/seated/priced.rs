//! What seats cost: ticket types of pools, and of price zones.

use serde_json::{Value, json};

use super::{create, play, theatre, venue, zoned};
use crate::stage::{text, with};
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

fn priced(event: Value, types: Value) -> Value {
    with(with(event, "/currency", json!("EUR")), "/ticket_types", types)
}

fn expected(types: &[(&str, &str, i64)]) -> Vec<(String, String, i64)> {
    types.iter().map(|(name, pool, price)| ((*name).to_owned(), (*pool).to_owned(), *price)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layout_without_ticket_types_gets_one_free_ticket_type_per_pool() {
    let service = Service::start().await;
    let venue_id = venue(&service.client, theatre()).await;
    let event = create(&service.client, play(&venue_id)).await.body;
    let free = [("Stalls", "Stalls", 0), ("Standing", "Standing", 0), ("Circle", "Circle", 0)];
    assert_eq!(ticket_types(&event), expected(&free));
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
    let event = create(&service.client, priced(zoned(&venue_id), types)).await.body;
    let sold = [
        ("Adult (Stalls)", "Stalls, Premium", 9000),
        ("Adult (Circle)", "Circle, Premium", 9000),
        ("Adult", "Stalls, Last rows", 2000),
        ("Member", "Stalls, Premium", 8000),
        ("Standing", "Standing", 1500),
    ];
    assert_eq!(ticket_types(&event), expected(&sold), "nothing is sold in the rest of stalls and circle");
    for number in [0, 1] {
        let of_zone = &event["ticket_types"][number];
        assert_eq!((&of_zone["min_quantity"], &of_zone["max_quantity"]), (&json!(2), &json!(4)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_type_is_of_a_pool_or_of_a_price_zone_that_the_event_has() {
    let service = Service::start().await;
    let venue_id = venue(&service.client, theatre()).await;
    let of = |field: &str, name: &str| json!([{"name": "Adult", field: name, "price": 100}]);
    let all_of_it = json!([{"section": "Circle", "name": "All", "rows": ["A", "B", "C"]}]);
    let without_a_rest = with(play(&venue_id), "/price_zones", all_of_it);
    let refused = [
        (priced(zoned(&venue_id), of("pool", "Premium")), "/ticket_types/0/pool"),
        (priced(play(&venue_id), of("pool", "Stalls, Premium")), "/ticket_types/0/pool"),
        (priced(without_a_rest, of("pool", "Circle")), "/ticket_types/0/pool"),
        (priced(zoned(&venue_id), of("price_zone", "Stalls")), "/ticket_types/0/price_zone"),
        (priced(zoned(&venue_id), of("price_zone", "Stalls, Premium")), "/ticket_types/0/price_zone"),
        (priced(play(&venue_id), of("price_zone", "Premium")), "/ticket_types/0/price_zone"),
        (
            priced(json!({"name": "A", "pools": [{"name": "P", "capacity": 1}]}), of("price_zone", "P")),
            "/ticket_types/0/price_zone",
        ),
        (priced(play(&venue_id), json!([{"name": "Adult", "price": 100}])), "/ticket_types/0/pool"),
    ];
    for (request, pointer) in refused {
        service.client.post("/api/v1/events", request).await.expect_invalid(pointer);
    }
    let both = json!([{"name": "Adult", "pool": "Stalls, Premium", "price_zone": "Premium", "price": 100}]);
    let both = service.client.post("/api/v1/events", priced(zoned(&venue_id), both)).await;
    both.expect_invalid("/ticket_types/0/price_zone");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_ticket_types_get_from_their_sections_are_unique_and_not_too_long() {
    let service = Service::start().await;
    let venue_id = venue(&service.client, theatre()).await;
    let twice = json!([
        {"name": "Adult (Circle)", "pool": "Circle", "price": 100},
        {"name": "Adult", "price_zone": "Premium", "price": 100},
    ]);
    let twice = service.client.post("/api/v1/events", priced(zoned(&venue_id), twice)).await;
    twice.expect_invalid("/ticket_types/1/name");

    let named = |length: usize| json!([{"name": "x".repeat(length), "price_zone": "Premium", "price": 100}]);
    let longest = 100 - " (Stalls)".len();
    create(&service.client, priced(zoned(&venue_id), named(longest))).await;
    let longer = service.client.post("/api/v1/events", priced(zoned(&venue_id), named(longest + 1))).await;
    longer.expect_invalid("/ticket_types/0/name");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_in_a_zone_needs_a_currency() {
    let service = Service::start().await;
    let venue_id = venue(&service.client, theatre()).await;
    let types = json!([{"name": "Adult", "price_zone": "Premium", "price": 100}]);
    let request = with(zoned(&venue_id), "/ticket_types", types);
    service.client.post("/api/v1/events", request).await.expect_invalid("/currency");
}
