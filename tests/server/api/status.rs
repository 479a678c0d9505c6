//! `GET /api/v1/events/{id}/status`: counts of an event, its pools and its ticket types.

use serde_json::json;

use crate::api::stage::{Concert, members, time};
use crate::support::Service;

#[tokio::test(flavor = "multi_thread")]
async fn the_status_counts_per_pool_per_type_and_together() {
    let service = Service::start().await;
    let concert = Concert::create(&service.client).await;
    let hold = concert.hold(&service.client, &[(&concert.adult, 3), (&concert.box_seat, 1)]).await.expect(201);
    service.client.book(&hold).await.expect(201);
    concert.hold(&service.client, &[(&concert.child, 2)]).await.expect(201);
    let status = service.client.status(&concert.event_id).await;

    let pool = |pool_id: &str, name: &str, (total, available, held, booked): (i32, i32, i32, i32)| {
        json!({
            "pool_id": pool_id, "name": name,
            "total": total, "available": available, "held": held, "booked": booked, "blocked": 0,
        })
    };
    let ticket_type = |id: &str, name: &str, pool_id: &str, price: i64, available: i32| {
        json!({
            "ticket_type_id": id, "name": name, "pool_id": pool_id, "price": price, "available": available,
        })
    };
    assert_eq!(
        status,
        json!({
            "event_id": concert.event_id, "status": "on_sale", "currency": "EUR",
            "total": 14, "available": 8, "held": 2, "booked": 4, "blocked": 0,
            "pools": [pool(&concert.stalls, "Stalls", (10, 5, 2, 3)), pool(&concert.balcony, "Balcony", (4, 3, 0, 1))],
            "ticket_types": [
                ticket_type(&concert.adult, "Adult", &concert.stalls, 2500, 5),
                ticket_type(&concert.child, "Child", &concert.stalls, 1000, 5),
                ticket_type(&concert.box_seat, "Box", &concert.balcony, 4000, 3),
            ],
            "sequence": status["sequence"], "as_of": status["as_of"],
        })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_of_a_free_event_has_no_currency() {
    let service = Service::start().await;
    let status = service.client.status(&service.client.event(5).await).await;
    let expected = [
        "as_of",
        "available",
        "blocked",
        "booked",
        "currency",
        "event_id",
        "held",
        "pools",
        "sequence",
        "status",
        "ticket_types",
        "total",
    ];
    assert_eq!(members(&status), expected);
    assert_eq!(status["currency"], json!(null));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sequence_is_the_number_of_journal_entries_and_grows_with_every_change_only() {
    let service = Service::start().await;
    let (client, event_id) = (&service.client, service.client.event(5).await);
    let other = client.event(5).await;
    let path = format!("/api/v1/events/{event_id}");
    let sequence = async || {
        let entries = format!("SELECT count(*) FROM journal WHERE event_id = '{event_id}'");
        let reported = client.status(&event_id).await["sequence"].as_i64();
        assert_eq!(reported, Some(service.database.number(&entries).await));
        reported
    };
    let mut before = sequence().await;
    assert_eq!(before, Some(1), "the opening of its pool");

    let hold = client.hold(&event_id, 2).await.expect(201);
    for change in ["placed", "extended", "booked", "cancelled", "amended"] {
        match change {
            "extended" => drop(client.extend(&hold).await.expect(200)),
            "booked" => drop(client.book(&hold).await.expect(201)),
            "cancelled" => drop(client.cancel(&client.book(&hold).await.expect(201)).await.expect(200)),
            "amended" => drop(client.patch(&path, json!({"name": "Renamed"})).await.expect(200)),
            _ => {}
        }
        let after = sequence().await;
        assert!(after > before, "{change}: {before:?}, then {after:?}");
        before = after;
    }
    client.hold(&event_id, 6).await.expect_problem(409, "INSUFFICIENT_SEATS");
    client.book(&hold).await.expect(201);
    client.hold(&other, 1).await.expect(201);
    assert_eq!(sequence().await, before, "refusals, repeats and other events do not count");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_contains_every_change_before_its_time() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let mut last = service.client.status(&event_id).await;
    for held in 1..=5 {
        let hold = service.client.hold(&event_id, 1).await.expect(201);
        let status = service.client.status(&event_id).await;
        assert_eq!(status["held"], held);
        assert!(time(&status["as_of"]) >= time(&hold.body["created_at"]), "{status}");
        assert!(time(&status["as_of"]) >= time(&last["as_of"]), "{status}");
        last = status;
    }
}
