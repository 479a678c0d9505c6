//! The connection to PostgreSQL breaks at COMMIT. The service looks up the outcome and does not guess it.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use super::proxy::Cut;
use super::wired::ProxiedService;
use crate::support::Database;

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_is_lost_is_found_and_acknowledged() {
    let service = ProxiedService::start().await;
    let event_id = service.client.event(10).await;
    let resolved = service.resolved_commits("found").await;
    for round in 1..=5 {
        service.proxy.cut_next(Cut::After);
        let hold = service.client.hold(&event_id, 1).await.expect(201);
        assert!(service.proxy.was_cut(Cut::After), "the connection was cut");

        let found = service.client.get(&format!("/api/v1/holds/{}", hold.id("hold_id"))).await.expect(200);
        assert_eq!(found.body["status"], "active");
        // Once, not twice: the commit was found, so the batch was not run again.
        assert_eq!(service.client.status(&event_id).await["held"], round);
    }
    assert!(service.resolved_commits("found").await >= resolved + 5.0);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_never_arrived_is_run_again() {
    let service = ProxiedService::start().await;
    let event_id = service.client.event(10).await;
    let hold = service.client.hold(&event_id, 1).await.expect(201);
    let resolved = service.resolved_commits("not_found").await;
    service.proxy.cut_next(Cut::Before);
    let booking = service.client.book(&hold).await.expect(201);
    assert!(service.proxy.was_cut(Cut::Before), "the connection was cut");

    assert!(service.resolved_commits("not_found").await > resolved);
    service.client.get(&format!("/api/v1/bookings/{}", booking.id("booking_id"))).await.expect(200);
    assert_eq!(service.client.status(&event_id).await["booked"], 1);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_is_still_running_when_its_connection_breaks_is_waited_for() {
    let service = ProxiedService::start().await;
    let event_id = service.client.event(10).await;
    let slow = slow_commits(&service.database).await;
    service.proxy.cut_next(Cut::During);
    let hold = tokio::spawn({
        let (client, event_id) = (service.client.clone(), event_id.clone());
        async move { client.hold(&event_id, 1).await }
    });
    // The COMMIT without a connection waits for the test's lock, and the lookup of its outcome waits for the COMMIT.
    service.database.wait_for_blocked_statements(2).await;
    assert!(service.proxy.was_cut(Cut::During), "the connection was cut");
    slow.rollback().await.expect("the COMMIT may go on");

    hold.await.expect("the request is answered").expect(201);
    assert_eq!(service.client.status(&event_id).await["held"], 1);
    service.database.assert_invariants_hold().await;
}

/// From now on a COMMIT of inventory lasts until the returned transaction ends.
async fn slow_commits(database: &Database) -> Transaction<'static, Postgres> {
    let wait = "CREATE FUNCTION test_wait() RETURNS trigger LANGUAGE plpgsql AS \
                $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END $$";
    let at_commit = "CREATE CONSTRAINT TRIGGER test_slow_commit AFTER INSERT ON journal \
                     DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION test_wait()";
    for statement in [wait, at_commit] {
        database.execute(statement).await;
    }
    let mut slow = database.pool.begin().await.expect("a transaction begins");
    sqlx::query("SELECT pg_advisory_xact_lock(1)").execute(&mut *slow).await.expect("the lock is free");
    slow
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_database_cannot_be_reached_the_outcome_is_unknown_and_a_repeat_resolves_it() {
    for cut in [Cut::Before, Cut::After] {
        let service = ProxiedService::start().await;
        let event_id = service.client.event(10).await;
        let key = Uuid::now_v7().to_string();
        let resolved = service.resolved_commits("unknown").await;
        service.proxy.cut_next_and_stay_down(cut);
        let unknown = service.hold_with_key(&event_id, &key).await.expect_problem(503, "OUTCOME_UNKNOWN");
        assert!(!unknown.header("retry-after").is_empty(), "{:?}", unknown.headers);

        assert!(service.resolved_commits("unknown").await > resolved);

        service.proxy.restore();
        let hold = service.hold_with_key(&event_id, &key).await.expect(201);
        assert_eq!(hold.is_replayed(), cut == Cut::After);
        assert_eq!(service.client.status(&event_id).await["held"], 2);
        service.database.assert_invariants_hold().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_series_and_venues_are_created_once_when_their_commit_is_lost() {
    let template = json!({"name": "A show", "total_seats": 10});
    let dates = json!({"template": template, "dates": [{"starts_at": "2099-01-01T19:00:00Z"}]});
    let play = with_name("A play", dates.clone());
    let hall = with_name("A hall", json!({"sections": [{"name": "Stalls", "rows": "row A, 1-3"}]}));
    for cut in [Cut::Before, Cut::After] {
        let service = ProxiedService::start().await;
        let series = service.client.post("/api/v1/series", with_name("Another", json!({}))).await.expect(201);
        let more = format!("{}/events", series.header("location"));
        for (path, body, table, rows) in [
            ("/api/v1/events", &template, "events", 2),
            ("/api/v1/series", &play, "events", 4),
            (more.as_str(), &dates, "events", 6),
            ("/api/v1/venues", &hall, "layouts", 2),
        ] {
            let key = Uuid::now_v7().to_string();
            for headers in [&[][..], &[("Idempotency-Key", key.as_str())]] {
                service.proxy.cut_next(cut);
                service.client.send(Method::POST, path, headers, Some(body.clone())).await.expect(201);
                assert!(service.proxy.was_cut(cut), "the connection was cut");
            }
            assert_eq!(service.database.number(&format!("SELECT count(*) FROM {table}")).await, rows, "{path}");
        }
        service.database.assert_invariants_hold().await;
    }
}

fn with_name(name: &str, mut body: Value) -> Value {
    body["name"] = json!(name);
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layout_whose_commit_is_lost_becomes_one_version() {
    for cut in [Cut::Before, Cut::After] {
        let service = ProxiedService::start().await;
        let sections = |rows: &str| json!({"sections": [{"name": "Stalls", "rows": rows}]});
        let hall = with_name("A hall", sections("row A, 1-3"));
        let venue = service.client.post("/api/v1/venues", hall).await.expect(201);
        service.proxy.cut_next(cut);
        let amended = service.client.patch(venue.header("location"), sections("row A, 1-4")).await.expect(200);
        assert!(service.proxy.was_cut(cut), "the connection was cut");
        assert_eq!(amended.body["layout_version"], 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_repeat_fails_too_the_outcome_of_a_creation_or_an_amendment_is_unknown_until_it_is_sent_again() {
    for cut in [Cut::Before, Cut::After] {
        let service = ProxiedService::start_with(|settings| {
            // The repeat needs a new connection, and soon notices that there is none.
            settings.database.pool_connections_max = 1;
            settings.database.acquire_timeout = Duration::from_secs(1);
        })
        .await;
        let hall = with_name("A hall", json!({"sections": [{"name": "Stalls", "rows": "row A, 1-3"}]}));
        let venue = service.client.post("/api/v1/venues", hall).await.expect(201);
        let key = Uuid::now_v7().to_string();
        let event = json!({"name": "A show", "total_seats": 10});
        let change = json!({"name": "Another hall"});

        service.proxy.cut_next_and_stay_down(cut);
        let unknown = service.client.post_with_key("/api/v1/events", &key, &event).await;
        unknown.expect_problem(503, "OUTCOME_UNKNOWN");
        service.proxy.restore();
        let created = service.client.post_with_key("/api/v1/events", &key, &event).await.expect(201);
        assert_eq!(created.is_replayed(), cut == Cut::After);
        assert_eq!(service.database.number("SELECT count(*) FROM events").await, 1);

        service.proxy.cut_next_and_stay_down(cut);
        let unknown = service.client.patch(venue.header("location"), change.clone()).await;
        unknown.expect_problem(503, "OUTCOME_UNKNOWN");
        service.proxy.restore();
        let amended = service.client.patch(venue.header("location"), change).await.expect(200);
        assert_eq!(amended.body["name"], "Another hall");
    }
}
