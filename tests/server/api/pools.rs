//! `PATCH /api/v1/pools/{id}`: the capacity of a pool.

use serde_json::json;

use crate::api::stage::{Concert, UNKNOWN_ID, text};
use crate::support::Service;

#[tokio::test(flavor = "multi_thread")]
async fn a_raised_capacity_is_effective_at_once() {
    let service = Service::start().await;
    let concert = Concert::create(&service.client).await;
    let hold = concert.hold(&service.client, &[(&concert.box_seat, 4)]).await.expect(201);
    service.client.book(&hold).await.expect(201);
    concert.hold(&service.client, &[(&concert.box_seat, 1)]).await.expect_problem(409, "INSUFFICIENT_SEATS");
    let path = format!("/api/v1/pools/{}", concert.balcony);
    let resized = service.client.patch(&path, json!({"capacity": 6})).await.expect(200);
    assert_eq!(
        resized.body,
        json!({
            "pool_id": concert.balcony, "event_id": concert.event_id,
            "capacity": 6, "available": 2, "held": 0, "booked": 4, "blocked": 0,
        })
    );
    concert.hold(&service.client, &[(&concert.box_seat, 2)]).await.expect(201);
    let event = service.client.get(&format!("/api/v1/events/{}", concert.event_id)).await.expect(200).body;
    assert_eq!((&event["total_seats"], &event["pools"][1]["capacity"]), (&json!(16), &json!(6)));
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_capacity_below_held_and_booked_is_refused_with_the_least_possible_value() {
    let service = Service::start().await;
    let concert = Concert::create(&service.client).await;
    let path = format!("/api/v1/pools/{}", concert.stalls);
    let hold = concert.hold(&service.client, &[(&concert.adult, 3)]).await.expect(201);
    service.client.book(&hold).await.expect(201);
    concert.hold(&service.client, &[(&concert.child, 4)]).await.expect(201);
    for capacity in [0, 6] {
        let refused = service.client.patch(&path, json!({ "capacity": capacity })).await;
        let refused = refused.expect_problem(409, "CAPACITY_BELOW_COMMITTED");
        assert_eq!((&refused.body["requested"], &refused.body["least"]), (&json!(capacity), &json!(7)));
    }
    assert_eq!(service.client.status(&concert.event_id).await["pools"][0]["total"], 10);
    service.client.patch(&path, json!({"capacity": 7})).await.expect(200);
    concert.hold(&service.client, &[(&concert.adult, 1)]).await.expect_problem(409, "INSUFFICIENT_SEATS");
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_holds_do_not_prevent_a_lower_capacity_even_before_they_are_swept() {
    let service = Service::start().await;
    let concert = Concert::create(&service.client).await;
    let hold = concert.hold(&service.client, &[(&concert.box_seat, 4)]).await.expect(201);
    service.database.make_overdue(&hold.id("hold_id")).await;
    let path = format!("/api/v1/pools/{}", concert.balcony);
    let resized = service.client.patch(&path, json!({"capacity": 0})).await.expect(200);
    assert_eq!((&resized.body["held"], &resized.body["available"]), (&json!(0), &json!(0)));
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_capacity_again_changes_nothing() {
    let service = Service::start().await;
    let concert = Concert::create(&service.client).await;
    let sequence = service.client.status(&concert.event_id).await["sequence"].clone();
    let path = format!("/api/v1/pools/{}", concert.stalls);
    service.client.patch(&path, json!({"capacity": 10})).await.expect(200);
    assert_eq!(service.client.status(&concert.event_id).await["sequence"], sequence);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_has_0_to_10_million_places() {
    let service = Service::start().await;
    let event_id = service.client.event(10).await;
    let pool = service.client.status(&event_id).await["pools"][0].clone();
    let path = format!("/api/v1/pools/{}", text(&pool["pool_id"]));
    for capacity in [0, 10_000_000] {
        let resized = service.client.patch(&path, json!({ "capacity": capacity })).await.expect(200);
        assert_eq!(resized.body["available"], capacity);
    }
    for capacity in [-1, 10_000_001] {
        let refused = service.client.patch(&path, json!({ "capacity": capacity })).await.expect_invalid("/capacity");
        assert_eq!((&refused.body["min"], &refused.body["max"]), (&json!(0), &json!(10_000_000)));
    }
    for capacity in [json!(1.5), json!("1"), json!(null)] {
        service.client.patch(&path, json!({ "capacity": capacity })).await.expect_invalid("/capacity");
    }
    service.client.patch(&path, json!({})).await.expect_invalid("/capacity");
    service.client.patch(&path, json!({"capacity": 1, "name": "Floor"})).await.expect_invalid("/name");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pools_of_an_event_have_at_most_10_million_places_together() {
    let service = Service::start().await;
    let concert = Concert::create(&service.client).await;
    let path = format!("/api/v1/pools/{}", concert.stalls);
    for capacity in [9_999_997, 10_000_000] {
        let refused = service.client.patch(&path, json!({ "capacity": capacity })).await.expect_invalid("/capacity");
        assert_eq!(refused.body["max"], 9_999_996, "the balcony has 4: {}", refused.text);
    }
    service.client.patch(&path, json!({"capacity": 9_999_996})).await.expect(200);
    assert_eq!(service.client.status(&concert.event_id).await["total"], 10_000_000);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_pool_cannot_be_resized() {
    let service = Service::start().await;
    let reply = service.client.patch(&format!("/api/v1/pools/{UNKNOWN_ID}"), json!({"capacity": 1})).await;
    reply.expect_problem(404, "POOL_NOT_FOUND");
}
