//! `POST /api/v1/events` and `GET /api/v1/events/{id}`: an event is shown as it was created.

use serde_json::json;

use crate::api::stage::{Concert, UNKNOWN_ID, members, text, time, with_member};
use crate::support::Service;

#[tokio::test(flavor = "multi_thread")]
async fn a_name_and_a_number_of_seats_make_an_event_on_sale_with_one_pool_and_one_free_ticket_type() {
    let service = Service::start().await;
    let created = service.client.post("/api/v1/events", json!({"name": "A show", "total_seats": 50})).await.expect(201);
    let body = &created.body;
    assert_eq!(
        *body,
        json!({
            "event_id": body["event_id"], "name": "A show", "series_id": null, "total_seats": 50,
            "created_at": body["created_at"], "updated_at": body["created_at"],
            "status": "on_sale", "description": null, "venue_name": null, "image_url": null,
            "starts_at": null, "starts_at_local": null, "ends_at": null, "ends_at_local": null, "time_zone": "UTC",
            "currency": null, "hold_ttl_seconds": null, "max_quantity_per_hold": null,
            "sale_starts_at": null, "sale_ends_at": null,
            "pools": [{
                "pool_id": body["pools"][0]["pool_id"], "name": "General admission", "capacity": 50,
                "seated": false, "blocked": 0,
            }],
            "ticket_types": [{
                "ticket_type_id": body["ticket_types"][0]["ticket_type_id"], "name": "General admission",
                "pool_id": body["pools"][0]["pool_id"], "price": 0, "min_quantity": null, "max_quantity": null,
            }],
        })
    );
    time(&body["created_at"]);
    assert_eq!(created.header("location"), format!("/api/v1/events/{}", created.id("event_id")));
    service.client.hold(&created.id("event_id"), 1).await.expect(201);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_with_pools_and_ticket_types_is_created_as_requested() {
    let service = Service::start().await;
    let request = json!({
        "name": "Winter concert", "description": "Two halves.\nOne break.", "venue_name": "City Hall",
        "starts_at": "2099-07-01T20:00:00+02:00", "ends_at": "2099-07-01T22:30:00+02:00", "time_zone": "Europe/Berlin",
        "currency": "EUR", "hold_ttl_seconds": 10, "max_quantity_per_hold": 8,
        "sale_starts_at": "2020-01-01T00:00:00Z", "sale_ends_at": "2099-07-01T18:00:00.5Z", "status": "draft",
        "pools": [{"name": "Stalls", "capacity": 500}, {"name": "Balcony", "capacity": 0}],
        "ticket_types": [
            {"name": "Child", "pool": "Stalls", "price": 0},
            {"name": "Adult", "pool": "Stalls", "price": 100_000_000, "min_quantity": 2, "max_quantity": 2},
        ],
    });
    let body = service.client.post("/api/v1/events", request.clone()).await.expect(201).body;

    for same in ["name", "description", "venue_name", "time_zone", "currency", "hold_ttl_seconds"] {
        assert_eq!(body[same], request[same], "{same}");
    }
    for same in ["max_quantity_per_hold", "sale_starts_at", "sale_ends_at", "status"] {
        assert_eq!(body[same], request[same], "{same}");
    }
    assert_eq!(body["total_seats"], 500);
    assert_eq!((&body["pools"][0]["name"], &body["pools"][0]["capacity"]), (&json!("Stalls"), &json!(500)));
    assert_eq!((&body["pools"][1]["name"], &body["pools"][1]["capacity"]), (&json!("Balcony"), &json!(0)));
    let (child, adult) = (&body["ticket_types"][0], &body["ticket_types"][1]);
    assert_eq!(
        (&child["name"], &child["price"], &child["pool_id"]),
        (&json!("Child"), &json!(0), &body["pools"][0]["pool_id"])
    );
    assert_eq!(
        (&adult["price"], &adult["min_quantity"], &adult["max_quantity"]),
        (&json!(100_000_000), &json!(2), &json!(2))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn times_with_an_offset_are_returned_in_utc_and_in_the_events_time_zone() {
    let service = Service::start().await;
    let request = json!({
        "name": "A show", "total_seats": 1, "time_zone": "europe/berlin",
        "starts_at": "2099-01-15T14:00:00-05:00", "ends_at": "2099-07-15T20:00:00Z",
    });
    let body = service.client.post("/api/v1/events", request).await.expect(201).body;
    assert_eq!(body["time_zone"], "Europe/Berlin");
    assert_eq!(body["starts_at"], "2099-01-15T19:00:00Z");
    assert_eq!(body["starts_at_local"], "2099-01-15T20:00:00+01:00");
    assert_eq!(body["ends_at_local"], "2099-07-15T22:00:00+02:00");
}

#[tokio::test(flavor = "multi_thread")]
async fn pools_without_ticket_types_get_one_free_ticket_type_each() {
    let service = Service::start().await;
    let request =
        json!({"name": "A show", "pools": [{"name": "North", "capacity": 3}, {"name": "South", "capacity": 4}]});
    let body = service.client.post("/api/v1/events", request).await.expect(201).body;
    for (index, name) in ["North", "South"].into_iter().enumerate() {
        let ticket_type = &body["ticket_types"][index];
        assert_eq!((&ticket_type["name"], &ticket_type["price"]), (&json!(name), &json!(0)));
        assert_eq!(ticket_type["pool_id"], body["pools"][index]["pool_id"]);
    }
    assert_eq!(body["total_seats"], 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_has_1_to_10_million_seats() {
    let service = Service::start().await;
    for total_seats in [1, 10_000_000] {
        let request = json!({"name": "A show", "total_seats": total_seats});
        let created = service.client.post("/api/v1/events", request).await.expect(201);
        assert_eq!(service.client.status(&created.id("event_id")).await["available"], total_seats);
    }
    for total_seats in [json!(0), json!(10_000_001), json!(-1), json!(1.5), json!("1"), json!(true), json!(u64::MAX)] {
        let request = json!({"name": "A show", "total_seats": total_seats});
        service.client.post("/api/v1/events", request).await.expect_invalid("/total_seats");
    }
    assert_eq!(service.database.number("SELECT count(*) FROM events").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn text_is_trimmed_and_a_blank_description_becomes_null() {
    let service = Service::start().await;
    let request = json!({"name": "  A show ", "total_seats": 1, "description": " \n ", "venue_name": " Hall\t"});
    let body = service.client.post("/api/v1/events", request).await.expect(201).body;
    assert_eq!((&body["name"], &body["venue_name"]), (&json!("A show"), &json!("Hall")));
    assert_eq!(body["description"], json!(null));

    let longest = with_member(json!({"total_seats": 1}), "/name", json!("ä".repeat(200)));
    service.client.post("/api/v1/events", longest).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_shown_as_it_was_created() {
    let service = Service::start().await;
    let created = service.client.post("/api/v1/events", Concert::request()).await.expect(201);
    let shown = service.client.get(&format!("/api/v1/events/{}", created.id("event_id"))).await.expect(200);
    assert_eq!(shown.body, created.body);
    assert_eq!(members(&shown.body["pools"][0]), ["blocked", "capacity", "name", "pool_id", "seated"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_event_is_not_found() {
    let service = Service::start().await;
    service.client.get(&format!("/api/v1/events/{UNKNOWN_ID}")).await.expect_problem(404, "EVENT_NOT_FOUND");
    service.client.get(&format!("/api/v1/events/{UNKNOWN_ID}/status")).await.expect_problem(404, "EVENT_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_of_new_events_and_of_what_belongs_to_them_end_in_the_configured_affinities() {
    let affinities = "c0de-c0df".parse().expect("a range");
    let service = Service::start_with(|settings| settings.event_affinities = affinities).await;
    for _ in 0..20 {
        let created =
            service.client.post("/api/v1/events", json!({"name": "A show", "total_seats": 50})).await.expect(201);
        let event_id = created.id("event_id");
        let affinity = &event_id[32..];
        assert!(["c0de", "c0df"].contains(&affinity), "{event_id}");
        let hold = service.client.hold(&event_id, 1).await.expect(201);
        let belonging = [
            text(&created.body["pools"][0]["pool_id"]),
            text(&created.body["ticket_types"][0]["ticket_type_id"]),
            hold.id("hold_id"),
        ];
        assert!(belonging.iter().all(|id| id.ends_with(affinity)), "{belonging:?}");
    }
}
