//! Currencies of events: new ones must exist, stored ones are sold as they are.

use serde_json::json;

use crate::api::stage::{Concert, with_member};
use crate::support::{Client, Reply, Service};

async fn create_with(client: &Client, currency: &str) -> Reply {
    client.post("/api/v1/events", with_member(Concert::request(), "/currency", json!(currency))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_event_needs_a_currency_that_exists_and_that_can_be_paid_in() {
    let service = Service::start().await;
    let client = &service.client;
    for known in ["EUR", "JPY", "KWD", "VES"] {
        assert_eq!(create_with(client, known).await.expect(201).body["currency"], known);
    }
    // Unknown; special codes of ISO 4217 (none, test, gold); a fund.
    for refused in ["ABC", "XYZ", "XXX", "XTS", "XAU", "CLF"] {
        create_with(client, refused).await.expect_invalid("/currency");
    }
    let date = json!({"starts_at": "2099-03-01T19:00:00Z"});
    let template = with_member(Concert::request(), "/currency", json!("ABC"));
    let series = json!({"name": "A season", "template": template, "dates": [date]});
    client.post("/api/v1/series", series).await.expect_invalid("/template/currency");
    assert_eq!(service.database.number("SELECT count(*) FROM events").await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_stored_with_a_currency_that_does_not_exist_is_shown_held_and_booked() {
    let service = Service::start().await;
    let client = &service.client;
    let concert = Concert::create(client).await;
    service.database.execute("UPDATE events SET currency = 'ABC'").await;

    let shown = client.get(&format!("/api/v1/events/{}", concert.event_id)).await.expect(200);
    assert_eq!(shown.body["currency"], "ABC");
    assert_eq!(client.status(&concert.event_id).await["currency"], "ABC");
    client.get("/api/v1/events").await.expect(200);
    let hold = concert.hold(client, &[(&concert.adult, 2)]).await.expect(201);
    assert_eq!(hold.body["currency"], "ABC");
    let booking = client.book(&hold).await.expect(201);
    assert_eq!((&booking.body["currency"], &booking.body["total"]), (&json!("ABC"), &hold.body["total"]));
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_creation_with_an_unknown_currency_is_still_repeated_if_an_earlier_release_answered_it() {
    let service = Service::start().await;
    let client = &service.client;
    let key = "8c6f2b0e-3a51-4d1c-9a77-5a2f0d7e1b11";
    let request = |currency: &str| {
        json!({
            "name": "Fair", "currency": currency, "pools": [{"name": "Hall", "capacity": 5}],
            "ticket_types": [{"name": "Adult", "pool": "Hall", "price": 0}],
        })
    };
    let created = client.post_with_key("/api/v1/events", key, &request("EUR")).await.expect(201);
    // As an earlier release stored it, which accepted any three letters.
    let canonical_body = concat!(
        r#"{"name":"Fair","total_seats":null,"description":null,"venue_name":null,"starts_at":null,"ends_at":null,"#,
        r#""time_zone":null,"currency":"ABC","hold_ttl_seconds":null,"max_quantity_per_hold":null,"sale_starts_at":null,"#,
        r#""sale_ends_at":null,"status":null,"pools":[{"name":"Hall","capacity":5}],"#,
        r#""ticket_types":[{"name":"Adult","pool":"Hall","price":0,"min_quantity":null,"max_quantity":null}]}"#,
    );
    let statement = format!(
        "UPDATE idempotency_keys SET fingerprint =
         sha256(convert_to('POST /api/v1/events', 'UTF8') || '\\x00'::bytea || convert_to('{canonical_body}', 'UTF8'))"
    );
    service.database.execute(&statement).await;
    let repeated = client.post_with_key("/api/v1/events", key, &request("ABC")).await.expect(201);
    assert_eq!(repeated.body, created.body);
}
