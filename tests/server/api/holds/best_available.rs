//! Holds of the best available seats.

use serde_json::json;

use crate::support::theatre::{seat_states, seats_of};
use crate::support::{Service, Theatre};

#[tokio::test(flavor = "multi_thread")]
async fn the_best_seats_are_near_the_middle_of_the_front_and_next_to_each_other() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    let hold =
        theatre.hold_best(&service.client, json!({"qty": 2, "ticket_type_id": theatre.premium})).await.expect(201);
    let first = seats_of(&hold);
    assert!(first == [3, 4] || first == [5, 6], "{first:?}");
    assert_eq!(hold.body["items"][0]["ticket_type_id"], theatre.premium);
    let second =
        theatre.hold_best(&service.client, json!({"qty": 2, "ticket_type_id": theatre.premium})).await.expect(201);
    assert_ne!(seats_of(&second), first);
    let taken: Vec<u32> = [3, 4, 5, 6].into();
    assert_eq!(theatre.states(&service.client).await, seat_states(&[(&taken, 'h')]));
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_gets_seats_of_the_requested_section_ticket_type_and_accessibility() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    let balcony = theatre.hold_best(&service.client, json!({"qty": 2, "section": "Balcony"})).await.expect(201);
    assert!(seats_of(&balcony).iter().all(|seat| (30..36).contains(seat)), "{}", balcony.text);
    let adult = json!({"qty": 3, "ticket_type_id": theatre.adult});
    let adult = theatre.hold_best(&service.client, adult).await.expect(201);
    assert!(seats_of(&adult).iter().all(|seat| (10..30).contains(seat)), "{}", adult.text);
    let accessible = json!({"qty": 2, "ticket_type_id": theatre.premium, "accessible": true});
    let accessible = theatre.hold_best(&service.client, accessible).await.expect(201);
    assert_eq!(seats_of(&accessible), [0, 1]);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_cannot_sit_together_is_refused_with_the_largest_possible_size() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    theatre.hold_seats(&service.client, &[32]).await.expect(201);
    let four = |together: &str| json!({"qty": 4, "section": "Balcony", "together": together});
    let refused = theatre.hold_best(&service.client, four("strict")).await.expect_problem(409, "SEATS_NOT_TOGETHER");
    assert_eq!((&refused.body["requested"], &refused.body["most"]), (&json!(4), &json!(3)));
    let row = theatre.hold_best(&service.client, four("row")).await.expect(201);
    assert_eq!(seats_of(&row).len(), 4);
    let refused = theatre.hold_best(&service.client, four("nearby")).await.expect_problem(409, "SEATS_NOT_TOGETHER");
    assert_eq!(refused.body["most"], 1);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn overdue_holds_are_expired_before_best_available_is_refused() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    let overdue = theatre.hold_seats(&service.client, &[30, 31, 32, 33, 34, 35]).await.expect(201);
    let best = json!({"qty": 6, "section": "Balcony"});
    let refused = theatre.hold_best(&service.client, best.clone()).await.expect_problem(409, "SEATS_NOT_TOGETHER");
    assert_eq!(refused.body["most"], 0);
    service.database.make_overdue(&overdue.id("hold_id")).await;
    theatre.hold_best(&service.client, best).await.expect(201);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_best_available_request_is_refused_with_its_pointer() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    let best = |wish| theatre.hold_best(&service.client, wish);
    best(json!({"qty": 1, "section": "Gallery"})).await.expect_problem(404, "SECTION_NOT_FOUND");
    best(json!({"qty": 1, "section": "Standing"})).await.expect_problem(404, "SECTION_NOT_FOUND");
    best(json!({"qty": 1, "together": "close"})).await.expect_invalid("/best_available/together");
    best(json!({"qty": 1, "section": "x".repeat(101)})).await.expect_invalid("/best_available/section");
    best(json!({"qty": 1, "nearby": true})).await.expect_invalid("/best_available/nearby");
    for qty in [0, 101] {
        best(json!({"qty": qty})).await.expect_problem(422, "QUANTITY_OUT_OF_RANGE");
    }
    best(json!({"qty": 1, "ticket_type_id": crate::api::stage::UNKNOWN_ID}))
        .await
        .expect_problem(404, "TICKET_TYPE_NOT_FOUND");
    best(json!({"qty": 1, "ticket_type_id": theatre.standing})).await.expect_invalid("/best_available/ticket_type_id");
    // All rows of the stalls but the first are sold as two ticket types.
    let behind = json!({"qty": 6, "section": "Stalls", "together": "nearby"});
    best(behind).await.expect_invalid("/best_available/ticket_type_id");
    let event_id = service.client.event(5).await;
    let request = json!({"event_id": event_id, "best_available": {"qty": 1}});
    service.client.post("/api/v1/holds", request).await.expect_problem(404, "EVENT_NOT_SEATED");
    assert_eq!(theatre.states(&service.client).await, seat_states(&[]));
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_that_are_not_sold_are_never_the_best() {
    let service = Service::start().await;
    let venue_id = Theatre::create_venue(&service.client).await;
    // Only the balcony has a ticket type, so the stalls are not sold.
    let request = json!({
        "name": "A gala",
        "venue_id": venue_id,
        "ticket_types": [{"name": "Balcony", "pool": "Balcony", "price": 0}],
    });
    let event_id = service.client.post("/api/v1/events", request).await.expect(201).id("event_id");
    let best = |qty: i64| json!({"event_id": event_id, "best_available": {"qty": qty}});
    let hold = service.client.post("/api/v1/holds", best(4)).await.expect(201);
    assert!(seats_of(&hold).iter().all(|seat| (30..36).contains(seat)), "{}", hold.text);
    let refused = service.client.post("/api/v1/holds", best(3)).await.expect_problem(409, "SEATS_NOT_TOGETHER");
    assert_eq!(refused.body["most"], 2);
    service.client.release(&hold).await.expect(200);
    service.client.post("/api/v1/holds", best(6)).await.expect(201);
    service.database.assert_invariants_hold().await;
}
