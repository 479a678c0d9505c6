//! Series at venues: one template, many dates, at one or several venues.

use serde_json::{Value, json};

use super::{play, theatre, venue, zoned_play};
use crate::api::stage::{UNKNOWN_ID, text, with_member};
use crate::support::Service;

/// A club of 12 seats.
fn club() -> Value {
    json!({"name": "Small Club", "sections": [{"name": "Stalls", "rows": "rows A-B, 1-6"}]})
}

/// Series with one date per object of `dates`, on consecutive days; each date has the members of its object.
fn series(template: Value, dates: &[Value]) -> Value {
    let date = |(day, members): (usize, &Value)| {
        with_member(members.clone(), "/starts_at", json!(format!("2099-03-{:02}T19:00:00Z", day + 1)))
    };
    let dates: Vec<Value> = dates.iter().enumerate().map(date).collect();
    json!({"name": "A run", "template": template, "dates": dates})
}

async fn assert_nothing_was_created(service: &Service) {
    for table in ["series", "events", "pools", "seats"] {
        assert_eq!(service.database.number(&format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_date_of_a_template_with_a_venue_has_seats_of_its_own() {
    let service = Service::start().await;
    let venue_id = venue(&service.client, theatre()).await;
    let created =
        service.client.post("/api/v1/series", series(zoned_play(&venue_id), &[json!({}), json!({})])).await.expect(201);
    for event in created.body["events"].as_array().expect("two events") {
        assert_eq!((&event["venue_id"], &event["layout_version"]), (&json!(venue_id), &json!(1)));
        assert_eq!((&event["orphans_refused"], &event["venue_name"]), (&json!(false), &json!("Old Theatre")));
        assert_eq!((&event["total_seats"], &event["available"]), (&json!(164), &json!(164)));
        let seats = format!("SELECT count(*) FROM seats WHERE event_id = '{}'", text(&event["event_id"]));
        assert_eq!(service.database.number(&seats).await, 64);
    }
    let more = format!("{}/events", created.header("location"));
    let dates = json!({"template": play(&venue_id), "dates": [{"starts_at": "2099-04-01T19:00:00Z"}]});
    let added = service.client.post(&more, dates).await.expect(201).body;
    assert_eq!(added["events"][0]["venue_id"], json!(venue_id));
    assert_eq!(service.database.number("SELECT count(*) FROM seats").await, 3 * 64);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_can_have_a_venue_of_its_own_and_gets_the_name_of_that_venue() {
    let service = Service::start().await;
    let (home, away) = (venue(&service.client, theatre()).await, venue(&service.client, club()).await);
    let rebuilt = json!({"sections": [{"name": "Stalls", "rows": "rows A-B, 1-7"}]});
    service.client.patch(&format!("/api/v1/venues/{away}"), rebuilt).await.expect(200);
    let template = with_member(with_member(play(&home), "/venue_name", json!("At home")), "/layout_version", json!(1));
    let dates = [json!({}), json!({"venue_id": away}), json!({"venue_id": away, "venue_name": "Upstairs"})];
    let created = service.client.post("/api/v1/series", series(template, &dates)).await.expect(201).body;
    let places = created["events"].as_array().expect("three events").iter().map(|event| {
        let version = event["layout_version"].as_i64();
        (text(&event["venue_id"]), version, text(&event["venue_name"]), event["total_seats"].as_i64())
    });
    let expected = [
        (home, Some(1), "At home".to_owned(), Some(164)),
        (away.clone(), Some(2), "Small Club".to_owned(), Some(14)),
        (away, Some(2), "Upstairs".to_owned(), Some(14)),
    ];
    assert_eq!(places.collect::<Vec<_>>(), expected);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_can_have_venues_when_their_template_has_none() {
    let service = Service::start().await;
    let (one, other) = (venue(&service.client, theatre()).await, venue(&service.client, club()).await);
    let zones = json!([{"section": "Stalls", "name": "Premium", "rows": ["A"]}]);
    let template = json!({"name": "A tour", "price_zones": zones, "orphans_refused": true});
    let tour = series(template.clone(), &[json!({"venue_id": one}), json!({"venue_id": other})]);
    let created = service.client.post("/api/v1/series", tour).await.expect(201).body;
    assert_eq!((&created["events"][0]["total_seats"], &created["events"][1]["total_seats"]), (&json!(164), &json!(12)));
    assert_eq!(
        (&created["events"][0]["orphans_refused"], &created["events"][1]["orphans_refused"]),
        (&json!(true), &json!(true))
    );
    let premium = "SELECT sum(capacity) FROM pools WHERE name = 'Stalls, Premium'";
    assert_eq!(service.database.number(premium).await, 10 + 6);

    let one_without_venue = series(template, &[json!({"venue_id": other}), json!({})]);
    service.client.post("/api/v1/series", one_without_venue).await.expect_invalid("/template/price_zones");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_venue_of_a_series_is_refused_with_its_pointer_and_nothing_is_created() {
    let service = Service::start().await;
    let venue_id = venue(&service.client, theatre()).await;
    let refused = [
        (series(play(UNKNOWN_ID), &[json!({})]), "VENUE_NOT_FOUND", "/template/venue_id"),
        (
            series(play(&venue_id), &[json!({}), json!({"venue_id": UNKNOWN_ID})]),
            "VENUE_NOT_FOUND",
            "/dates/1/venue_id",
        ),
        (
            series(with_member(play(&venue_id), "/layout_version", json!(2)), &[json!({})]),
            "LAYOUT_NOT_FOUND",
            "/template/layout_version",
        ),
    ];
    for (request, code, pointer) in refused {
        let refused = service.client.post("/api/v1/series", request).await.expect_problem(404, code);
        assert_eq!(refused.body["pointer"], pointer);
    }
    assert_nothing_was_created(&service).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_that_does_not_fit_the_venue_of_one_date_is_refused_and_that_date_is_named() {
    let service = Service::start().await;
    let (home, away) = (venue(&service.client, theatre()).await, venue(&service.client, club()).await);
    let request = series(zoned_play(&home), &[json!({}), json!({"venue_id": away})]);
    let refused =
        service.client.post("/api/v1/series", request).await.expect_invalid("/template/price_zones/1/section");
    assert!(text(&refused.body["detail"]).ends_with("(at the venue of /dates/1)"), "{}", refused.text);

    let field = |name: &str| json!({"name": name, "capacity": 10_000_000});
    let fields = venue(&service.client, json!({"name": "Fields", "sections": [field("North"), field("South")]})).await;
    let too_large = series(play(&home), &[json!({}), json!({"venue_id": fields})]);
    service.client.post("/api/v1/series", too_large).await.expect_invalid("/dates/1/venue_id");

    let version_without_venue = series(json!({"name": "A tour", "layout_version": 1}), &[json!({"venue_id": away})]);
    let refused = service.client.post("/api/v1/series", version_without_venue).await;
    refused.expect_invalid("/template/layout_version");
    assert_nothing_was_created(&service).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_request_creates_at_most_two_hundred_thousand_seats() {
    let service = Service::start().await;
    let arena = json!({"name": "Arena", "sections": [{"name": "All", "rows": "rows 1-500, 1-40"}]});
    let venue_id = venue(&service.client, arena).await;
    let refused = service.client.post("/api/v1/series", series(play(&venue_id), &vec![json!({}); 11])).await;
    refused.expect_invalid("/dates");
    assert_nothing_was_created(&service).await;

    service.client.post("/api/v1/series", series(play(&venue_id), &vec![json!({}); 10])).await.expect(201);
    assert_eq!(service.database.number("SELECT count(*) FROM seats").await, 200_000);
    assert_eq!(service.database.number("SELECT count(DISTINCT event_id) FROM seats").await, 10);
}
