//! Seated events in responses: shown, listed and counted.

use std::time::Duration;

use serde_json::{Value, json};

use super::{create, play, theatre, venue, zoned_play};
use crate::api::stage::{members, text, with_member};
use crate::support::Service;

/// Members that only events at a venue have.
const VENUE_MEMBERS: [&str; 3] = ["venue_id", "layout_version", "orphans_refused"];

#[tokio::test(flavor = "multi_thread")]
async fn a_seated_event_is_shown_and_listed_with_its_layout() {
    let service = Service::start().await;
    let venue_id = venue(&service.client, theatre()).await;
    let series = service.client.post("/api/v1/series", json!({"name": "A run"})).await.expect(201);
    let request = with_member(zoned_play(&venue_id), "/orphans_refused", json!(true));
    let created = create(&service.client, with_member(request, "/series_id", series.body["series_id"].clone())).await;
    let shown = service.client.get(created.header("location")).await.expect(200);
    assert_eq!(shown.body, created.body);
    assert_eq!(shown.body["orphans_refused"], true);

    for list in ["/api/v1/events".to_owned(), format!("{}/events", series.header("location"))] {
        let listed = service.client.get(&list).await.expect(200).body["events"][0].clone();
        VENUE_MEMBERS.iter().for_each(|member| assert_eq!(listed[member], created.body[member], "{list}: {member}"));
        assert_eq!((&listed["total_seats"], &listed["available"]), (&json!(164), &json!(164)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_without_a_venue_has_no_venue_members() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let shown = service.client.get(&format!("/api/v1/events/{event_id}")).await.expect(200).body;
    let listed = service.client.get("/api/v1/events").await.expect(200).body["events"][0].clone();
    for body in [&shown, &listed] {
        assert!(VENUE_MEMBERS.iter().all(|member| !members(body).contains(member)), "{body}");
    }
    assert!(!members(&shown["pools"][0]).contains(&"section"), "{shown}");
    assert_eq!((&shown["pools"][0]["seated"], &shown["pools"][0]["blocked"]), (&json!(false), &json!(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_of_a_seated_event_counts_its_pools() {
    let service = Service::start().await;
    let venue_id = venue(&service.client, theatre()).await;
    let event = create(&service.client, zoned_play(&venue_id)).await.body;
    let status = service.client.status(&text(&event["event_id"])).await;
    assert_eq!((&status["total"], &status["available"], &status["blocked"]), (&json!(164), &json!(164), &json!(0)));
    let names = |body: &Value| -> Vec<String> {
        body["pools"].as_array().expect("pools").iter().map(|pool| text(&pool["name"])).collect()
    };
    assert_eq!(names(&status), names(&event));
}

#[tokio::test(flavor = "multi_thread")]
async fn blocked_places_are_counted_as_blocked_and_not_as_available_in_every_response() {
    let service = Service::start().await;
    let venue_id = venue(&service.client, theatre()).await;
    let series = service.client.post("/api/v1/series", json!({"name": "A run"})).await.expect(201);
    let request = with_member(play(&venue_id), "/series_id", series.body["series_id"].clone());
    let event_id = create(&service.client, request).await.id("event_id");
    service.database.execute("UPDATE pools SET blocked = 7 WHERE name = 'Standing'").await;

    let status = service.client.status(&event_id).await;
    assert_eq!((&status["total"], &status["available"], &status["blocked"]), (&json!(164), &json!(157), &json!(7)));
    let standing = &status["pools"][1];
    assert_eq!(
        (&standing["total"], &standing["available"], &standing["blocked"]),
        (&json!(100), &json!(93), &json!(7))
    );
    assert_eq!(status["ticket_types"][1]["available"], 93);
    let shown = service.client.get(&format!("/api/v1/events/{event_id}")).await.expect(200).body;
    assert_eq!((&shown["pools"][0]["blocked"], &shown["pools"][1]["blocked"]), (&json!(0), &json!(7)));
    for list in ["/api/v1/events".to_owned(), format!("{}/events", series.header("location"))] {
        let listed = service.client.get(&list).await.expect(200).body["events"][0].clone();
        assert_eq!((&listed["total_seats"], &listed["available"]), (&json!(164), &json!(157)), "{list}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_whose_layout_cannot_be_read_in_time_is_refused_as_unavailable() {
    let service = Service::start_with(|settings| settings.inventory.answer_within = Duration::from_millis(200)).await;
    let venue_id = venue(&service.client, theatre()).await;
    let mut blocker = service.database.pool.begin().await.expect("a transaction begins");
    sqlx::query("LOCK TABLE layouts").execute(&mut *blocker).await.expect("the table can be locked");
    let dates = json!({"name": "A run", "template": play(&venue_id), "dates": [{"starts_at": "2099-03-01T19:00:00Z"}]});
    for (path, request) in [("/api/v1/events", play(&venue_id)), ("/api/v1/series", dates)] {
        service.client.post(path, request).await.expect_problem(503, "UNAVAILABLE");
    }
    blocker.rollback().await.expect("the blocker lets go");
    create(&service.client, play(&venue_id)).await;
}
