//! Holds of named seats.

use serde_json::json;
use uuid::Uuid;

use crate::support::theatre::{seat_states, seats_of};
use crate::support::{Service, Theatre};

#[tokio::test(flavor = "multi_thread")]
async fn named_seats_are_held_and_returned_with_their_ticket_type_and_price() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    let hold = theatre.hold_seats(&service.client, &[31, 5, 4, 30]).await.expect(201);
    let items = [
        json!({"ticket_type_id": theatre.premium, "qty": 2, "unit_price": 5000, "total": 10_000, "seat_ids": [4, 5]}),
        json!({"ticket_type_id": theatre.balcony, "qty": 2, "unit_price": 2000, "total": 4000, "seat_ids": [30, 31]}),
    ];
    assert_eq!(hold.body["items"], json!(items));
    assert_eq!((&hold.body["qty"], &hold.body["total"]), (&json!(4), &json!(14_000)));
    assert_eq!(theatre.states(&service.client).await, seat_states(&[(&[4, 5, 30, 31], 'h')]));

    let shown = service.client.get(&format!("/api/v1/holds/{}", hold.id("hold_id"))).await.expect(200);
    assert_eq!(shown.body["items"], hold.body["items"]);
    let booking = service.client.book(&hold).await.expect(201);
    assert_eq!(booking.body["items"], hold.body["items"]);
    assert_eq!(theatre.states(&service.client).await, seat_states(&[(&[4, 5, 30, 31], 'b')]));
    let path = format!("/api/v1/bookings/{}", booking.id("booking_id"));
    assert_eq!(service.client.get(&path).await.expect(200).body["items"], hold.body["items"]);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_are_held_all_or_none_and_the_refusal_names_exactly_the_unavailable_ones() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    theatre.hold_seats(&service.client, &[2, 30]).await.expect(201);
    let booked = theatre.hold_seats(&service.client, &[3]).await.expect(201);
    service.client.book(&booked).await.expect(201);
    let block = json!({"reason": "A camera", "seat_ids": [4]});
    theatre.block(&service.client, Uuid::now_v7(), block).await.expect(201);

    let refused = theatre.hold_seats(&service.client, &[6, 4, 3, 2, 1, 30, 35]).await;
    let refused = refused.expect_problem(409, "SEATS_UNAVAILABLE");
    assert_eq!(refused.body["seat_ids"], json!([2, 3, 4, 30]));
    let states = seat_states(&[(&[2, 30], 'h'), (&[3], 'b'), (&[4], 'x')]);
    assert_eq!(theatre.states(&service.client).await, states, "nothing was held");
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_that_is_named_twice_is_refused_wherever_it_is_named() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    theatre.hold_seats(&service.client, &[30, 31, 30]).await.expect_invalid("/seat_ids/2");
    let (adult, child) =
        (Theatre::seats_item(&theatre.adult, &[10, 11]), Theatre::seats_item(&theatre.child, &[12, 11]));
    theatre.hold(&service.client, json!([adult, child])).await.expect_invalid("/items/1/seat_ids/1");
    let again = Theatre::seats_item(&theatre.adult, &[10]);
    theatre.hold(&service.client, json!([adult, again])).await.expect_invalid("/items/1/seat_ids/0");
    assert_eq!(theatre.states(&service.client).await, seat_states(&[]));
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_that_the_event_does_not_have_are_named_in_the_refusal() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    let refused = theatre.hold_seats(&service.client, &[35, 36, 99_999]).await.expect_problem(404, "SEATS_NOT_FOUND");
    assert_eq!(refused.body["seat_ids"], json!([36, 99_999]));
    let refused = theatre.hold_seats(&service.client, &(0..101).collect::<Vec<_>>()).await;
    let refused = refused.expect_problem(422, "QUANTITY_OUT_OF_RANGE");
    assert_eq!((&refused.body["requested"], &refused.body["max"]), (&json!(101), &json!(100)));
    let event_id = service.client.event(5).await;
    let request = json!({"event_id": event_id, "seat_ids": [0]});
    service.client.post("/api/v1/holds", request).await.expect_problem(404, "SEATS_NOT_FOUND");
    for seat_ids in [json!([]), json!([-1]), json!([100_000])] {
        let request = json!({"event_id": theatre.event_id, "seat_ids": seat_ids});
        let refused = service.client.post("/api/v1/holds", request).await.expect_problem(422, "VALIDATION_FAILED");
        assert!(refused.id("pointer").starts_with("/seat_ids"), "{}", refused.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_that_are_sold_as_several_ticket_types_need_a_ticket_type_in_the_request() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    theatre.hold_seats(&service.client, &[10]).await.expect_invalid("/items");
    let items = json!([Theatre::seats_item(&theatre.child, &[10]), Theatre::seats_item(&theatre.adult, &[12, 11])]);
    let hold = theatre.hold(&service.client, items).await.expect(201);
    assert_eq!(hold.body["total"], 1000 + 2 * 3000);

    let wrong_type = theatre.hold(&service.client, json!([Theatre::seats_item(&theatre.premium, &[3, 20, 30])])).await;
    let wrong_type = wrong_type.expect_invalid("/items");
    assert_eq!(wrong_type.body["seat_ids"], json!([20, 30]), "the seats that are not sold as this ticket type");
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_may_have_seats_and_places_without_seats() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    let standing = json!({"ticket_type_id": theatre.standing, "qty": 3});
    let hold = theatre
        .hold(&service.client, json!([Theatre::seats_item(&theatre.balcony, &[35]), standing]))
        .await
        .expect(201);
    assert_eq!((&hold.body["qty"], &hold.body["total"]), (&json!(4), &json!(2000 + 3 * 1500)));
    assert_eq!(service.client.status(&theatre.event_id).await["held"], 4);

    // Seats cannot be requested by quantity, and standing places cannot be requested by seat.
    let quantity = json!({"ticket_type_id": theatre.balcony, "qty": 1});
    theatre.hold(&service.client, json!([quantity])).await.expect_invalid("/items");
    theatre
        .hold(&service.client, json!([Theatre::seats_item(&theatre.standing, &[34])]))
        .await
        .expect_invalid("/items");
    let both = json!({"ticket_type_id": theatre.balcony, "qty": 1, "seat_ids": [34]});
    theatre.hold(&service.client, json!([both])).await.expect_invalid("/items/0/seat_ids");
    let neither = json!({"ticket_type_id": theatre.balcony});
    theatre.hold(&service.client, json!([neither])).await.expect_invalid("/items/0/qty");
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_names_its_places_in_exactly_one_way() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    for (request, pointer) in [
        (json!({"qty": 1, "seat_ids": [1]}), "/seat_ids"),
        (json!({"seat_ids": [1], "best_available": {"qty": 1}}), "/best_available"),
        (
            json!({"items": [Theatre::seats_item(&theatre.premium, &[1])], "best_available": {"qty": 1}}),
            "/best_available",
        ),
        (json!({}), "/qty"),
    ] {
        let mut request = request;
        request["event_id"] = json!(theatre.event_id);
        service.client.post("/api/v1/holds", request).await.expect_invalid(pointer);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_become_available_again_when_their_hold_or_booking_ends_in_any_way() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    let released = theatre.hold_seats(&service.client, &[30]).await.expect(201);
    let expired = theatre.hold_seats(&service.client, &[31]).await.expect(201);
    let cancelled = theatre.hold_seats(&service.client, &[32]).await.expect(201);
    let kept = theatre.hold_seats(&service.client, &[33]).await.expect(201);
    let booking = service.client.book(&cancelled).await.expect(201);
    service.client.book(&kept).await.expect(201);
    service.client.release(&released).await.expect(200);
    service.client.expire(&expired).await.expect(200);
    service.client.cancel(&booking).await.expect(200);
    service.client.cancel(&booking).await.expect(200);
    assert_eq!(theatre.states(&service.client).await, seat_states(&[(&[33], 'b')]));
    theatre.hold_seats(&service.client, &[30, 31, 32]).await.expect(201);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_seats_of_an_overdue_hold_go_to_the_next_request_for_them() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    let overdue = theatre.hold_seats(&service.client, &[30, 31]).await.expect(201);
    service.database.make_overdue(&overdue.id("hold_id")).await;
    theatre.hold_seats(&service.client, &[31, 32]).await.expect(201);
    assert_eq!(theatre.states(&service.client).await, seat_states(&[(&[31, 32], 'h')]));
    service.client.book(&overdue).await.expect_problem(410, "HOLD_EXPIRED");
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_with_the_same_key_gets_the_same_seats_byte_for_byte() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    for wanted in [json!({"seat_ids": [33, 30]}), json!({"best_available": {"qty": 3, "section": "Balcony"}})] {
        let mut request = wanted;
        request["event_id"] = json!(theatre.event_id);
        let key = Uuid::now_v7().to_string();
        let first = service.client.post_with_key("/api/v1/holds", &key, &request).await.expect(201);
        let repeat = service.client.post_with_key("/api/v1/holds", &key, &request).await.expect(201);
        assert!(repeat.is_replayed() && repeat.text == first.text, "{} {}", first.text, repeat.text);
        // Also after the seats of the hold have changed.
        theatre.change(&service.client, &first, json!({"seat_ids": [35]})).await.expect(200);
        let repeat = service.client.post_with_key("/api/v1/holds", &key, &request).await.expect(201);
        assert!(repeat.is_replayed() && repeat.text == first.text, "{} {}", first.text, repeat.text);
        service.client.release(&first).await.expect(200);
    }
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_selection_that_leaves_a_single_seat_alone_is_refused_where_the_event_refuses_orphans() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    let first = theatre.hold_seats(&service.client, &[31, 32]).await.expect(201);
    service.client.release(&first).await.expect(200);

    let path = format!("/api/v1/events/{}", theatre.event_id);
    service.client.patch(&path, json!({"orphans_refused": true})).await.expect(200);
    let refused = theatre.hold_seats(&service.client, &[31, 32]).await.expect_problem(409, "LEAVES_ORPHANS");
    assert_eq!(refused.body["seat_ids"], json!([30]));
    theatre.hold_seats(&service.client, &[30, 31]).await.expect(201);
    // An orphan is refused only where it can be avoided: one seat of a run of two always leaves the other alone.
    theatre.hold_seats(&service.client, &[34, 35]).await.expect(201);
    theatre.hold_seats(&service.client, &[32]).await.expect(201);
    assert_eq!(seats_of(&theatre.hold_best(&service.client, json!({"qty": 1, "section": "Balcony"})).await), [33]);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_seated_event_can_refuse_orphans() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let path = format!("/api/v1/events/{event_id}");
    for refused in [true, false] {
        service.client.patch(&path, json!({"orphans_refused": refused})).await.expect_invalid("/orphans_refused");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_capacity_of_a_pool_of_seats_is_its_number_of_seats() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    let path = format!("/api/v1/pools/{}", theatre.balcony_pool);
    for capacity in [0, 5, 7] {
        let refused = service.client.patch(&path, json!({"capacity": capacity})).await;
        assert_eq!(refused.expect_problem(409, "POOL_OF_SEATS").body["capacity"], 6);
    }
    service.client.patch(&path, json!({"capacity": 6})).await.expect(200);
    let standing = format!("/api/v1/pools/{}", theatre.standing_pool);
    assert_eq!(service.client.patch(&standing, json!({"capacity": 25})).await.expect(200).body["available"], 25);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server_refuses_taken_seats_at_once() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    let (second, client) = service.start_second_server();
    for seats in [[0, 1], [2, 3], [4, 5], [6, 7]] {
        theatre.hold_seats(&service.client, &seats).await.expect(201);
        let refused = theatre.hold_seats(&client, &[seats[1], 30]).await.expect_problem(409, "SEATS_UNAVAILABLE");
        assert_eq!(refused.body["seat_ids"], json!([seats[1]]));
        let taken = theatre.hold_best(&client, json!({"qty": 1, "section": "Balcony"})).await.expect(201);
        service.client.release(&taken).await.expect(200);
    }
    second.stop().await.expect("the second server stops");
    service.database.assert_invariants_hold().await;
}
