//! Invalid events. Each refusal points to the field.

use serde_json::{Value, json};

use crate::api::stage::{Concert, with_member, without_member};
use crate::support::Service;

fn simple() -> Value {
    json!({"name": "A show", "total_seats": 10})
}

/// Posts each request and expects a refusal with that pointer.
async fn assert_each_is_refused(requests: impl IntoIterator<Item = (Value, &str)>) {
    let service = Service::start().await;
    for (request, pointer) in requests {
        service.client.post("/api/v1/events", request).await.expect_invalid(pointer);
    }
    assert_eq!(service.database.number("SELECT count(*) FROM events").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_of_the_event_that_is_not_valid_is_refused_with_its_pointer() {
    let long = |length: usize| json!("x".repeat(length));
    let fields = [
        ("/name", json!("")),
        ("/name", json!("   ")),
        ("/name", long(201)),
        ("/name", json!("two\nlines")),
        ("/name", json!("nul\u{0}")),
        ("/name", json!(null)),
        ("/name", json!(5)),
        ("/description", long(5001)),
        ("/description", json!("bell\u{7}")),
        ("/venue_name", json!("")),
        ("/venue_name", long(201)),
        ("/time_zone", json!("Berlin")),
        ("/time_zone", json!("+02:00")),
        ("/currency", json!("eur")),
        ("/currency", json!("EURO")),
        ("/hold_ttl_seconds", json!(9)),
        ("/hold_ttl_seconds", json!(901)),
        ("/hold_ttl_seconds", json!("60")),
        ("/max_quantity_per_hold", json!(0)),
        ("/max_quantity_per_hold", json!(10_000_001)),
        ("/status", json!("closed")),
        ("/status", json!("cancelled")),
        ("/status", json!("open")),
        ("/pools", json!("Stalls")),
        ("/tickets", json!(1)),
    ];
    assert_each_is_refused(fields.map(|(pointer, value)| (with_member(simple(), pointer, value), pointer))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_without_an_offset_is_refused() {
    let mut requests = Vec::new();
    for pointer in ["/starts_at", "/ends_at", "/sale_starts_at", "/sale_ends_at"] {
        for text in ["2099-07-01T20:00:00", "2099-07-01", "tomorrow", "2099-02-30T20:00:00Z", "0000-01-01T00:00:00Z"] {
            requests.push((with_member(simple(), pointer, json!(text)), pointer));
        }
        requests.push((with_member(simple(), pointer, json!(4_086_612_000_i64)), pointer));
    }
    assert_each_is_refused(requests).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_is_not_after_its_start_is_refused() {
    let noon = json!("2099-07-01T12:00:00Z");
    let mut requests = Vec::new();
    for (start, end) in [("/starts_at", "/ends_at"), ("/sale_starts_at", "/sale_ends_at")] {
        for ends in ["2099-07-01T12:00:00Z", "2099-07-01T11:59:59Z", "2099-07-01T13:00:00+02:00"] {
            requests.push((with_member(with_member(simple(), start, noon.clone()), end, json!(ends)), end));
        }
    }
    assert_each_is_refused(requests).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn total_seats_and_pools_cannot_be_mixed_and_one_of_them_is_required() {
    let types = Concert::request()["ticket_types"].clone();
    assert_each_is_refused([
        (with_member(Concert::request(), "/total_seats", json!(10)), "/total_seats"),
        (with_member(simple(), "/ticket_types", types), "/total_seats"),
        (without_member(simple(), "/total_seats"), "/total_seats"),
        (with_member(simple(), "/total_seats", json!(null)), "/total_seats"),
        (without_member(Concert::request(), "/pools"), "/pools"),
        (json!({"total_seats": 10}), "/name"),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_that_is_not_valid_is_refused_with_its_pointer() {
    let pool = json!({"name": "P", "capacity": 1});
    let many: Vec<Value> = (0..101).map(|n| json!({"name": format!("P{n}"), "capacity": 1})).collect();
    let pools = [
        ("/pools", json!([])),
        ("/pools", json!(many)),
        ("/pools", json!([{"name": "A", "capacity": 10_000_000}, {"name": "B", "capacity": 1}])),
        ("/pools/0", json!([5])),
        ("/pools/0", json!([["Stalls", 10]])),
        ("/pools/0/name", json!([{"name": "", "capacity": 1}])),
        ("/pools/0/name", json!([{"capacity": 1}])),
        ("/pools/1/name", json!([pool, with_member(pool.clone(), "/name", json!("x".repeat(101)))])),
        ("/pools/1/name", json!([pool, with_member(pool.clone(), "/name", json!(" P "))])),
        ("/pools/1/capacity", json!([pool, with_member(pool.clone(), "/capacity", json!(-1))])),
        ("/pools/1/capacity", json!([pool, with_member(pool.clone(), "/capacity", json!(10_000_001))])),
        ("/pools/1/capacity", json!([pool, with_member(pool.clone(), "/capacity", json!(0.5))])),
        ("/pools/1/colour", json!([pool, with_member(pool.clone(), "/colour", json!("red"))])),
    ];
    let request = |pools| json!({"name": "A show", "pools": pools});
    assert_each_is_refused(pools.map(|(pointer, pools)| (request(pools), pointer))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_type_that_is_not_valid_is_refused_with_its_pointer() {
    let many: Vec<Value> = (0..201).map(|n| json!({"name": format!("T{n}"), "pool": "Stalls", "price": 0})).collect();
    let fields = [
        ("/ticket_types/1/name", json!("")),
        ("/ticket_types/1/name", json!("x".repeat(101))),
        ("/ticket_types/1/name", json!("Adult")),
        ("/ticket_types/1/pool", json!("Gallery")),
        ("/ticket_types/1/pool", json!(null)),
        ("/ticket_types/1/price", json!(-1)),
        ("/ticket_types/1/price", json!(100_000_001)),
        ("/ticket_types/1/price", json!(9.99)),
        ("/ticket_types/1/price", json!("9.99")),
        ("/ticket_types/1/min_quantity", json!(0)),
        ("/ticket_types/1/max_quantity", json!(0)),
        ("/ticket_types/1/vat", json!(19)),
        ("/ticket_types/1", json!(["Child", "Stalls", 0])),
        ("/ticket_types", json!([])),
        ("/ticket_types", json!(many)),
    ];
    let limits = json!({"name": "Group", "pool": "Stalls", "price": 0, "min_quantity": 5, "max_quantity": 4});
    let refused = fields.map(|(pointer, value)| (with_member(Concert::request(), pointer, value), pointer));
    let more = [
        (with_member(Concert::request(), "/ticket_types/2", limits), "/ticket_types/2/max_quantity"),
        (without_member(Concert::request(), "/ticket_types/0/price"), "/ticket_types/0/price"),
        (without_member(Concert::request(), "/currency"), "/currency"),
    ];
    assert_each_is_refused(refused.into_iter().chain(more)).await;
}
