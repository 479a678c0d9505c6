//! `?since=`: only the seats that have changed.

use reqwest::Method;
use serde_json::json;

use super::SeatedEvent;
use crate::api::stage::members;

#[tokio::test(flavor = "multi_thread")]
async fn each_seat_changed_since_is_returned_once_with_its_current_state() {
    let event = SeatedEvent::small().await;
    let sequence_before = event.seats().await.body["sequence"].as_i64().expect("a number");
    // 2 is held and given back; 4 and 8, of two pools, are held and booked; 7 is blocked; 0 and 1 are held.
    event.fill().await;
    let answer = event.changes_since(sequence_before).await;
    assert_eq!(members(&answer), ["changes", "event_id", "layout_url", "layout_version", "sequence", "venue_id"]);
    assert_eq!(answer["changes"], json!({"a": [2], "h": [0, 1], "b": [4, 8], "x": [7]}));
    assert_eq!(answer["sequence"], event.seats().await.body["sequence"]);

    // Changes of the last entry, of the last two, and of none.
    let now = answer["sequence"].as_i64().expect("a number");
    assert_eq!(event.changes_since(now - 1).await["changes"], json!({"a": [], "h": [0, 1], "b": [], "x": []}));
    assert_eq!(event.changes_since(now - 2).await["changes"], json!({"a": [], "h": [0, 1], "b": [], "x": [7]}));
    assert_eq!(event.changes_since(now).await["changes"], json!({"a": [], "h": [], "b": [], "x": []}));
    assert_eq!(event.changes_since(0).await["changes"], answer["changes"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_applied_to_the_old_states_give_the_current_states() {
    let event = SeatedEvent::small().await;
    let before = event.seats().await.body;
    event.fill().await;
    let mut letters: Vec<char> = before["states"].as_str().expect("a text").chars().collect();
    let answer = event.changes_since(before["sequence"].as_i64().expect("a number")).await;
    for (letter, seats) in answer["changes"].as_object().expect("an object") {
        for seat in seats.as_array().expect("a list") {
            let at = usize::try_from(seat.as_u64().expect("a seat")).expect("a small number");
            letters[at] = letter.chars().next().expect("a letter");
        }
    }
    assert_eq!(letters.into_iter().collect::<String>(), event.seats().await.body["states"].as_str().expect("a text"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_without_seats_only_increases_the_sequence() {
    let event = SeatedEvent::small().await;
    let held = event.hold("5").await;
    let before = event.seats().await;
    let sequence = before.body["sequence"].as_i64().expect("a number");
    event.amend().await;
    let answer = event.changes_since(sequence).await;
    assert_eq!(answer["sequence"], sequence + 1);
    assert_eq!(answer["changes"], json!({"a": [], "h": [], "b": [], "x": []}));
    event.release(&held, "5").await;
    assert_eq!(event.changes_since(sequence).await["changes"], json!({"a": [5], "h": [], "b": [], "x": []}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sequence_that_is_not_reached_yet_is_refused() {
    let event = SeatedEvent::small().await;
    let sequence = event.seats().await.body["sequence"].as_i64().expect("a number");
    let path = |since: String| format!("{}?since={since}", event.path());
    let refused = event.client().get(&path((sequence + 1).to_string())).await.expect_invalid("since");
    assert_eq!(refused.body["max"], sequence);
    for since in ["-1", "newest", "1.0", "", "9223372036854775808"] {
        event.client().get(&path(since.to_owned())).await.expect_invalid("since");
    }
    event.client().get(&format!("{}?until=1", event.path())).await.expect_invalid("until");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_more_than_1000_entries_behind_gets_the_full_map() {
    let event = SeatedEvent::small().await;
    event.hold("6").await;
    let sequence = event.seats().await.body["sequence"].as_i64().expect("a number");
    event
        .execute(
            "INSERT INTO journal (event_id, seq, recorded_at, kind, capacity_delta, held_delta, booked_delta)
             SELECT event_id, seq + n, now(), 'event_amended', 0, 0, 0
             FROM inventory, generate_series(1, 1000) AS n WHERE event_id = '{event}';
             UPDATE inventory SET seq = seq + 1000 WHERE event_id = '{event}'"
                .to_owned(),
        )
        .await;
    let near = event.changes_since(sequence).await;
    assert!(near["changes"].is_object() && near["states"].is_null(), "{near}");
    let far = event.changes_since(sequence - 1).await;
    assert_eq!((&far["states"], &far["changes"]), (&json!("aaaaaahaa"), &json!(null)));
    assert_eq!(far["sequence"], near["sequence"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn unchanged_changes_are_answered_with_304_without_a_body() {
    let event = SeatedEvent::small().await;
    let sequence = event.seats().await.body["sequence"].as_i64().expect("a number");
    event.hold("1").await;
    let path = format!("{}?since={sequence}", event.path());
    let reply = event.client().get(&path).await.expect(200);
    let tag = reply.header("etag").to_owned();
    let headers = [("If-None-Match", tag.as_str())];
    let again = || event.client().send(Method::GET, &path, &headers, None);
    assert_eq!(again().await.expect(304).text, "");
    event.hold("3").await;
    assert_eq!(again().await.expect(200).body["changes"]["h"], json!([1, 3]));
}
