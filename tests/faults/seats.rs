//! Seats when something goes wrong: what an instance knows of them is a hint, and their rows have the last word.

use std::sync::Arc;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use tokio::sync::Semaphore;

use super::proxy::Cut;
use super::wired::Wired;
use crate::support::process::ServerProcess;
use crate::support::theatre::{seats_of, states_with};
use crate::support::{Client, Database, Service, Theatre};

const KILLS: u32 = 5;
const BUYERS: u32 = 8;
/// Of sixteen seats.
const KILLED_AFTER: u32 = 6;

#[tokio::test(flavor = "multi_thread")]
async fn seats_that_somebody_took_past_the_lock_are_not_sold_again() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    let hold = theatre.hold_seats(&service.client, &[30]).await.expect(201);
    // The service knows by now which seats are free, and nobody tells it of this.
    let take = format!("UPDATE seats SET state = 'held', hold_id = '{}' WHERE seat_id = 31", hold.id("hold_id"));
    assert_eq!(service.database.execute(take).await, 1);

    let before = service.client.status(&theatre.event_id).await;
    theatre.hold_seats(&service.client, &[31, 32]).await.expect_problem(500, "INTERNAL");
    let after = service.client.status(&theatre.event_id).await;
    assert_eq!((&after["held"], &after["sequence"]), (&before["held"], &before["sequence"]), "nothing was changed");
    // It has looked again since.
    let refused = theatre.hold_seats(&service.client, &[31, 32]).await.expect_problem(409, "SEATS_UNAVAILABLE");
    assert_eq!(refused.body["seat_ids"], json!([31]));
    let best = theatre.hold_best(&service.client, json!({"qty": 5, "section": "Balcony"})).await;
    assert_eq!(best.expect_problem(409, "SEATS_NOT_TOGETHER").body["most"], 4);

    service.database.execute("UPDATE seats SET state = 'available', hold_id = NULL WHERE seat_id = 31").await;
    service.database.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_batch_with_a_seat_that_was_taken_past_the_lock_only_its_own_request_is_refused() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    let hold = theatre.hold_seats(&service.client, &[30]).await.expect(201);
    let take = format!("UPDATE seats SET state = 'held', hold_id = '{}' WHERE seat_id = 31", hold.id("hold_id"));
    service.database.execute(take).await;

    // All of these wait behind the lock, and are one batch when it is let go.
    let lock = service.database.lock_event(&theatre.event_id).await;
    let first = tokio::spawn({
        let client = service.client.clone();
        let request = json!({"event_id": theatre.event_id, "seat_ids": [0]});
        async move { client.post("/api/v1/holds", request).await }
    });
    service.database.until_somebody_waits_for_a_lock().await;
    let others = [2, 4, 31, 6, 8].map(|seat| {
        let client = service.client.clone();
        let request = json!({"event_id": theatre.event_id, "seat_ids": [seat]});
        tokio::spawn(async move { client.post("/api/v1/holds", request).await })
    });
    lock.rollback().await.expect("the lock is let go");
    first.await.expect("the request is answered").expect(201);
    for (seat, other) in [2, 4, 31, 6, 8].into_iter().zip(others) {
        let reply = other.await.expect("the request is answered");
        if seat == 31 {
            // As the offender, or after somebody before it had the seats read anew.
            assert!(reply.status == 500 || reply.status == 409, "{}", reply.text);
        } else {
            reply.expect(201);
        }
    }
    service.database.execute("UPDATE seats SET state = 'available', hold_id = NULL WHERE seat_id = 31").await;
    service.database.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_of_a_commit_whose_answer_is_lost_are_held_once_and_known_to_be() {
    let wired = Wired::start().await;
    let theatre = Theatre::create(&wired.client).await;
    theatre.hold_seats(&wired.client, &[0]).await.expect(201);
    for (cut, seat) in [(Cut::After, 30), (Cut::Before, 31)] {
        wired.proxy.cut_next(cut);
        let hold = theatre.hold_seats(&wired.client, &[seat]).await.expect(201);
        assert!(wired.proxy.was_cut(cut), "the wire was cut");
        let refused = theatre.hold_seats(&wired.client, &[seat, 32]).await.expect_problem(409, "SEATS_UNAVAILABLE");
        assert_eq!(refused.body["seat_ids"], json!([seat]));
        wired.client.book(&hold).await.expect(201);
    }
    assert_eq!(theatre.states(&wired.client).await, states_with(&[(&[0], 'h'), (&[30, 31], 'b')]));
    wired.database.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_seat_that_was_acknowledged_is_lost_when_the_server_is_killed_while_they_are_sold() {
    let database = Database::create().await;
    let mut server = ServerProcess::start(&database).await;
    for kill in 0..KILLS {
        let theatre = Theatre::create(&server.client).await;
        let half = Arc::new(Semaphore::new(0));
        let buyers = (0..BUYERS).map(|_| {
            let (client, event_id, half) = (server.client.clone(), theatre.event_id.clone(), half.clone());
            tokio::spawn(buy_until_it_dies(client, event_id, half))
        });
        let buyers: Vec<_> = buyers.collect();
        // In the middle of the sale: so many of the balcony's and of the front row's seats are acknowledged.
        let _ = half.acquire_many(KILLED_AFTER).await.expect("nobody closes it");
        server.kill();
        let acknowledged = join_all(buyers).await.into_iter().flat_map(|seats| seats.expect("a buyer does not panic"));
        let acknowledged: Vec<String> = acknowledged.map(|seat| seat.to_string()).collect();
        let held = format!(
            "SELECT count(DISTINCT seat_id) FROM seats WHERE event_id = '{}' AND state = 'held' AND seat_id IN ({})",
            theatre.event_id,
            acknowledged.join(",")
        );
        let held = database.number(&held).await;
        assert_eq!(usize::try_from(held), Ok(acknowledged.len()), "kill {kill}: each once, and there");
        server = ServerProcess::start(&database).await;
        // The next server knows who has what.
        for seat in acknowledged.iter().map(|seat| seat.parse().expect("a number")) {
            theatre.hold_seats(&server.client, &[seat]).await.expect_problem(409, "SEATS_UNAVAILABLE");
        }
    }
    database.assert_sound().await;
}

/// Takes single seats, the best there are; those that were acknowledged.
async fn buy_until_it_dies(client: Client, event_id: String, bought: Arc<Semaphore>) -> Vec<u64> {
    let mut seats = Vec::new();
    // The rows behind the first are sold as two types.
    for section in ["Balcony", "Stalls"].into_iter().cycle() {
        let best = json!({"qty": 1, "section": section});
        let body = json!({"event_id": event_id, "best_available": best});
        let Ok(reply) = client.try_send(Method::POST, "/api/v1/holds", &[], Some(body)).await else { return seats };
        if reply.status == 201 {
            seats.extend(seats_of(&reply));
            bought.add_permits(1);
        } else if section == "Stalls" {
            return seats;
        }
    }
    unreachable!("a cycle has no end")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_of_seats_is_caught_up_with_whoever_else_changes_them() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    let (second, client) = service.another();
    // Each server sees what the other did since it last looked: holds, ends, bookings, changes.
    let held = theatre.hold_seats(&service.client, &[0, 1, 30]).await.expect(201);
    theatre.hold_seats(&client, &[1]).await.expect_problem(409, "SEATS_UNAVAILABLE");
    service.client.release(&held).await.expect(200);
    let mine = theatre.hold_seats(&client, &[1, 30]).await.expect(201);
    theatre.change(&service.client, &mine, json!({"seat_ids": [2, 31]})).await.expect(200);
    let again = theatre.hold_seats(&client, &[1, 30]).await.expect(201);
    let booking = service.client.book(&again).await.expect(201);
    theatre.hold_seats(&client, &[2]).await.expect_problem(409, "SEATS_UNAVAILABLE");
    service.client.cancel(&booking).await.expect(200);
    theatre.hold_seats(&client, &[1, 30]).await.expect(201);
    // A batch of nothing but refusals knows no less afterwards.
    for _ in 0..3 {
        theatre.hold_seats(&client, &[1]).await.expect_problem(409, "SEATS_UNAVAILABLE");
    }
    assert_eq!(theatre.states(&client).await, states_with(&[(&[1, 2, 30, 31], 'h')]));
    second.stop().await.expect("the second server stops");
    service.database.assert_sound().await;
}
