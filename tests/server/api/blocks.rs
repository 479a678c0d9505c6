//! `/api/v1/events/{id}/blocks`: seats and places that an organiser blocks from sale.

use serde_json::json;
use uuid::Uuid;

use crate::api::stage::UNKNOWN_ID;
use crate::support::theatre::seat_states;
use crate::support::{Service, Theatre};

#[tokio::test(flavor = "multi_thread")]
async fn blocked_seats_cannot_be_held_until_they_are_unblocked() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    let block_id = Uuid::now_v7();
    let block = json!({"reason": " House seats ", "seat_ids": [31, 5, 30]});
    let created = theatre.block(&service.client, block_id, block).await.expect(201);
    assert_eq!((&created.body["reason"], &created.body["qty"]), (&json!("House seats"), &json!(3)));
    assert_eq!(theatre.states(&service.client).await, seat_states(&[(&[5, 30, 31], 'x')]));
    let refused = theatre.hold_seats(&service.client, &[29, 30]).await;
    assert_eq!(refused.status, 422, "row C is sold as two types: {}", refused.text);
    let refused = theatre.hold_seats(&service.client, &[4, 5, 30]).await.expect_problem(409, "SEATS_UNAVAILABLE");
    assert_eq!(refused.body["seat_ids"], json!([5, 30]));
    let status = service.client.status(&theatre.event_id).await;
    assert_eq!((&status["blocked"], &status["available"]), (&json!(3), &json!(36 + 20 - 3)));
    service.database.assert_invariants_hold().await;

    let listed = service.client.get(&format!("/api/v1/events/{}/blocks", theatre.event_id)).await.expect(200);
    assert_eq!(listed.body["blocks"], json!([created.body]));
    theatre.unblock(&service.client, block_id).await.expect(200);
    theatre.unblock(&service.client, block_id).await.expect_problem(404, "BLOCK_NOT_FOUND");
    theatre.hold_seats(&service.client, &[4, 5, 30]).await.expect(201);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_put_replaces_the_block_and_the_same_put_again_changes_nothing() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    let block_id = Uuid::now_v7();
    let put = |block| theatre.block(&service.client, block_id, block);
    let first = put(json!({"reason": "Press", "seat_ids": [30, 31, 4]})).await.expect(201);
    let before = service.client.status(&theatre.event_id).await["sequence"].clone();
    let again = put(json!({"reason": "Press", "seat_ids": [4, 31, 30]})).await.expect(200);
    assert_eq!(again.body, first.body);
    assert_eq!(service.client.status(&theatre.event_id).await["sequence"], before);

    let fewer = put(json!({"reason": "Press", "seat_ids": [31, 32]})).await.expect(200);
    assert_eq!((&fewer.body["qty"], &fewer.body["created_at"]), (&json!(2), &first.body["created_at"]));
    assert_eq!(theatre.states(&service.client).await, seat_states(&[(&[31, 32], 'x')]));
    let renamed = put(json!({"reason": "A camera", "seat_ids": [31, 32]})).await.expect(200);
    assert_eq!(renamed.body["reason"], "A camera");
    service.database.assert_invariants_hold().await;

    let standing = json!({"reason": "Wheelchairs", "pool_id": theatre.standing_pool, "qty": 5});
    assert_eq!(put(standing).await.expect(200).body["qty"], 5, "a block may change from seats to standing places");
    assert_eq!(theatre.states(&service.client).await, seat_states(&[]));
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn held_and_booked_seats_cannot_be_blocked_and_seats_of_overdue_holds_can() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    theatre.hold_seats(&service.client, &[30]).await.expect(201);
    let booked = theatre.hold_seats(&service.client, &[31]).await.expect(201);
    service.client.book(&booked).await.expect(201);
    let overdue = theatre.hold_seats(&service.client, &[32]).await.expect(201);
    service.database.make_overdue(&overdue.id("hold_id")).await;
    let block = json!({"reason": "A kill", "seat_ids": [30, 31, 32, 33]});
    let refused = theatre.block(&service.client, Uuid::now_v7(), block).await.expect_problem(409, "SEATS_UNAVAILABLE");
    assert_eq!(refused.body["seat_ids"], json!([30, 31]));
    let block = json!({"reason": "A kill", "seat_ids": [32, 33]});
    theatre.block(&service.client, Uuid::now_v7(), block).await.expect(201);
    let states = seat_states(&[(&[30], 'h'), (&[31], 'b'), (&[32, 33], 'x')]);
    assert_eq!(theatre.states(&service.client).await, states);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn blocked_standing_places_are_not_available_for_holds() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    let block_id = Uuid::now_v7();
    let block = |qty: i64| json!({"reason": "Crew", "pool_id": theatre.standing_pool, "qty": qty});
    theatre.block(&service.client, block_id, block(15)).await.expect(201);
    let standing = |qty: i64| json!([{"ticket_type_id": theatre.standing, "qty": qty}]);
    let refused = theatre.hold(&service.client, standing(6)).await.expect_problem(409, "INSUFFICIENT_SEATS");
    assert_eq!((&refused.body["available"], &refused.body["held"]), (&json!(5), &json!(0)));
    theatre.hold(&service.client, standing(5)).await.expect(201);

    let refused = theatre.block(&service.client, block_id, block(16)).await.expect_problem(409, "INSUFFICIENT_SEATS");
    assert_eq!(refused.body["available"], 15, "the block's own places count as free");
    let pool = format!("/api/v1/pools/{}", theatre.standing_pool);
    let refused = service.client.patch(&pool, json!({"capacity": 19})).await;
    assert_eq!(refused.expect_problem(409, "CAPACITY_BELOW_COMMITTED").body["least"], 20);
    theatre.block(&service.client, block_id, block(14)).await.expect(200);
    theatre.hold(&service.client, standing(1)).await.expect(201);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_block_is_refused_with_its_pointer() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    let put = |block| theatre.block(&service.client, Uuid::now_v7(), block);
    put(json!({"reason": " ", "seat_ids": [1]})).await.expect_invalid("/reason");
    put(json!({"reason": "x".repeat(201), "seat_ids": [1]})).await.expect_invalid("/reason");
    put(json!({"reason": "a\u{0}b", "seat_ids": [1]})).await.expect_invalid("/reason");
    put(json!({"seat_ids": [1]})).await.expect_invalid("/reason");
    put(json!({"reason": "x"})).await.expect_invalid("/seat_ids");
    put(json!({"reason": "x", "seat_ids": [1, 1]})).await.expect_invalid("/seat_ids/1");
    put(json!({"reason": "x", "seat_ids": [1], "qty": 1})).await.expect_invalid("/seat_ids");
    put(json!({"reason": "x", "qty": 1})).await.expect_invalid("/pool_id");
    put(json!({"reason": "x", "pool_id": theatre.standing_pool})).await.expect_invalid("/qty");
    put(json!({"reason": "x", "pool_id": theatre.standing_pool, "qty": 0})).await.expect_invalid("/qty");
    put(json!({"reason": "x", "pool_id": UNKNOWN_ID, "qty": 1})).await.expect_problem(404, "POOL_NOT_FOUND");
    put(json!({"reason": "x", "pool_id": theatre.balcony_pool, "qty": 1})).await.expect_problem(409, "POOL_OF_SEATS");
    put(json!({"reason": "x", "seat_ids": [36]})).await.expect_problem(404, "SEATS_NOT_FOUND");
    let unknown_event = format!("/api/v1/events/{UNKNOWN_ID}/blocks");
    service.client.get(&unknown_event).await.expect_problem(404, "EVENT_NOT_FOUND");
    service.client.delete(&format!("{unknown_event}/{UNKNOWN_ID}")).await.expect_problem(404, "EVENT_NOT_FOUND");
    service.client.delete(&format!("{unknown_event}/first")).await.expect_problem(400, "MALFORMED_REQUEST");
    assert_eq!(theatre.states(&service.client).await, seat_states(&[]));
    service.database.assert_invariants_hold().await;
}
