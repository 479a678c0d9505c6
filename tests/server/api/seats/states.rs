//! The full seat map.

use std::io::Read;

use flate2::read::GzDecoder;
use reqwest::Method;
use serde_json::{Value, json};

use super::SeatedEvent;
use crate::api::stage::{UNKNOWN_ID, members};
use crate::support::Service;

#[tokio::test(flavor = "multi_thread")]
async fn every_seat_has_the_letter_of_its_state_at_its_place_in_the_layout() {
    let event = SeatedEvent::small().await;
    let fresh = event.seats().await.body;
    assert_eq!((&fresh["states"], &fresh["sequence"]), (&json!("aaaaaaaaa"), &json!(3)));
    event.fill().await;

    let map = event.seats().await.body;
    assert_eq!(members(&map), ["counts", "event_id", "layout_url", "layout_version", "sequence", "states", "venue_id"]);
    assert_eq!(map["states"], "hhaabaaxb");
    assert_eq!(map["counts"], json!({"available": 4, "held": 2, "booked": 2, "blocked": 1}));
    assert_eq!((&map["event_id"], &map["venue_id"]), (&json!(event.event_id), &json!(event.venue_id)));
    assert_eq!(map["sequence"], event.client().status(&event.event_id).await["sequence"]);
    let layout = event.client().get(map["layout_url"].as_str().expect("an address")).await.expect(200).body;
    assert_eq!((&layout["seat_count"], &layout["version"]), (&json!(9), &map["layout_version"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_hold_is_shown_as_held_until_it_is_swept() {
    let event = SeatedEvent::small().await;
    let hold_id = event.hold("3").await;
    event.service.database.make_overdue(&hold_id).await;
    assert_eq!(event.seats().await.body["states"], "aaahaaaaa");
    event.release(&hold_id, "3").await;
    assert_eq!(event.seats().await.body["states"], "aaaaaaaaa");
}

#[tokio::test(flavor = "multi_thread")]
async fn current_states_are_answered_with_304_until_something_changes() {
    let event = SeatedEvent::small().await;
    event.fill().await;
    let reply = event.seats().await;
    assert_eq!((reply.header("cache-control"), reply.header("vary")), ("no-cache", "Accept-Encoding"));
    let tag = reply.header("etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    for coding in ["gzip", "identity"] {
        let headers = [("If-None-Match", tag.as_str()), ("Accept-Encoding", coding)];
        let same = event.client().send(Method::GET, &event.path(), &headers, None).await.expect(304);
        assert_eq!((same.text.as_str(), same.header("etag"), same.header("cache-control")), ("", &*tag, "no-cache"));
    }
    event.hold("2").await;
    let other = event.client().send(Method::GET, &event.path(), &[("If-None-Match", &tag)], None).await.expect(200);
    assert_eq!(other.body["states"], "hhhabaaxb");
    assert_ne!(other.header("etag"), tag);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_304_is_answered_without_reading_a_seat() {
    let event = SeatedEvent::small().await;
    let tag = event.seats().await.header("etag").to_owned();
    let mut blocker = event.service.database.pool.begin().await.expect("a transaction begins");
    sqlx::query("LOCK TABLE seats").execute(&mut *blocker).await.expect("no other transaction has a lock");
    event.client().send(Method::GET, &event.path(), &[("If-None-Match", &tag)], None).await.expect(304);
    blocker.rollback().await.expect("the blocker lets go");
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_of_an_event_without_a_layout_and_of_an_unknown_event_are_not_found() {
    let service = Service::start().await;
    let event_id = service.client.event(50).await;
    for address in ["seats", "seats?since=0", "seats.svg"] {
        let path = |event_id: &str| format!("/api/v1/events/{event_id}/{address}");
        service.client.get(&path(&event_id)).await.expect_problem(404, "EVENT_NOT_SEATED");
        service.client.get(&path(UNKNOWN_ID)).await.expect_problem(404, "EVENT_NOT_FOUND");
        service.client.get(&path("none")).await.expect_problem(400, "MALFORMED_REQUEST");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layout_with_standing_places_only_has_a_seat_map_without_seats() {
    let event = SeatedEvent::open(json!({"name": "Field", "sections": [{"name": "Meadow", "capacity": 900}]})).await;
    let map = event.seats().await.body;
    assert_eq!(map["states"], "");
    assert_eq!(map["counts"], json!({"available": 0, "held": 0, "booked": 0, "blocked": 0}));
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_or_wrongly_numbered_seat_rows_are_an_error_and_not_a_shifted_map() {
    let event = SeatedEvent::small().await;
    event.execute("DELETE FROM seats WHERE event_id = '{event}' AND seat_id = 3".to_owned()).await;
    event.client().get(&event.path()).await.expect_problem(500, "INTERNAL");
    event.execute("UPDATE seats SET seat_id = 9 WHERE event_id = '{event}' AND seat_id = 2".to_owned()).await;
    event.client().get(&event.path()).await.expect_problem(500, "INTERNAL");
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_thousand_states_without_a_pattern_are_small_when_compressed() {
    let event = SeatedEvent::arena().await;
    let (plain, whole) = event.client().get_bytes(&event.path(), &[]).await;
    assert_eq!((plain.header("content-encoding"), plain.header("vary")), ("", "Accept-Encoding"));
    let (reply, compressed) = event.client().get_bytes(&event.path(), &[("Accept-Encoding", "gzip")]).await;
    assert_eq!(reply.header("content-encoding"), "gzip");
    assert!(compressed.len() < 10_000, "{} bytes", compressed.len());
    let mut unpacked = Vec::new();
    GzDecoder::new(&compressed[..]).read_to_end(&mut unpacked).expect("the body is gzip");
    assert!(unpacked == whole, "both are the same");

    let map: Value = serde_json::from_slice(&whole).expect("JSON");
    let states = map["states"].as_str().expect("a text");
    assert_eq!(states.len(), 20_000);
    for letter in ["a", "h", "b", "x"] {
        let count = states.matches(letter).count();
        assert!((4_500..5_500).contains(&count), "{letter}: {count}");
    }
}
