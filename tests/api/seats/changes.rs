//! `?since=`: only what has changed.

use reqwest::Method;
use serde_json::json;

use super::House;
use crate::stage::members;

#[tokio::test(flavor = "multi_thread")]
async fn each_seat_that_was_touched_since_is_told_once_with_its_state_now() {
    let house = House::small().await;
    let begun = house.seats().await.body["sequence"].as_i64().expect("a number");
    // 2 is held and given back; 4 and 8, of two pools, are held and booked; 7 is blocked; 0 and 1 are held.
    house.fill().await;
    let told = house.since(begun).await;
    assert_eq!(members(&told), ["changes", "event_id", "layout_url", "layout_version", "sequence", "venue_id"]);
    assert_eq!(told["changes"], json!({"a": [2], "h": [0, 1], "b": [4, 8], "x": [7]}));
    assert_eq!(told["sequence"], house.seats().await.body["sequence"]);

    // Of the last entry, the one before it, and none.
    let now = told["sequence"].as_i64().expect("a number");
    assert_eq!(house.since(now - 1).await["changes"], json!({"a": [], "h": [0, 1], "b": [], "x": []}));
    assert_eq!(house.since(now - 2).await["changes"], json!({"a": [], "h": [0, 1], "b": [], "x": [7]}));
    assert_eq!(house.since(now).await["changes"], json!({"a": [], "h": [], "b": [], "x": []}));
    assert_eq!(house.since(0).await["changes"], told["changes"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_put_into_the_states_that_one_has_are_the_states_there_are() {
    let house = House::small().await;
    let before = house.seats().await.body;
    house.fill().await;
    let mut letters: Vec<char> = before["states"].as_str().expect("a text").chars().collect();
    let told = house.since(before["sequence"].as_i64().expect("a number")).await;
    for (letter, seats) in told["changes"].as_object().expect("an object") {
        for seat in seats.as_array().expect("a list") {
            let at = usize::try_from(seat.as_u64().expect("a seat")).expect("a small number");
            letters[at] = letter.chars().next().expect("a letter");
        }
    }
    assert_eq!(letters.into_iter().collect::<String>(), house.seats().await.body["states"].as_str().expect("a text"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_without_a_seat_moves_the_sequence_alone() {
    let house = House::small().await;
    let held = house.hold("5").await;
    let before = house.seats().await;
    let sequence = before.body["sequence"].as_i64().expect("a number");
    house.amend().await;
    let told = house.since(sequence).await;
    assert_eq!(told["sequence"], sequence + 1);
    assert_eq!(told["changes"], json!({"a": [], "h": [], "b": [], "x": []}));
    house.release(&held, "5").await;
    assert_eq!(house.since(sequence).await["changes"], json!({"a": [5], "h": [], "b": [], "x": []}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sequence_that_was_never_reached_is_refused() {
    let house = House::small().await;
    let sequence = house.seats().await.body["sequence"].as_i64().expect("a number");
    let asking = |since: String| format!("{}?since={since}", house.path());
    let beyond = house.client().get(&asking((sequence + 1).to_string())).await.expect_invalid("since");
    assert_eq!(beyond.body["max"], sequence);
    for since in ["-1", "newest", "1.0", "", "9223372036854775808"] {
        house.client().get(&asking(since.to_owned())).await.expect_invalid("since");
    }
    house.client().get(&format!("{}?until=1", house.path())).await.expect_invalid("until");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_far_behind_gets_the_whole_map_instead() {
    let house = House::small().await;
    house.hold("6").await;
    let sequence = house.seats().await.body["sequence"].as_i64().expect("a number");
    house
        .run(
            "INSERT INTO journal (event_id, seq, recorded_at, kind, capacity_delta, held_delta, booked_delta)
             SELECT event_id, seq + n, now(), 'event_amended', 0, 0, 0
             FROM inventory, generate_series(1, 1000) AS n WHERE event_id = '{event}';
             UPDATE inventory SET seq = seq + 1000 WHERE event_id = '{event}'"
                .to_owned(),
        )
        .await;
    let near = house.since(sequence).await;
    assert!(near["changes"].is_object() && near["states"].is_null(), "{near}");
    let far = house.since(sequence - 1).await;
    assert_eq!((&far["states"], &far["changes"]), (&json!("aaaaaahaa"), &json!(null)));
    assert_eq!(far["sequence"], near["sequence"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_new_since_the_last_answer_is_told_without_a_body() {
    let house = House::small().await;
    let sequence = house.seats().await.body["sequence"].as_i64().expect("a number");
    house.hold("1").await;
    let path = format!("{}?since={sequence}", house.path());
    let reply = house.client().get(&path).await.expect(200);
    let tag = reply.header("etag").to_owned();
    let headers = [("If-None-Match", tag.as_str())];
    let again = || house.client().send(Method::GET, &path, &headers, None);
    assert_eq!(again().await.expect(304).text, "");
    house.hold("3").await;
    assert_eq!(again().await.expect(200).body["changes"]["h"], json!([1, 3]));
}
