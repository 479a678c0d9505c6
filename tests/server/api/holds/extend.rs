//! `POST /api/v1/holds/{id}/extend`.

use reqwest::Method;
use serde_json::json;

use crate::api::stage::{UNKNOWN_ID, time, without_member};
use crate::support::{Reply, Service};

/// Moves creation and expiry of a hold into the past.
async fn move_into_past(service: &Service, hold: &Reply, seconds: i64) {
    let moved = service.database.execute(format!(
        "UPDATE holds SET created_at = created_at - interval '{seconds} seconds', \
         expires_at = expires_at - interval '{seconds} seconds' WHERE hold_id = '{}'",
        hold.id("hold_id")
    ));
    assert_eq!(moved.await, 1);
}

/// Moves the expiry of a hold closer.
async fn bring_expiry_closer(service: &Service, hold: &Reply, seconds: i64) {
    let moved = service.database.execute(format!(
        "UPDATE holds SET expires_at = expires_at - interval '{seconds} seconds' WHERE hold_id = '{}'",
        hold.id("hold_id")
    ));
    assert_eq!(moved.await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extension_restarts_the_time_to_live_and_returns_the_number_of_extensions_left() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let hold = service.client.hold(&event_id, 1).await.expect(201);
    let mut expires_at = time(&hold.body["expires_at"]);
    for extensions_left in [2, 1, 0] {
        let extended = service.client.extend(&hold).await.expect(200);
        assert!(!extended.is_replayed());
        let extended = extended.body;
        assert_eq!(
            (&extended["extensions_left"], &extended["expires_in_ms"]),
            (&json!(extensions_left), &json!(120_000))
        );
        assert!(time(&extended["expires_at"]) > expires_at, "{extended}");
        expires_at = time(&extended["expires_at"]);
        let now = service.client.get(&format!("/api/v1/holds/{}", hold.id("hold_id"))).await.expect(200).body;
        assert_eq!(now["expires_at"], extended["expires_at"]);
        let time_members = ["/expires_at", "/expires_in_ms", "/server_time"];
        let rest = |answer: &serde_json::Value| {
            time_members.iter().fold(answer.clone(), |rest, member| without_member(rest, member))
        };
        assert_eq!(
            without_member(rest(&extended), "/extensions_left"),
            without_member(rest(&hold.body), "/payment_token")
        );
        bring_expiry_closer(&service, &hold, 10).await;
    }
    let refused = service.client.extend(&hold).await.expect_problem(409, "EXTENSION_LIMIT_REACHED");
    assert_eq!((expires_at - time(&refused.body["expires_at"])).whole_seconds(), 10);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extension_whose_answer_was_lost_can_be_repeated_without_using_up_another_one() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let hold = service.client.hold(&event_id, 1).await.expect(201);
    for extensions_left in [2, 1, 0] {
        let first = service.client.extend(&hold).await.expect(200);
        let repeat = service.client.extend(&hold).await.expect(200);
        assert!(repeat.is_replayed() && !first.is_replayed());
        assert_eq!(repeat.body["extensions_left"], extensions_left);
        assert_eq!(repeat.body["expires_at"], first.body["expires_at"]);
        // The repeat returns the current server time, so less time is left.
        assert!(time(&repeat.body["server_time"]) > time(&first.body["server_time"]), "{}", repeat.text);
        assert!(repeat.body["expires_in_ms"].as_i64() <= first.body["expires_in_ms"].as_i64(), "{}", repeat.text);
        bring_expiry_closer(&service, &hold, 5).await;
    }
    service.client.extend(&hold).await.expect_problem(409, "EXTENSION_LIMIT_REACHED");
    assert_eq!(service.database.number("SELECT count(*) FROM journal WHERE kind = 'hold_extended'").await, 3);
    let counted = service.client.get("/metrics").await.expect(200).text;
    for line in [
        r#"booking_operations_total{operation="extend",status="replayed"}"#,
        r#"commands_total{command="extend",outcome="replayed"}"#,
    ] {
        assert!(counted.contains(line), "{line} is missing:\n{counted}");
    }
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_extension_goes_beyond_the_maximum_lifetime_counted_from_the_creation() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let hold = service.client.hold(&event_id, 1).await.expect(201);
    // The maximum lifetime is 30 minutes: 1 minute of it is left, and the hold expires in 30 seconds.
    move_into_past(&service, &hold, 1740).await;
    service.database.execute("UPDATE holds SET expires_at = clock_timestamp() + interval '30 seconds'").await;
    let extended = service.client.extend(&hold).await.expect(200).body;
    let life = time(&extended["expires_at"]) - time(&extended["created_at"]);
    assert_eq!((life.whole_seconds(), &extended["extensions_left"]), (1800, &json!(0)));
    let repeat = service.client.extend(&hold).await.expect(200);
    assert!(repeat.is_replayed());
    assert_eq!(repeat.body["expires_at"], extended["expires_at"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_was_placed_for_the_maximum_lifetime_is_not_extended() {
    let service = Service::start_with(|settings| settings.hold_rules.lifetime_seconds_max = 120).await;
    let event_id = service.client.event(5).await;
    let hold = service.client.hold(&event_id, 1).await.expect(201);
    move_into_past(&service, &hold, 60).await;
    let refused = service.client.extend(&hold).await.expect_problem(409, "EXTENSION_LIMIT_REACHED");
    assert_eq!((time(&hold.body["expires_at"]) - time(&refused.body["expires_at"])).whole_seconds(), 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_is_never_extended_by_reads_or_failed_changes() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let hold = service.client.hold(&event_id, 1).await.expect(201);
    let path = format!("/api/v1/holds/{}", hold.id("hold_id"));
    let wrong = json!({"hold_id": hold.id("hold_id"), "payment_token": "wrong"});
    service.client.post("/api/v1/book", wrong).await.expect_problem(403, "INVALID_PAYMENT_TOKEN");
    service.client.post(&format!("{path}/extend"), json!({})).await.expect_problem(403, "INVALID_PAYMENT_TOKEN");
    let now = service.client.get(&path).await.expect(200);
    assert_eq!(now.body["expires_at"], hold.body["expires_at"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_hold_cannot_be_extended_and_the_refusal_has_the_time_of_expiry() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let hold = service.client.hold(&event_id, 1).await.expect(201);
    move_into_past(&service, &hold, 121).await;
    let refused = service.client.extend(&hold).await.expect_problem(410, "HOLD_EXPIRED");
    let passed = time(&hold.body["expires_at"]) - time(&refused.body["expired_at"]);
    assert_eq!(passed.whole_seconds(), 121);
    let server_time = time(&refused.body["server_time"]);
    assert!(
        server_time > time(&refused.body["expired_at"]) && server_time >= time(&hold.body["server_time"]),
        "{}",
        refused.text
    );
    // A refused request does not expire the hold a second time.
    service.client.extend(&hold).await.expect_problem(410, "HOLD_EXPIRED");
    assert_eq!(service.database.number("SELECT count(*) FROM journal WHERE kind = 'hold_expired'").await, 1);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_was_booked_or_released_cannot_be_extended() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let (booked, released) =
        (service.client.hold(&event_id, 1).await.expect(201), service.client.hold(&event_id, 1).await.expect(201));
    service.client.book(&booked).await.expect(201);
    service.client.release(&released).await.expect(200);
    for (hold, status) in [(booked, "booked"), (released, "released")] {
        let refused = service.client.extend(&hold).await.expect_problem(409, "HOLD_NOT_ACTIVE");
        assert_eq!(refused.body["hold_status"], status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_right_token_a_hold_is_neither_extended_nor_released() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let hold = service.client.hold(&event_id, 1).await.expect(201);
    let other = service.client.hold(&event_id, 1).await.expect(201);
    let path = format!("/api/v1/holds/{}", hold.id("hold_id"));
    let (others, longer) = (other.id("payment_token"), format!("{}=", hold.id("payment_token")));
    for (method, path) in [(Method::POST, format!("{path}/extend")), (Method::DELETE, path.clone())] {
        let missing = service.client.send(method.clone(), &path, &[], None).await;
        missing.expect_problem(403, "INVALID_PAYMENT_TOKEN");
        for token in ["", "wrong", &others, &longer] {
            let refused = service.client.send(method.clone(), &path, &[("X-Payment-Token", token)], None).await;
            refused.expect_problem(403, "INVALID_PAYMENT_TOKEN");
        }
    }
    let now = service.client.get(&path).await.expect(200).body;
    assert_eq!((&now["status"], &now["expires_at"]), (&json!("active"), &hold.body["expires_at"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_hold_is_not_found_with_any_token_or_none() {
    let service = Service::start().await;
    let path = format!("/api/v1/holds/{UNKNOWN_ID}");
    for (method, path) in [(Method::POST, format!("{path}/extend")), (Method::DELETE, path.clone())] {
        let missing = service.client.send(method.clone(), &path, &[], None).await;
        missing.expect_problem(404, "HOLD_NOT_FOUND");
        let wrong = service.client.send(method, &path, &[("X-Payment-Token", "wrong")], None).await;
        wrong.expect_problem(404, "HOLD_NOT_FOUND");
    }
}
