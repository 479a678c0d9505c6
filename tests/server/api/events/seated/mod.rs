//! Seated events: the sections of a venue's layout become pools, and price zones divide them.

mod deleted;
mod found;
mod priced;
mod refused;
mod repeated;
mod series;

use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use crate::api::stage::{members, text, with_member};
use crate::support::{Client, Reply, Service};

/// Venue with 40 seats in the stalls, 24 in the circle, and 100 standing places.
fn theatre() -> Value {
    json!({
        "name": "Old Theatre",
        "sections": [
            {"name": "Stalls", "rows": "rows A-D, 1-10"},
            {"name": "Standing", "capacity": 100},
            {"name": "Circle", "rows": "rows A-C, 1-8"},
        ],
    })
}

/// Creates a venue and returns its id.
async fn venue(client: &Client, request: Value) -> String {
    client.post("/api/v1/venues", request).await.expect(201).id("venue_id")
}

/// Event at a venue, with the required fields only.
fn play(venue_id: &str) -> Value {
    json!({"name": "A play", "venue_id": venue_id})
}

/// Event with premium front rows in stalls and circle, and a zone of the last row of the stalls.
fn zoned_play(venue_id: &str) -> Value {
    let zones = json!([
        {"section": "Stalls", "name": "Premium", "rows": ["A", "B"]},
        {"section": "Circle", "name": "Premium", "rows": ["A"]},
        {"section": "Stalls", "name": "Last rows", "rows": ["D"]},
    ]);
    with_member(play(venue_id), "/price_zones", zones)
}

async fn create(client: &Client, request: Value) -> Reply {
    client.post("/api/v1/events", request).await.expect(201)
}

/// Name, capacity, section and `seated` of each pool.
fn pools(event: &Value) -> Vec<(String, i64, String, bool)> {
    let pool = |pool: &Value| {
        let capacity = pool["capacity"].as_i64().expect("a number");
        (text(&pool["name"]), capacity, text(&pool["section"]), pool["seated"] == true)
    };
    event["pools"].as_array().expect("pools").iter().map(pool).collect()
}

/// Seat ids of one pool in ascending order.
async fn seats(service: &Service, event: &Value, pool: &str) -> String {
    let pools = event["pools"].as_array().expect("pools");
    let pool = pools.iter().find(|one| one["name"] == pool).expect("the event has the pool");
    let statement = format!(
        "SELECT string_agg(seat_id::text, ' ' ORDER BY seat_id) FROM seats WHERE event_id = '{}' AND pool_id = '{}'",
        text(&event["event_id"]),
        text(&pool["pool_id"])
    );
    query_text(service, statement).await
}

