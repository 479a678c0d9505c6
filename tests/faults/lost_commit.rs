//! The connection to PostgreSQL breaks at COMMIT. The service never guesses.

use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use super::proxy::Cut;
use super::wired::Wired;
use crate::support::Database;

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_is_lost_is_found_and_acknowledged() {
    let wired = Wired::start().await;
    let event_id = wired.client.event(10).await;
    let settled = wired.settled("found").await;
    for round in 1..=5 {
        wired.proxy.cut_next(Cut::After);
        let hold = wired.client.hold(&event_id, 1).await.expect(201);
        assert!(wired.proxy.was_cut(Cut::After), "the wire was cut");

        let found = wired.client.get(&format!("/api/v1/holds/{}", hold.id("hold_id"))).await.expect(200);
        assert_eq!(found.body["status"], "active");
        // Once, not twice: the batch was recognised, not run again.
        assert_eq!(wired.client.status(&event_id).await["held"], round);
    }
    assert!(wired.settled("found").await >= settled + 5.0);
    wired.database.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_never_arrived_is_run_again() {
    let wired = Wired::start().await;
    let event_id = wired.client.event(10).await;
    let hold = wired.client.hold(&event_id, 1).await.expect(201);
    let settled = wired.settled("not_found").await;
    wired.proxy.cut_next(Cut::Before);
    let booking = wired.client.book(&hold).await.expect(201);
    assert!(wired.proxy.was_cut(Cut::Before), "the wire was cut");

    assert!(wired.settled("not_found").await > settled);
    wired.client.get(&format!("/api/v1/bookings/{}", booking.id("booking_id"))).await.expect(200);
    assert_eq!(wired.client.status(&event_id).await["booked"], 1);
    wired.database.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_is_still_at_work_when_its_connection_breaks_is_waited_for() {
    let wired = Wired::start().await;
    let event_id = wired.client.event(10).await;
    let slow = slow_commits(&wired.database).await;
    wired.proxy.cut_next(Cut::During);
    let hold = tokio::spawn({
        let (client, event_id) = (wired.client.clone(), event_id.clone());
        async move { client.hold(&event_id, 1).await }
    });
    // The COMMIT whose connection is gone waits for the test, and whoever settles it waits for the COMMIT.
    wired.database.until_so_many_wait_for_a_lock(2).await;
    assert!(wired.proxy.was_cut(Cut::During), "the wire was cut");
    slow.rollback().await.expect("the COMMIT may go on");

    hold.await.expect("the request is answered").expect(201);
    assert_eq!(wired.client.status(&event_id).await["held"], 1);
    wired.database.assert_sound().await;
}

/// From now on a COMMIT of inventory takes until the transaction that is returned ends.
async fn slow_commits(database: &Database) -> Transaction<'static, Postgres> {
    let wait = "CREATE FUNCTION test_wait() RETURNS trigger LANGUAGE plpgsql AS \
                $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END $$";
    let at_commit = "CREATE CONSTRAINT TRIGGER test_slow_commit AFTER INSERT ON journal \
                     DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION test_wait()";
    for statement in [wait, at_commit] {
        database.execute(statement).await;
    }
    let mut slow = database.pool.begin().await.expect("a transaction begins");
    sqlx::query("SELECT pg_advisory_xact_lock(1)").execute(&mut *slow).await.expect("nobody has this lock");
    slow
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_database_cannot_be_asked_the_outcome_is_unknown_and_a_repeat_settles_it() {
    for cut in [Cut::Before, Cut::After] {
        let wired = Wired::start().await;
        let event_id = wired.client.event(10).await;
        let key = Uuid::now_v7().to_string();
        let settled = wired.settled("unknown").await;
        wired.proxy.cut_next_and_stay_down(cut);
        let unknown = wired.hold_with_key(&event_id, &key).await.expect_problem(503, "OUTCOME_UNKNOWN");
        assert!(!unknown.header("retry-after").is_empty(), "{:?}", unknown.headers);

        assert!(wired.settled("unknown").await > settled);

        wired.proxy.restore();
        let hold = wired.hold_with_key(&event_id, &key).await.expect(201);
        assert_eq!(hold.is_replayed(), cut == Cut::After);
        assert_eq!(wired.client.status(&event_id).await["held"], 2);
        wired.database.assert_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_created_by_a_commit_that_is_lost_is_created_once() {
    let template = json!({"name": "A show", "total_seats": 10});
    let dates = json!({"template": template, "dates": [{"starts_at": "2099-01-01T19:00:00Z"}]});
    let play = with_name("A play", dates.clone());
    let hall = with_name("A hall", json!({"sections": [{"name": "Stalls", "rows": "row A, 1-3"}]}));
    for cut in [Cut::Before, Cut::After] {
        let wired = Wired::start().await;
        let series = wired.client.post("/api/v1/series", with_name("Another", json!({}))).await.expect(201);
        let more = format!("{}/events", series.header("location"));
        for (path, body, table, rows) in [
            ("/api/v1/events", &template, "events", 2),
            ("/api/v1/series", &play, "events", 4),
            (more.as_str(), &dates, "events", 6),
            ("/api/v1/venues", &hall, "layouts", 2),
        ] {
            let key = Uuid::now_v7().to_string();
            for headers in [&[][..], &[("Idempotency-Key", key.as_str())]] {
                wired.proxy.cut_next(cut);
                wired.client.send(Method::POST, path, headers, Some(body.clone())).await.expect(201);
                assert!(wired.proxy.was_cut(cut), "the wire was cut");
            }
            assert_eq!(wired.database.number(&format!("SELECT count(*) FROM {table}")).await, rows, "{path}");
        }
        wired.database.assert_sound().await;
    }
}

fn with_name(name: &str, mut body: Value) -> Value {
    body["name"] = json!(name);
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layout_whose_commit_is_lost_is_one_version() {
    for cut in [Cut::Before, Cut::After] {
        let wired = Wired::start().await;
        let sections = |rows: &str| json!({"sections": [{"name": "Stalls", "rows": rows}]});
        let hall = with_name("A hall", sections("row A, 1-3"));
        let venue = wired.client.post("/api/v1/venues", hall).await.expect(201);
        wired.proxy.cut_next(cut);
        let amended = wired.client.patch(venue.header("location"), sections("row A, 1-4")).await.expect(200);
        assert!(wired.proxy.was_cut(cut), "the wire was cut");
        assert_eq!(amended.body["layout_version"], 2);
    }
}
