//! The whole seat map.

use std::io::Read;

use flate2::read::GzDecoder;
use reqwest::Method;
use serde_json::{Value, json};

use super::House;
use crate::stage::{NOBODY, members};
use crate::support::Service;

#[tokio::test(flavor = "multi_thread")]
async fn every_seat_has_the_letter_of_its_state_at_its_place_in_the_layout() {
    let house = House::small().await;
    let fresh = house.seats().await.body;
    assert_eq!((&fresh["states"], &fresh["sequence"]), (&json!("aaaaaaaaa"), &json!(3)));
    house.fill().await;

    let map = house.seats().await.body;
    assert_eq!(members(&map), ["counts", "event_id", "layout_url", "layout_version", "sequence", "states", "venue_id"]);
    assert_eq!(map["states"], "hhaabaaxb");
    assert_eq!(map["counts"], json!({"available": 4, "held": 2, "booked": 2, "blocked": 1}));
    assert_eq!((&map["event_id"], &map["venue_id"]), (&json!(house.event_id), &json!(house.venue_id)));
    assert_eq!(map["sequence"], house.client().status(&house.event_id).await["sequence"]);
    let layout = house.client().get(map["layout_url"].as_str().expect("an address")).await.expect(200).body;
    assert_eq!((&layout["seat_count"], &layout["version"]), (&json!(9), &map["layout_version"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_hold_is_shown_as_held_until_it_is_swept() {
    let house = House::small().await;
    let hold_id = house.hold("3").await;
    house.service.database.make_overdue(&hold_id).await;
    assert_eq!(house.seats().await.body["states"], "aaahaaaaa");
    house.release(&hold_id, "3").await;
    assert_eq!(house.seats().await.body["states"], "aaaaaaaaa");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_the_states_is_told_so_until_something_changes() {
    let house = House::small().await;
    house.fill().await;
    let reply = house.seats().await;
    assert_eq!((reply.header("cache-control"), reply.header("vary")), ("no-cache", "Accept-Encoding"));
    let tag = reply.header("etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    for coding in ["gzip", "identity"] {
        let headers = [("If-None-Match", tag.as_str()), ("Accept-Encoding", coding)];
        let same = house.client().send(Method::GET, &house.path(), &headers, None).await.expect(304);
        assert_eq!((same.text.as_str(), same.header("etag"), same.header("cache-control")), ("", &*tag, "no-cache"));
    }
    house.hold("2").await;
    let other = house.client().send(Method::GET, &house.path(), &[("If-None-Match", &tag)], None).await.expect(200);
    assert_eq!(other.body["states"], "hhhabaaxb");
    assert_ne!(other.header("etag"), tag);
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_something_has_changed_is_told_without_reading_a_seat() {
    let house = House::small().await;
    let tag = house.seats().await.header("etag").to_owned();
    let mut blocker = house.service.database.pool.begin().await.expect("a transaction begins");
    sqlx::query("LOCK TABLE seats").execute(&mut *blocker).await.expect("nobody else is there");
    house.client().send(Method::GET, &house.path(), &[("If-None-Match", &tag)], None).await.expect(304);
    blocker.rollback().await.expect("the blocker lets go");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_without_a_layout_has_no_seats_and_one_that_is_not_there_none_either() {
    let service = Service::start().await;
    let event_id = service.client.event(50).await;
    for address in ["seats", "seats?since=0", "seats.svg"] {
        let of = |event_id: &str| format!("/api/v1/events/{event_id}/{address}");
        service.client.get(&of(&event_id)).await.expect_problem(404, "EVENT_NOT_SEATED");
        service.client.get(&of(NOBODY)).await.expect_problem(404, "EVENT_NOT_FOUND");
        service.client.get(&of("none")).await.expect_problem(400, "MALFORMED_REQUEST");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_where_everybody_stands_has_a_seat_map_without_seats() {
    let house = House::open(json!({"name": "Field", "sections": [{"name": "Meadow", "capacity": 900}]})).await;
    let map = house.seats().await.body;
    assert_eq!(map["states"], "");
    assert_eq!(map["counts"], json!({"available": 0, "held": 0, "booked": 0, "blocked": 0}));
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_that_would_stand_at_the_wrong_seats_are_not_told() {
    let house = House::small().await;
    house.run("DELETE FROM seats WHERE event_id = '{event}' AND seat_id = 3".to_owned()).await;
    house.client().get(&house.path()).await.expect_problem(500, "INTERNAL");
    house.run("UPDATE seats SET seat_id = 9 WHERE event_id = '{event}' AND seat_id = 2".to_owned()).await;
    house.client().get(&house.path()).await.expect_problem(500, "INTERNAL");
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_thousand_states_without_a_pattern_are_small_when_compressed() {
    let house = House::arena().await;
    let (plain, whole) = house.client().get_bytes(&house.path(), &[]).await;
    assert_eq!((plain.header("content-encoding"), plain.header("vary")), ("", "Accept-Encoding"));
    let (reply, compressed) = house.client().get_bytes(&house.path(), &[("Accept-Encoding", "gzip")]).await;
    assert_eq!(reply.header("content-encoding"), "gzip");
    assert!(compressed.len() < 10_000, "{} bytes", compressed.len());
    let mut unpacked = Vec::new();
    GzDecoder::new(&compressed[..]).read_to_end(&mut unpacked).expect("it is what it says");
    assert!(unpacked == whole, "both are the same");

    let map: Value = serde_json::from_slice(&whole).expect("JSON");
    let states = map["states"].as_str().expect("a text");
    assert_eq!(states.len(), 20_000);
    for letter in ["a", "h", "b", "x"] {
        let count = states.matches(letter).count();
        assert!((4_500..5_500).contains(&count), "{letter}: {count}");
    }
}