/// Runs a query for a single text value.
async fn query_text(service: &Service, sql: impl Into<String>) -> String {
    let value = sqlx::query_scalar(AssertSqlSafe(sql.into())).fetch_one(&service.database.pool).await;
    value.expect("the statement returns one value")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_section_of_the_layout_becomes_a_pool_and_every_seat_a_row() {
    let service = Service::start().await;
    let venue_id = venue(&service.client, theatre()).await;
    let event = create(&service.client, play(&venue_id)).await.body;
    let sections =
        [("Stalls", 40, true), ("Standing", 100, false), ("Circle", 24, true)].map(|(name, capacity, seated)| {
            let name = name.to_owned();
            (name.clone(), capacity, name, seated)
        });
    assert_eq!(pools(&event), sections);
    assert_eq!(members(&event["pools"][0]), ["blocked", "capacity", "name", "pool_id", "seated", "section"]);
    assert_eq!((&event["venue_id"], &event["layout_version"]), (&json!(venue_id), &json!(1)));
    assert_eq!((&event["orphans_refused"], &event["total_seats"]), (&json!(false), &json!(164)));

    let in_order = |from: i32, to: i32| (from..to).map(|seat| seat.to_string()).collect::<Vec<_>>().join(" ");
    assert_eq!(seats(&service, &event, "Stalls").await, in_order(0, 40));
    assert_eq!(seats(&service, &event, "Circle").await, in_order(40, 64));
    let free = "SELECT count(*) FROM seats WHERE state = 'available' AND hold_id IS NULL AND block_id IS NULL";
    assert_eq!(service.database.number(free).await, 64, "standing places have no seat rows");
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_pool_of_a_layout_is_opened_in_the_journal_with_its_capacity() {
    let service = Service::start().await;
    let venue_id = venue(&service.client, theatre()).await;
    let event = create(&service.client, zoned_play(&venue_id)).await.body;
    let opened = "SELECT string_agg(seq || ' ' || capacity_delta, ', ' ORDER BY seq) FROM journal
                  WHERE kind = 'pool_opened'";
    assert_eq!(query_text(&service, opened).await, "1 20, 2 10, 3 10, 4 100, 5 8, 6 16");
    assert_eq!(service.client.status(&text(&event["event_id"])).await["sequence"], 6);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn price_zones_divide_a_section_and_rows_without_a_zone_keep_its_name() {
    let service = Service::start().await;
    let venue_id = venue(&service.client, theatre()).await;
    let event = create(&service.client, zoned_play(&venue_id)).await.body;
    let expected = [
        ("Stalls, Premium", 20, "Stalls", true),
        ("Stalls", 10, "Stalls", true),
        ("Stalls, Last rows", 10, "Stalls", true),
        ("Standing", 100, "Standing", false),
        ("Circle, Premium", 8, "Circle", true),
        ("Circle", 16, "Circle", true),
    ]
    .map(|(name, capacity, section, seated)| (name.to_owned(), capacity, section.to_owned(), seated));
    assert_eq!(pools(&event), expected);
    assert_eq!(seats(&service, &event, "Stalls").await, "20 21 22 23 24 25 26 27 28 29");
    assert_eq!(seats(&service, &event, "Stalls, Last rows").await, "30 31 32 33 34 35 36 37 38 39");
    assert_eq!(seats(&service, &event, "Circle, Premium").await, "40 41 42 43 44 45 46 47");
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_zone_may_have_separate_rows_or_all_rows_of_a_section() {
    let service = Service::start().await;
    let venue_id = venue(&service.client, theatre()).await;
    let zones = json!([
        {"section": "Stalls", "name": "Odd", "rows": ["C", " A "]},
        {"section": "Circle", "name": "All", "rows": ["A", "B", "C"]},
    ]);
    let event = create(&service.client, with_member(play(&venue_id), "/price_zones", zones)).await.body;
    let names: Vec<String> = pools(&event).into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names, ["Stalls, Odd", "Stalls", "Standing", "Circle, All"], "every row of the circle is in a zone");
    let seats_of_rows = |rows: [i32; 2]| {
        rows.iter().flat_map(|row| row * 10..row * 10 + 10).map(|seat| seat.to_string()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(seats(&service, &event, "Stalls, Odd").await, seats_of_rows([0, 2]));
    assert_eq!(seats(&service, &event, "Stalls").await, seats_of_rows([1, 3]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_venue_name_of_an_event_is_that_of_its_venue_unless_the_request_gives_another() {
    let service = Service::start().await;
    let venue_id = venue(&service.client, theatre()).await;
    let event = create(&service.client, play(&venue_id)).await.body;
    assert_eq!(event["venue_name"], "Old Theatre");
    let elsewhere = with_member(play(&venue_id), "/venue_name", json!("The foyer"));
    assert_eq!(create(&service.client, elsewhere).await.body["venue_name"], "The foyer");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_gets_the_newest_layout_unless_it_names_a_version_and_keeps_it() {
    let service = Service::start().await;
    let venue_id = venue(&service.client, theatre()).await;
    let before = create(&service.client, play(&venue_id)).await;
    let smaller = json!({"sections": [{"name": "Floor", "rows": "rows A, 1-5"}]});
    service.client.patch(&format!("/api/v1/venues/{venue_id}"), smaller).await.expect(200);

    let newest = create(&service.client, play(&venue_id)).await.body;
    assert_eq!((&newest["layout_version"], &newest["total_seats"]), (&json!(2), &json!(5)));
    let named = create(&service.client, with_member(play(&venue_id), "/layout_version", json!(1))).await.body;
    assert_eq!((&named["layout_version"], &named["total_seats"]), (&json!(1), &json!(164)));
    let shown = service.client.get(before.header("location")).await.expect(200);
    assert_eq!(shown.body, before.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_request_puts_twenty_thousand_seats_on_sale() {
    let service = Service::start().await;
    let block = |n: i64| json!({"name": format!("Block {n}"), "rows": "rows 1-100, 1-40, aisle after 10 and 30"});
    let arena = json!({"name": "Arena", "sections": (1..=5).map(block).collect::<Vec<_>>()});
    let venue_id = venue(&service.client, arena).await;
    let front: Vec<String> = (1..=20).map(|row| row.to_string()).collect();
    let zones = json!([{"section": "Block 3", "name": "Front", "rows": front}]);
    let event = create(&service.client, with_member(play(&venue_id), "/price_zones", zones)).await.body;
    assert_eq!(event["total_seats"], 20_000);
    let whole = "SELECT count(*) FROM (SELECT pool_id FROM seats JOIN pools USING (event_id, pool_id)
                 GROUP BY pool_id, capacity HAVING count(*) = capacity) AS whole";
    assert_eq!(service.database.number(whole).await, 6);
    assert_eq!(service.database.number("SELECT count(DISTINCT seat_id) FROM seats").await, 20_000);
    service.database.assert_invariants_hold().await;
}
