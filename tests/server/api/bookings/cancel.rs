//! `POST /api/v1/bookings/{id}/cancel`.

use serde_json::json;

use crate::api::stage::{Concert, time, with_member, without_member};
use crate::support::Service;

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_cancelled_twice_gives_its_capacity_back_once_and_answers_the_same_body() {
    let service = Service::start().await;
    let concert = Concert::create(&service.client).await;
    let hold = concert.hold(&service.client, &[(&concert.adult, 10), (&concert.box_seat, 2)]).await.expect(201);
    let booking = service.client.book(&hold).await.expect(201);
    let cancelled = service.client.cancel(&booking).await.expect(200);
    assert_eq!(
        without_member(cancelled.body.clone(), "/cancelled_at"),
        with_member(booking.body.clone(), "/status", json!("cancelled"))
    );
    assert!(time(&cancelled.body["cancelled_at"]) > time(&booking.body["created_at"]));

    // Another hold takes the places, so a second release of capacity would show.
    concert.hold(&service.client, &[(&concert.child, 10)]).await.expect(201);
    assert_eq!(service.client.cancel(&booking).await.expect(200).text, cancelled.text);
    let pools = service.client.status(&concert.event_id).await["pools"].clone();
    assert_eq!((&pools[0]["available"], &pools[0]["booked"]), (&json!(0), &json!(0)));
    assert_eq!((&pools[1]["available"], &pools[1]["booked"]), (&json!(4), &json!(0)));
    let shown = service.client.get(&format!("/api/v1/bookings/{}", booking.id("booking_id"))).await.expect(200);
    assert_eq!(shown.body, cancelled.body);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_of_book_after_the_cancellation_says_that_it_was_cancelled_and_books_nothing() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let hold = service.client.hold(&event_id, 2).await.expect(201);
    let booking = service.client.book(&hold).await.expect(201);
    let cancelled = service.client.cancel(&booking).await.expect(200);
    let retry = service.client.book(&hold).await.expect(201);
    assert!(retry.is_replayed());
    assert_eq!(retry.body, cancelled.body);
    assert_eq!(service.client.status(&event_id).await["available"], 5);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_of_a_closed_or_cancelled_event_can_be_cancelled() {
    let service = Service::start().await;
    for status in ["closed", "cancelled"] {
        let event_id = service.client.event(5).await;
        let hold = service.client.hold(&event_id, 2).await.expect(201);
        let booking = service.client.book(&hold).await.expect(201);
        service.client.patch(&format!("/api/v1/events/{event_id}"), json!({ "status": status })).await.expect(200);
        service.client.cancel(&booking).await.expect(200);
        assert_eq!(service.client.status(&event_id).await["booked"], 0);
    }
    service.database.assert_invariants_hold().await;
}
