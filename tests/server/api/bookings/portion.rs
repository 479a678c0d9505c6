//! `POST /api/v1/book` for a part of the hold: the rest is released.

use serde_json::{Value, json};

use crate::api::stage::Concert;
use crate::support::theatre::seat_states;
use crate::support::{Reply, Service, Theatre};

async fn book(service: &Service, hold: &Reply, part: Value) -> Reply {
    let mut body = part;
    body["hold_id"] = hold.body["hold_id"].clone();
    body["payment_token"] = hold.body["payment_token"].clone();
    service.client.post("/api/v1/book", body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn some_seats_of_a_hold_are_booked_and_the_others_are_free_at_once() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    let hold = theatre.hold_seats(&service.client, &[4, 5, 30, 31]).await.expect(201);
    let booking = book(&service, &hold, json!({"seat_ids": [31, 4]})).await.expect(201);
    let items = json!([
        {"ticket_type_id": theatre.premium, "qty": 1, "unit_price": 5000, "total": 5000, "seat_ids": [4]},
        {"ticket_type_id": theatre.balcony, "qty": 1, "unit_price": 2000, "total": 2000, "seat_ids": [31]},
    ]);
    assert_eq!((&booking.body["items"], &booking.body["total"]), (&items, &json!(7000)));
    assert_eq!(theatre.states(&service.client).await, seat_states(&[(&[4, 31], 'b')]));

    // A repeat returns the first booking, whichever part it names.
    for part in [json!({"seat_ids": [31, 4]}), json!({"seat_ids": [5]}), json!({})] {
        let repeat = book(&service, &hold, part).await.expect(201);
        assert!(repeat.is_replayed() && repeat.text == booking.text, "{}", repeat.text);
    }
    service.client.cancel(&booking).await.expect(200);
    assert_eq!(theatre.states(&service.client).await, seat_states(&[]));
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_smaller_quantity_is_booked_and_the_rest_given_back() {
    let service = Service::start().await;
    let concert = Concert::create(&service.client).await;
    let wanted = [(&concert.adult, 3), (&concert.child, 2), (&concert.box_seat, 4)];
    let hold = concert.hold(&service.client, &wanted).await.expect(201);
    let part = json!({"items": [
        {"ticket_type_id": concert.box_seat, "qty": 4},
        {"ticket_type_id": concert.adult, "qty": 1},
    ]});
    let booking = book(&service, &hold, part).await.expect(201);
    assert_eq!((&booking.body["qty"], &booking.body["total"]), (&json!(5), &json!(2500 + 4 * 4000)));
    let status = service.client.status(&concert.event_id).await;
    assert_eq!((&status["booked"], &status["held"], &status["available"]), (&json!(5), &json!(0), &json!(9)));
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn items_that_are_not_in_the_hold_are_refused_and_nothing_is_booked_or_released() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    let standing = json!({"ticket_type_id": theatre.standing, "qty": 2});
    let items = json!([Theatre::seats_item(&theatre.balcony, &[30, 31]), standing]);
    let hold = theatre.hold(&service.client, items).await.expect(201);

    let refused = book(&service, &hold, json!({"seat_ids": [30, 32, 5]})).await.expect_problem(409, "NOT_IN_HOLD");
    assert_eq!(refused.body["seat_ids"], json!([5, 32]));
    let not_held = json!({"items": [Theatre::seats_item(&theatre.balcony, &[31, 33])]});
    let refused = book(&service, &hold, not_held).await.expect_problem(409, "NOT_IN_HOLD");
    assert_eq!(refused.body["seat_ids"], json!([33]));
    for not_held in
        [json!({"ticket_type_id": theatre.standing, "qty": 3}), json!({"ticket_type_id": theatre.adult, "qty": 1})]
    {
        let refused = book(&service, &hold, json!({"items": [not_held]})).await.expect_problem(409, "NOT_IN_HOLD");
        assert_eq!(refused.body["ticket_type_id"], not_held["ticket_type_id"]);
    }
    // A quantity of one does not say which of the two seats is meant.
    let one = json!({"items": [{"ticket_type_id": theatre.balcony, "qty": 1}]});
    book(&service, &hold, one).await.expect_invalid("/items");
    book(&service, &hold, json!({"seat_ids": [30, 30]})).await.expect_invalid("/seat_ids/1");
    book(&service, &hold, json!({"items": []})).await.expect_invalid("/items");
    let both = json!({"items": [standing], "seat_ids": [30]});
    book(&service, &hold, both).await.expect_invalid("/seat_ids");

    let status = service.client.status(&theatre.event_id).await;
    assert_eq!((&status["held"], &status["booked"]), (&json!(4), &json!(0)));
    // Items that are not named are released, standing places included.
    book(&service, &hold, json!({"seat_ids": [30]})).await.expect(201);
    assert_eq!(theatre.states(&service.client).await, seat_states(&[(&[30], 'b')]));
    assert_eq!(service.client.status(&theatre.event_id).await["held"], 0);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_a_hold_must_keep_the_minimum_quantity_of_its_ticket_type() {
    let service = Service::start().await;
    let request = json!({
        "name": "A dance",
        "pools": [{"name": "Floor", "capacity": 10}],
        "ticket_types": [{"name": "Couple", "pool": "Floor", "price": 0, "min_quantity": 2}],
    });
    let event = service.client.post("/api/v1/events", request).await.expect(201);
    let couple = event.body["ticket_types"][0]["ticket_type_id"].clone();
    let hold = service.client.hold(&event.id("event_id"), 4).await.expect(201);
    let one = json!({"items": [{"ticket_type_id": couple, "qty": 1}]});
    book(&service, &hold, one).await.expect_problem(422, "QUANTITY_OUT_OF_RANGE");
    let two = json!({"items": [{"ticket_type_id": couple, "qty": 2}]});
    assert_eq!(book(&service, &hold, two).await.expect(201).body["qty"], 2);
    service.database.assert_invariants_hold().await;
}
