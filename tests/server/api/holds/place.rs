//! `POST /api/v1/holds`, when it succeeds.

use serde_json::json;

use crate::api::stage::{Concert, time};
use crate::support::Service;

#[tokio::test(flavor = "multi_thread")]
async fn a_quantity_alone_is_held_where_the_event_has_one_ticket_type() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let hold = service.client.hold(&event_id, 2).await.expect(201);
    let body = &hold.body;
    assert_eq!(
        *body,
        json!({
            "hold_id": body["hold_id"], "event_id": event_id, "status": "active", "qty": 2,
            "items": [{"ticket_type_id": body["items"][0]["ticket_type_id"], "qty": 2, "unit_price": 0, "total": 0}],
            "total": 0, "currency": null,
            "created_at": body["created_at"], "expires_at": body["expires_at"],
            "expires_in_ms": 120_000, "server_time": body["created_at"], "payment_token": body["payment_token"],
        })
    );
    // base64url of 32 bytes.
    assert_eq!(hold.id("payment_token").len(), 43);
    assert_eq!(hold.header("location"), format!("/api/v1/holds/{}", hold.id("hold_id")));
    let status = service.client.status(&event_id).await;
    assert_eq!((&status["held"], &status["available"]), (&json!(2), &json!(3)));
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn items_of_several_types_and_pools_are_held_together_at_their_prices() {
    let service = Service::start().await;
    let concert = Concert::create(&service.client).await;
    let hold = concert.hold(&service.client, &[(&concert.box_seat, 1), (&concert.adult, 2), (&concert.child, 3)]).await;
    let body = hold.expect(201).body;
    assert_eq!((&body["qty"], &body["total"], &body["currency"]), (&json!(6), &json!(12_000), &json!("EUR")));
    let item = |id: &String, qty: i64, unit_price: i64| {
        let total = qty * unit_price;
        json!({"ticket_type_id": id, "qty": qty, "unit_price": unit_price, "total": total})
    };
    let mut expected =
        [item(&concert.adult, 2, 2500), item(&concert.child, 3, 1000), item(&concert.box_seat, 1, 4000)].to_vec();
    expected.sort_by_key(|item| item["ticket_type_id"].to_string());
    assert_eq!(body["items"], json!(expected));
    let pools = service.client.status(&concert.event_id).await["pools"].clone();
    assert_eq!((&pools[0]["held"], &pools[1]["held"]), (&json!(5), &json!(1)));
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quantities_of_one_ticket_type_are_added_up_before_they_are_checked() {
    let service = Service::start().await;
    let concert = Concert::create(&service.client).await;
    let twice = concert.hold(&service.client, &[(&concert.box_seat, 1), (&concert.box_seat, 2)]).await.expect(201);
    assert_eq!(twice.body["items"].as_array().map(Vec::len), Some(1));
    assert_eq!((&twice.body["items"][0]["qty"], &twice.body["total"]), (&json!(3), &json!(12_000)));
    let too_many = concert.hold(&service.client, &[(&concert.box_seat, 1), (&concert.box_seat, 1)]).await;
    assert_eq!(too_many.expect_problem(409, "INSUFFICIENT_SEATS").body["requested"], 2);
    let over_limit = concert.hold(&service.client, &[(&concert.adult, 60), (&concert.adult, 41)]).await;
    assert_eq!(over_limit.expect_problem(422, "QUANTITY_OUT_OF_RANGE").body["requested"], 101);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_to_live_is_that_of_the_request_else_of_the_event_else_of_the_service() {
    let service = Service::start().await;
    let request = json!({"name": "A show", "total_seats": 9, "hold_ttl_seconds": 300});
    let with_own_ttl = service.client.post("/api/v1/events", request).await.expect(201).id("event_id");
    let plain = service.client.event(9).await;
    let lives =
        [(&plain, None, 120), (&with_own_ttl, None, 300), (&with_own_ttl, Some(10), 10), (&plain, Some(900), 900)];
    for (event_id, ttl_seconds, seconds) in lives {
        let request = json!({"event_id": event_id, "qty": 1, "ttl_seconds": ttl_seconds});
        let hold = service.client.post("/api/v1/holds", request).await.expect(201).body;
        let life = time(&hold["expires_at"]) - time(&hold["created_at"]);
        assert_eq!((life.whole_seconds(), &hold["expires_in_ms"]), (seconds, &json!(seconds * 1000)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_keeps_its_price_when_the_price_of_the_ticket_type_changes() {
    let service = Service::start().await;
    let concert = Concert::create(&service.client).await;
    let hold = concert.hold(&service.client, &[(&concert.adult, 2)]).await.expect(201);
    let raise_price = format!("UPDATE ticket_types SET price = 9900 WHERE ticket_type_id = '{}'", concert.adult);
    assert_eq!(service.database.execute(raise_price).await, 1);

    let shown = service.client.get(&format!("/api/v1/holds/{}", hold.id("hold_id"))).await.expect(200);
    let extended = service.client.extend(&hold).await.expect(200);
    let booking = service.client.book(&hold).await.expect(201);
    for answer in [&shown, &extended, &booking] {
        assert_eq!(answer.body["total"], 5000, "{}", answer.text);
        assert_eq!(answer.body["items"], hold.body["items"]);
    }
    let later = concert.hold(&service.client, &[(&concert.adult, 2)]).await.expect(201);
    assert_eq!(later.body["total"], 19_800);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_free_event_has_the_same_states_and_no_payment_step() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let hold = service.client.hold(&event_id, 1).await.expect(201);
    let booking = service.client.book(&hold).await.expect(201);
    assert_eq!((&booking.body["payment"], &booking.body["total"]), (&json!("not_required"), &json!(0)));
    let booked = service.client.get(&format!("/api/v1/holds/{}", hold.id("hold_id"))).await.expect(200);
    assert_eq!(booked.body["status"], "booked");
    assert_eq!(service.client.cancel(&booking).await.expect(200).body["status"], "cancelled");
}
