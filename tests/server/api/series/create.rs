//! `POST /api/v1/series`, `GET /api/v1/series/{id}` and `POST /api/v1/series/{id}/events`.

use serde_json::{Value, json};

use super::{request, template};
use crate::api::stage::{UNKNOWN_ID, members, text, time, with_member, without_member};
use crate::support::Service;

#[tokio::test(flavor = "multi_thread")]
async fn a_name_alone_makes_a_series_whose_dates_come_later() {
    let service = Service::start().await;
    let created = service.client.post("/api/v1/series", json!({"name": " A play "})).await.expect(201);
    let body = &created.body;
    assert_eq!(
        *body,
        json!({
            "series_id": body["series_id"], "name": "A play", "description": null,
            "created_at": body["created_at"], "updated_at": body["created_at"], "events": [],
        })
    );
    time(&body["created_at"]);
    let path = format!("/api/v1/series/{}", created.id("series_id"));
    assert_eq!(created.header("location"), path);
    let shown = service.client.get(&path).await.expect(200).body;
    assert_eq!(shown, without_member(body.clone(), "/events"));

    let dates = with_member(json!({"dates": [{"starts_at": "2099-03-01T19:00:00Z"}]}), "/template", template());
    let added = service.client.post(&format!("{path}/events"), dates).await.expect(201);
    assert_eq!(members(&added.body), ["events", "series_id"]);
    assert_eq!(added.header("location"), format!("{path}/events"));
    let listed = service.client.get(&format!("{path}/events")).await.expect(200).body;
    assert_eq!(listed["events"], added.body["events"]);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_date_is_an_event_of_its_own_with_the_templates_pools_and_ticket_types() {
    let service = Service::start().await;
    let created = service.client.post("/api/v1/series", request()).await.expect(201).body;
    let mut pools = Vec::new();
    for (date, event) in created["events"].as_array().expect("two events").iter().enumerate() {
        assert_eq!((&event["total_seats"], &event["available"]), (&json!(14), &json!(14)));
        let event_id = text(&event["event_id"]);
        let whole = service.client.get(&format!("/api/v1/events/{event_id}")).await.expect(200).body;
        let same = ["event_id", "name", "series_id", "venue_name", "starts_at", "ends_at", "starts_at_local", "status"];
        same.iter().for_each(|member| assert_eq!(whole[member], event[member], "{member}"));
        assert_eq!(whole["series_id"], created["series_id"]);
        assert_eq!(whole["created_at"], created["created_at"]);
        let requested = &request()["dates"][date];
        assert_eq!(time(&whole["starts_at"]), parse_time(&requested["starts_at"]));
        assert_eq!(whole["ends_at"].is_null(), requested["ends_at"].is_null());
        assert_eq!((&whole["pools"][1]["name"], &whole["ticket_types"][1]["price"]), (&json!("Balcony"), &json!(4000)));
        assert_eq!(whole["ticket_types"][1]["pool_id"], whole["pools"][1]["pool_id"]);
        pools.push(text(&whole["pools"][0]["pool_id"]));

        let adult = &whole["ticket_types"][0]["ticket_type_id"];
        let hold = json!({"event_id": event_id, "items": [{"ticket_type_id": adult, "qty": 10}]});
        service.client.post("/api/v1/holds", hold).await.expect(201);
    }
    assert_ne!(pools[0], pools[1], "each date has pools of its own");
    service.database.assert_invariants_hold().await;
}

/// Parses a time with any offset.
fn parse_time(value: &Value) -> time::OffsetDateTime {
    let format = &time::format_description::well_known::Rfc3339;
    time::OffsetDateTime::parse(&text(value), format).expect("the request has a time")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_can_be_at_another_place_and_on_sale_at_other_times() {
    let service = Service::start().await;
    let tour = json!({
        "name": "A tour", "template": template(),
        "dates": [
            {"starts_at": "2099-03-01T19:00:00Z"},
            {
                "starts_at": "2099-03-02T20:00:00Z", "venue_name": "Royal Hall", "time_zone": "Europe/London",
                "sale_starts_at": "2099-01-01T00:00:00Z", "sale_ends_at": "2099-03-01T00:00:00Z",
            },
        ],
    });
    let created = service.client.post("/api/v1/series", tour).await.expect(201).body;
    let (home, away) = (&created["events"][0], &created["events"][1]);
    assert_eq!((&home["venue_name"], &home["time_zone"]), (&json!("City Hall"), &json!("Europe/Berlin")));
    assert_eq!((&away["venue_name"], &away["time_zone"]), (&json!("Royal Hall"), &json!("Europe/London")));
    assert_eq!(away["starts_at_local"], "2099-03-02T20:00:00+00:00");
    let whole = service.client.get(&format!("/api/v1/events/{}", text(&away["event_id"]))).await.expect(200).body;
    assert_eq!(whole["sale_starts_at"], "2099-01-01T00:00:00Z");
    assert_eq!(whole["sale_ends_at"], "2099-03-01T00:00:00Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_dates_are_created_in_one_request() {
    let service = Service::start().await;
    let date = |day: usize| json!({"starts_at": format!("2099-01-01T{:02}:{:02}:00Z", day / 60, day % 60)});
    let dates: Vec<Value> = (0..200).map(date).collect();
    let request = json!({"name": "A run", "template": {"name": "A show", "total_seats": 5}, "dates": dates});
    let created = service.client.post("/api/v1/series", request).await.expect(201).body;
    assert_eq!(created["events"].as_array().map(Vec::len), Some(200));
    assert_eq!(service.database.number("SELECT count(*) FROM events").await, 200);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_is_created_by_itself_can_belong_to_a_series() {
    let service = Service::start().await;
    let series = service.client.post("/api/v1/series", json!({"name": "A play"})).await.expect(201);
    let request = json!({"name": "A show", "total_seats": 5, "series_id": series.body["series_id"]});
    let event = service.client.post("/api/v1/events", request.clone()).await.expect(201);
    assert_eq!(event.body["series_id"], series.body["series_id"]);
    let listed = service.client.get(&format!("{}/events", series.header("location"))).await.expect(200).body;
    assert_eq!(listed["events"][0]["event_id"], event.body["event_id"]);

    let nowhere = with_member(request, "/series_id", json!(UNKNOWN_ID));
    service.client.post("/api/v1/events", nowhere).await.expect_problem(404, "SERIES_NOT_FOUND");
    assert_eq!(service.database.number("SELECT count(*) FROM events").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_series_is_not_found() {
    let service = Service::start().await;
    let path = format!("/api/v1/series/{UNKNOWN_ID}");
    let dates = with_member(json!({"dates": [{"starts_at": "2099-03-01T19:00:00Z"}]}), "/template", template());
    service.client.get(&path).await.expect_problem(404, "SERIES_NOT_FOUND");
    service.client.get(&format!("{path}/events")).await.expect_problem(404, "SERIES_NOT_FOUND");
    service.client.post(&format!("{path}/events"), dates).await.expect_problem(404, "SERIES_NOT_FOUND");
    assert_eq!(service.database.number("SELECT count(*) FROM events").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_of_all_dates_end_in_the_configured_affinities() {
    let affinities = "c0de-c0de".parse().expect("a range");
    let service = Service::start_with(|settings| settings.event_affinities = affinities).await;
    let created = service.client.post("/api/v1/series", request()).await.expect(201);
    let path = format!("/api/v1/series/{}/events", created.id("series_id"));
    let dates = with_member(json!({"dates": [{"starts_at": "2099-03-05T19:00:00Z"}]}), "/template", template());
    let added = service.client.post(&path, dates).await.expect(201);
    for (body, number) in [(&created.body, 2), (&added.body, 1)] {
        let events = body["events"].as_array().expect("a list of events");
        assert_eq!(events.len(), number);
        assert!(events.iter().all(|event| text(&event["event_id"]).ends_with("c0de")), "{events:?}");
    }
}
