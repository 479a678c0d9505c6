//! `DELETE /api/v1/events/{id}`.

use serde_json::json;

use crate::api::stage::Concert;
use crate::support::Service;

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_never_had_a_hold_is_deleted_with_all_its_rows() {
    let service = Service::start().await;
    let other = service.client.event(5).await;
    let concert = Concert::create(&service.client).await;
    let path = format!("/api/v1/events/{}", concert.event_id);
    // A refused hold leaves no row, so the event can still be deleted.
    concert.hold(&service.client, &[(&concert.box_seat, 5)]).await.expect_problem(409, "INSUFFICIENT_SEATS");
    let reply = service.client.delete(&path).await.expect(204);
    assert_eq!(reply.text, "");

    service.client.get(&path).await.expect_problem(404, "EVENT_NOT_FOUND");
    service.client.get(&format!("{path}/status")).await.expect_problem(404, "EVENT_NOT_FOUND");
    service.client.delete(&path).await.expect_problem(404, "EVENT_NOT_FOUND");
    let pool = format!("/api/v1/pools/{}", concert.stalls);
    service.client.patch(&pool, json!({"capacity": 1})).await.expect_problem(404, "POOL_NOT_FOUND");
    concert.hold(&service.client, &[(&concert.adult, 1)]).await.expect_problem(404, "EVENT_NOT_FOUND");
    for table in ["events", "pools", "ticket_types", "inventory", "journal"] {
        let gone = format!("SELECT count(*) FROM {table} WHERE event_id = '{}'", concert.event_id);
        assert_eq!(service.database.number(&gone).await, 0, "{table}");
    }
    service.client.hold(&other, 1).await.expect(201);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_ever_had_a_hold_is_not_deleted_even_if_all_its_places_are_available_again() {
    let service = Service::start().await;
    for end in ["live", "released", "expired", "overdue", "booked", "cancelled"] {
        let event_id = service.client.event(5).await;
        let hold = service.client.hold(&event_id, 1).await.expect(201);
        match end {
            "released" => drop(service.client.release(&hold).await.expect(200)),
            "expired" => drop(service.client.expire(&hold).await.expect(200)),
            "overdue" => service.database.make_overdue(&hold.id("hold_id")).await,
            "booked" => drop(service.client.book(&hold).await.expect(201)),
            "cancelled" => {
                let booking = service.client.book(&hold).await.expect(201);
                service.client.cancel(&booking).await.expect(200);
            }
            _ => {}
        }
        let reply = service.client.delete(&format!("/api/v1/events/{event_id}")).await;
        reply.expect_problem(409, "EVENT_HAS_HISTORY");
        service.client.get(&format!("/api/v1/events/{event_id}")).await.expect(200);
    }
}
