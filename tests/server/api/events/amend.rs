//! `PATCH /api/v1/events/{id}`: name, times and limits of an event, and its lifecycle.

use serde_json::{Value, json};

use crate::api::stage::{UNKNOWN_ID, time};
use crate::support::{Client, Service};

const STATUSES: [&str; 4] = ["draft", "on_sale", "closed", "cancelled"];
const LEGAL_TRANSITIONS: [(&str, &str); 5] = [
    ("draft", "on_sale"),
    ("on_sale", "closed"),
    ("draft", "cancelled"),
    ("on_sale", "cancelled"),
    ("closed", "cancelled"),
];

/// Creates an event, moves it to `status`, and returns its path.
async fn create_in_status(client: &Client, status: &str) -> String {
    let initial_status = if status == "draft" { "draft" } else { "on_sale" };
    let request = json!({"name": "A show", "total_seats": 5, "status": initial_status});
    let path = format!("/api/v1/events/{}", client.post("/api/v1/events", request).await.expect(201).id("event_id"));
    client.patch(&path, json!({"status": status})).await.expect(200);
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_the_legal_status_transitions_are_made() {
    let service = Service::start().await;
    for from in STATUSES {
        for to in STATUSES {
            let path = create_in_status(&service.client, from).await;
            let reply = service.client.patch(&path, json!({"status": to, "name": "Renamed"})).await;
            if from == to || LEGAL_TRANSITIONS.contains(&(from, to)) {
                assert_eq!(reply.expect(200).body["status"], to);
            } else {
                let refused = reply.expect_problem(409, "ILLEGAL_TRANSITION");
                assert_eq!((&refused.body["from"], &refused.body["to"]), (&json!(from), &json!(to)));
                let event = service.client.get(&path).await.expect(200).body;
                assert_eq!((&event["status"], &event["name"]), (&json!(from), &json!("A show")), "all or nothing");
            }
        }
    }
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amendment_without_fields_changes_nothing() {
    let service = Service::start().await;
    let path = create_in_status(&service.client, "on_sale").await;
    let times = json!({"starts_at": "2099-01-01T10:00:00.500Z", "ends_at": "2099-01-01T12:00:00Z"});
    let before = service.client.patch(&path, times).await.expect(200);
    let sequence = service.database.number("SELECT seq FROM inventory").await;
    let nothings = [
        json!({}),
        json!({"name": "A show", "status": "on_sale", "venue_name": null}),
        // The same instants in other notations.
        json!({"starts_at": "2099-01-01T11:00:00.5+01:00", "ends_at": "2099-01-01T12:00:00.000Z"}),
    ];
    for nothing in nothings {
        let reply = service.client.patch(&path, nothing).await.expect(200);
        assert_eq!(reply.body, before.body);
    }
    assert_eq!(service.database.number("SELECT seq FROM inventory").await, sequence);
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_in_the_request_are_changed_and_omitted_fields_stay() {
    let service = Service::start().await;
    let path = create_in_status(&service.client, "draft").await;
    let before = service.client.get(&path).await.expect(200).body;
    let changes = json!({
        "name": "Renamed", "description": "New.", "venue_name": "Hall", "time_zone": "Asia/Tokyo",
        "starts_at": "2099-01-01T10:00:00Z", "ends_at": "2099-01-01T12:00:00Z",
        "hold_ttl_seconds": 900, "max_quantity_per_hold": 2,
        "sale_starts_at": "2020-01-01T00:00:00Z", "sale_ends_at": "2098-01-01T00:00:00Z",
    });
    let after = service.client.patch(&path, changes.clone()).await.expect(200).body;
    for (field, value) in changes.as_object().expect("an object") {
        assert_eq!(after[field], *value, "{field}");
    }
    assert_eq!(after["starts_at_local"], "2099-01-01T19:00:00+09:00");
    for kept in ["event_id", "status", "total_seats", "created_at", "pools", "ticket_types", "currency"] {
        assert_eq!(after[kept], before[kept], "{kept}");
    }
    assert!(time(&after["updated_at"]) > time(&before["updated_at"]));
    assert_eq!(service.client.get(&path).await.expect(200).body, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn null_clears_optional_fields_and_is_refused_for_required_ones() {
    let service = Service::start().await;
    let path = create_in_status(&service.client, "draft").await;
    let clearable = json!({
        "description": "New.", "venue_name": "Hall",
        "starts_at": "2099-01-01T10:00:00Z", "ends_at": "2099-01-01T12:00:00Z",
        "hold_ttl_seconds": 900, "max_quantity_per_hold": 2,
        "sale_starts_at": "2020-01-01T00:00:00Z", "sale_ends_at": "2098-01-01T00:00:00Z",
    });
    service.client.patch(&path, clearable.clone()).await.expect(200);
    for field in clearable.as_object().expect("an object").keys() {
        let cleared = service.client.patch(&path, json!({ field: null })).await.expect(200).body;
        assert_eq!(cleared[field], Value::Null, "{field}");
    }
    for required in ["name", "time_zone", "status"] {
        let refused = service.client.patch(&path, json!({ required: null })).await;
        refused.expect_invalid(&format!("/{required}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_before_its_start_is_refused_even_when_only_one_of_them_is_sent() {
    let service = Service::start().await;
    let path = create_in_status(&service.client, "on_sale").await;
    for (start, end) in [("starts_at", "ends_at"), ("sale_starts_at", "sale_ends_at")] {
        let period = json!({start: "2099-01-01T10:00:00Z", end: "2099-01-01T12:00:00Z"});
        let before = service.client.patch(&path, period).await.expect(200).body;
        let contradictions = [
            json!({start: "2099-01-01T12:00:00Z"}),
            json!({end: "2099-01-01T10:00:00Z"}),
            json!({start: "2099-01-01T14:00:00Z", end: "2099-01-01T13:00:00Z"}),
        ];
        for contradiction in contradictions {
            service.client.patch(&path, contradiction).await.expect_invalid(&format!("/{end}"));
        }
        assert_eq!(service.client.get(&path).await.expect(200).body, before);
        service.client.patch(&path, json!({start: "2099-01-02T10:00:00Z", end: null})).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_not_valid_is_refused_with_its_pointer() {
    let service = Service::start().await;
    let path = create_in_status(&service.client, "on_sale").await;
    let fields = [
        ("name", json!(" ")),
        ("name", json!(1)),
        ("description", json!("x".repeat(5001))),
        ("venue_name", json!("")),
        ("starts_at", json!("2099-01-01T10:00:00")),
        ("time_zone", json!("Mars/Olympus")),
        ("status", json!("open")),
        ("hold_ttl_seconds", json!(9)),
        ("hold_ttl_seconds", json!(901)),
        ("max_quantity_per_hold", json!(0)),
        ("sale_ends_at", json!("soon")),
        // Fields that cannot be amended are unknown fields.
        ("currency", json!("EUR")),
        ("total_seats", json!(10)),
        ("pools", json!([])),
    ];
    for (field, value) in fields {
        service.client.patch(&path, json!({ field: value })).await.expect_invalid(&format!("/{field}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_event_cannot_be_amended() {
    let service = Service::start().await;
    let reply = service.client.patch(&format!("/api/v1/events/{UNKNOWN_ID}"), json!({"name": "A show"})).await;
    reply.expect_problem(404, "EVENT_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_an_event_is_cancelled_its_live_holds_are_released_and_its_bookings_stay() {
    let service = Service::start().await;
    let path = create_in_status(&service.client, "on_sale").await;
    let event_id = service.client.get(&path).await.expect(200).id("event_id");
    let booked = service.client.hold(&event_id, 2).await.expect(201);
    let booking = service.client.book(&booked).await.expect(201);
    let live = service.client.hold(&event_id, 2).await.expect(201);
    let overdue = service.client.hold(&event_id, 1).await.expect(201);
    service.database.make_overdue(&overdue.id("hold_id")).await;
    service.client.patch(&path, json!({"status": "cancelled"})).await.expect(200);

    for (hold, status) in [(&live, "released"), (&overdue, "expired"), (&booked, "booked")] {
        let now = service.client.get(&format!("/api/v1/holds/{}", hold.id("hold_id"))).await.expect(200);
        assert_eq!(now.body["status"], status);
    }
    let refused = service.client.book(&live).await.expect_problem(409, "HOLD_NOT_ACTIVE");
    assert_eq!(refused.body["hold_status"], "released");
    let kept = service.client.get(&format!("/api/v1/bookings/{}", booking.id("booking_id"))).await.expect(200);
    assert_eq!(kept.body["status"], "confirmed");
    let status = service.client.status(&event_id).await;
    assert_eq!((&status["held"], &status["booked"]), (&json!(0), &json!(2)));
    service.database.assert_invariants_hold().await;
}
