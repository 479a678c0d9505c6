//! `PUT /api/v1/holds/{id}/items`: replaces the items of a hold.

use serde_json::json;
use uuid::Uuid;

use crate::api::stage::Concert;
use crate::support::theatre::seat_states;
use crate::support::{Reply, Service, Theatre};

async fn set_up() -> (Service, Theatre, Reply) {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    let hold = theatre.hold_seats(&service.client, &[30, 31]).await.expect(201);
    (service, theatre, hold)
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_of_a_hold_are_replaced_in_one_step_and_may_overlap_with_its_old_ones() {
    let (service, theatre, hold) = set_up().await;
    let changed = theatre.change(&service.client, &hold, json!({"seat_ids": [31, 32, 5]})).await.expect(200);
    assert_eq!(theatre.states(&service.client).await, seat_states(&[(&[5, 31, 32], 'h')]));
    assert_eq!(changed.body["expires_at"], hold.body["expires_at"], "the expiry stays");
    assert_eq!((&changed.body["qty"], &changed.body["total"]), (&json!(3), &json!(5000 + 2 * 2000)));
    assert!(changed.body.get("payment_token").is_none(), "the token is returned only once");
    let shown = service.client.get(&format!("/api/v1/holds/{}", hold.id("hold_id"))).await.expect(200);
    assert_eq!(shown.body["items"], changed.body["items"]);

    let booking = service.client.book(&hold).await.expect(201);
    assert_eq!(booking.body["items"], changed.body["items"]);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_change_again_changes_nothing() {
    let (service, theatre, hold) = set_up().await;
    let wanted = json!({"seat_ids": [33, 32]});
    let first = theatre.change(&service.client, &hold, wanted.clone()).await.expect(200);
    let before = service.client.status(&theatre.event_id).await["sequence"].clone();
    let second = theatre.change(&service.client, &hold, wanted).await.expect(200);
    assert_eq!(first.body["items"], second.body["items"]);
    assert_eq!(service.client.status(&theatre.event_id).await["sequence"], before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_change_is_answered_even_when_the_event_is_closed() {
    let (service, theatre, hold) = set_up().await;
    let wanted = json!({"seat_ids": [33, 32]});
    let first = theatre.change(&service.client, &hold, wanted.clone()).await.expect(200);
    let closed = json!({"status": "closed"});
    service.client.patch(&format!("/api/v1/events/{}", theatre.event_id), closed).await.expect(200);
    let repeat = theatre.change(&service.client, &hold, wanted).await.expect(200);
    assert_eq!(first.body["items"], repeat.body["items"]);
    theatre.change(&service.client, &hold, json!({"seat_ids": [33]})).await.expect_problem(409, "EVENT_NOT_ON_SALE");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_not_possible_completely_changes_nothing() {
    let (service, theatre, hold) = set_up().await;
    theatre.hold_seats(&service.client, &[33]).await.expect(201);
    let before = service.client.status(&theatre.event_id).await;
    let refused = theatre.change(&service.client, &hold, json!({"seat_ids": [30, 32, 33]})).await;
    assert_eq!(refused.expect_problem(409, "SEATS_UNAVAILABLE").body["seat_ids"], json!([33]));
    theatre.change(&service.client, &hold, json!({"seat_ids": [36]})).await.expect_problem(404, "SEATS_NOT_FOUND");
    let best = json!({"best_available": {"qty": 6, "section": "Balcony", "together": "row"}});
    let refused = theatre.change(&service.client, &hold, best).await.expect_problem(409, "SEATS_NOT_TOGETHER");
    assert_eq!(refused.body["most"], 5, "the hold's own seats count as free");
    let standing = json!({"items": [{"ticket_type_id": theatre.standing, "qty": 21}]});
    let refused = theatre.change(&service.client, &hold, standing).await.expect_problem(409, "INSUFFICIENT_SEATS");
    assert_eq!(refused.body["available"], 20);
    let too_many = json!({"items": [{"ticket_type_id": theatre.standing, "qty": 10_000_000}]});
    theatre.change(&service.client, &hold, too_many).await.expect_problem(422, "QUANTITY_OUT_OF_RANGE");
    theatre.change(&service.client, &hold, json!({"seat_ids": []})).await.expect_invalid("/seat_ids");
    theatre.change(&service.client, &hold, json!({})).await.expect_invalid("/qty");

    let after = service.client.status(&theatre.event_id).await;
    assert_eq!((&after["sequence"], &after["held"]), (&before["sequence"], &before["held"]));
    assert_eq!(theatre.states(&service.client).await, seat_states(&[(&[30, 31, 33], 'h')]));
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_own_places_of_a_hold_count_as_free_when_its_quantity_grows() {
    let service = Service::start().await;
    let concert = Concert::create(&service.client).await;
    let hold = concert.hold(&service.client, &[(&concert.box_seat, 3)]).await.expect(201);
    let path = format!("/api/v1/holds/{}/items", hold.id("hold_id"));
    let token = hold.id("payment_token");
    let put = async |qty: i64| {
        let body = json!({"items": [{"ticket_type_id": concert.box_seat, "qty": qty}]});
        service.client.send(reqwest::Method::PUT, &path, &[("X-Payment-Token", &token)], Some(body)).await
    };
    assert_eq!(put(4).await.expect(200).body["qty"], 4);
    let refused = put(5).await.expect_problem(409, "INSUFFICIENT_SEATS");
    assert_eq!(
        (&refused.body["available"], &refused.body["held"]),
        (&json!(4), &json!(0)),
        "the hold's own places count as free"
    );
    assert_eq!(refused.body["retry_at"], json!(null));
    assert_eq!(put(1).await.expect(200).body["total"], 4000);
    let status = service.client.status(&concert.event_id).await;
    assert_eq!(status["held"], 1);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_type_that_stays_keeps_its_price_and_a_new_one_has_the_current_price() {
    let (service, theatre, hold) = set_up().await;
    service.database.execute("UPDATE ticket_types SET price = price + 500").await;
    let changed = theatre.change(&service.client, &hold, json!({"seat_ids": [30, 32, 5]})).await.expect(200);
    let prices: Vec<_> =
        changed.body["items"].as_array().expect("items").iter().map(|item| &item["unit_price"]).collect();
    assert_eq!(prices, [&json!(5500), &json!(2000)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seats_as_another_ticket_type_are_a_change() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    let hold = theatre.hold(&service.client, json!([Theatre::seats_item(&theatre.adult, &[10, 11])])).await.expect(201);
    let items =
        json!({"items": [Theatre::seats_item(&theatre.adult, &[10]), Theatre::seats_item(&theatre.child, &[11])]});
    let changed = theatre.change(&service.client, &hold, items).await.expect(200);
    assert_eq!(changed.body["total"], 3000 + 1000);
    assert_eq!(theatre.states(&service.client).await, seat_states(&[(&[10, 11], 'h')]));
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_is_not_changed_with_a_wrong_token_or_after_its_end_or_the_end_of_the_sale() {
    let (service, theatre, hold) = set_up().await;
    let path = format!("/api/v1/holds/{}/items", hold.id("hold_id"));
    let wanted = json!({"seat_ids": [32]});
    let put = |headers: &'static [(&'static str, &'static str)]| {
        service.client.send(reqwest::Method::PUT, &path, headers, Some(wanted.clone()))
    };
    put(&[]).await.expect_problem(403, "INVALID_PAYMENT_TOKEN");
    put(&[("X-Payment-Token", "wrong")]).await.expect_problem(403, "INVALID_PAYMENT_TOKEN");

    let released = theatre.hold_seats(&service.client, &[34]).await.expect(201);
    service.client.release(&released).await.expect(200);
    theatre.change(&service.client, &released, wanted.clone()).await.expect_problem(409, "HOLD_NOT_ACTIVE");
    let closed = json!({"status": "closed"});
    service.client.patch(&format!("/api/v1/events/{}", theatre.event_id), closed).await.expect(200);
    theatre.change(&service.client, &hold, wanted.clone()).await.expect_problem(409, "EVENT_NOT_ON_SALE");
    service.database.make_overdue(&hold.id("hold_id")).await;
    theatre.change(&service.client, &hold, wanted).await.expect_problem(410, "HOLD_EXPIRED");
    assert_eq!(theatre.states(&service.client).await, seat_states(&[]));
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn overdue_holds_are_expired_before_a_change_is_refused() {
    let (service, theatre, hold) = set_up().await;
    let overdue = theatre.hold_seats(&service.client, &[33]).await.expect(201);
    service.database.make_overdue(&overdue.id("hold_id")).await;
    theatre.change(&service.client, &hold, json!({"seat_ids": [31, 33]})).await.expect(200);
    assert_eq!(theatre.states(&service.client).await, seat_states(&[(&[31, 33], 'h')]));
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_that_a_change_removes_are_available_for_other_holds_at_once() {
    let (service, theatre, hold) = set_up().await;
    theatre.change(&service.client, &hold, json!({"seat_ids": [32]})).await.expect(200);
    let other = theatre.hold_seats(&service.client, &[30, 31]).await.expect(201);
    service.client.release(&hold).await.expect(200);
    assert_eq!(theatre.states(&service.client).await, seat_states(&[(&[30, 31], 'h')]));
    service.client.book(&other).await.expect(201);
    let block = json!({"reason": "Press", "seat_ids": [32]});
    theatre.block(&service.client, Uuid::now_v7(), block).await.expect(201);
    service.database.assert_invariants_hold().await;
}
