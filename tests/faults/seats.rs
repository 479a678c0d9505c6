//! Seats under faults: the seat cache of an instance is a hint, and the seat rows decide.

use std::sync::Arc;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use tokio::sync::Semaphore;

use super::proxy::Cut;
use super::wired::ProxiedService;
use crate::support::process::ServerProcess;
use crate::support::theatre::{seat_states, seats_of};
use crate::support::{Client, Database, Service, Theatre};

const KILLS: u32 = 5;
const BUYERS: u32 = 8;
/// Acknowledged seats after which the server is killed, of 16 on sale.
const KILLED_AFTER: u32 = 6;

#[tokio::test(flavor = "multi_thread")]
async fn seats_taken_without_the_lock_are_not_sold_again() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    let hold = theatre.hold_seats(&service.client, &[30]).await.expect(201);
    // The seat cache is filled by now, and does not learn of this write.
    let take = format!("UPDATE seats SET state = 'held', hold_id = '{}' WHERE seat_id = 31", hold.id("hold_id"));
    assert_eq!(service.database.execute(take).await, 1);

    let before = service.client.status(&theatre.event_id).await;
    theatre.hold_seats(&service.client, &[31, 32]).await.expect_problem(500, "INTERNAL");
    let after = service.client.status(&theatre.event_id).await;
    assert_eq!((&after["held"], &after["sequence"]), (&before["held"], &before["sequence"]), "nothing was changed");
    // The failure has dropped the cached seats, so they were read again.
    let refused = theatre.hold_seats(&service.client, &[31, 32]).await.expect_problem(409, "SEATS_UNAVAILABLE");
    assert_eq!(refused.body["seat_ids"], json!([31]));
    let best = theatre.hold_best(&service.client, json!({"qty": 5, "section": "Balcony"})).await;
    assert_eq!(best.expect_problem(409, "SEATS_NOT_TOGETHER").body["most"], 4);

    service.database.execute("UPDATE seats SET state = 'available', hold_id = NULL WHERE seat_id = 31").await;
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_batch_with_a_seat_taken_without_the_lock_only_the_request_for_that_seat_is_refused() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    let hold = theatre.hold_seats(&service.client, &[30]).await.expect(201);
    let take = format!("UPDATE seats SET state = 'held', hold_id = '{}' WHERE seat_id = 31", hold.id("hold_id"));
    service.database.execute(take).await;

    // All of these wait behind the lock, and are one batch when it is released.
    let lock = service.database.lock_event(&theatre.event_id).await;
    let first = tokio::spawn({
        let client = service.client.clone();
        let request = json!({"event_id": theatre.event_id, "seat_ids": [0]});
        async move { client.post("/api/v1/holds", request).await }
    });
    service.database.wait_for_blocked_statement().await;
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
            // 500 if its own batch found the conflict, 409 if the seats were read again before it was decided.
            assert!(reply.status == 500 || reply.status == 409, "{}", reply.text);
        } else {
            reply.expect(201);
        }
    }
    service.database.execute("UPDATE seats SET state = 'available', hold_id = NULL WHERE seat_id = 31").await;
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_of_a_lost_commit_are_held_once_and_refused_afterwards() {
    let service = ProxiedService::start().await;
    let theatre = Theatre::create(&service.client).await;
    theatre.hold_seats(&service.client, &[0]).await.expect(201);
    for (cut, seat) in [(Cut::After, 30), (Cut::Before, 31)] {
        service.proxy.cut_next(cut);
        let hold = theatre.hold_seats(&service.client, &[seat]).await.expect(201);
        assert!(service.proxy.was_cut(cut), "the connection was cut");
        let refused = theatre.hold_seats(&service.client, &[seat, 32]).await.expect_problem(409, "SEATS_UNAVAILABLE");
        assert_eq!(refused.body["seat_ids"], json!([seat]));
        service.client.book(&hold).await.expect(201);
    }
    assert_eq!(theatre.states(&service.client).await, seat_states(&[(&[0], 'h'), (&[30, 31], 'b')]));
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_seat_is_lost_when_the_server_is_killed_during_the_sale() {
    let database = Database::create().await;
    let mut server = ServerProcess::start(&database).await;
    for kill in 0..KILLS {
        let theatre = Theatre::create(&server.client).await;
        let half = Arc::new(Semaphore::new(0));
        let buyers = (0..BUYERS).map(|_| {
            let (client, event_id, half) = (server.client.clone(), theatre.event_id.clone(), half.clone());
            tokio::spawn(buy_until_killed(client, event_id, half))
        });
        let buyers: Vec<_> = buyers.collect();
        // Kill in the middle of the sale, when 6 seats of the balcony and the front row are acknowledged.
        let _ = half.acquire_many(KILLED_AFTER).await.expect("the semaphore stays open");
        server.kill();
        let acknowledged = join_all(buyers).await.into_iter().flat_map(|seats| seats.expect("a buyer does not panic"));
        let acknowledged: Vec<String> = acknowledged.map(|seat| seat.to_string()).collect();
        let held = format!(
            "SELECT count(DISTINCT seat_id) FROM seats WHERE event_id = '{}' AND state = 'held' AND seat_id IN ({})",
            theatre.event_id,
            acknowledged.join(",")
        );
        let held = database.number(&held).await;
        assert_eq!(usize::try_from(held), Ok(acknowledged.len()), "kill {kill}: every acknowledged seat is held, once");
        server = ServerProcess::start(&database).await;
        // The next server refuses the held seats.
        for seat in acknowledged.iter().map(|seat| seat.parse().expect("a number")) {
            theatre.hold_seats(&server.client, &[seat]).await.expect_problem(409, "SEATS_UNAVAILABLE");
        }
    }
    database.assert_invariants_hold().await;
}

/// Holds best available seats one by one; returns the acknowledged ones.
async fn buy_until_killed(client: Client, event_id: String, bought: Arc<Semaphore>) -> Vec<u64> {
    let mut seats = Vec::new();
    // All rows of the stalls but the first are sold as two ticket types.
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
async fn the_seat_cache_of_each_server_catches_up_with_the_changes_of_the_other() {
    let service = Service::start().await;
    let theatre = Theatre::create(&service.client).await;
    let (second, client) = service.start_second_server();
    // Each server sees the other's holds, releases, bookings, cancellations and changes.
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
    // A batch with refusals only keeps the cached seats correct.
    for _ in 0..3 {
        theatre.hold_seats(&client, &[1]).await.expect_problem(409, "SEATS_UNAVAILABLE");
    }
    assert_eq!(theatre.states(&client).await, seat_states(&[(&[1, 2, 30, 31], 'h')]));
    second.stop().await.expect("the second server stops");
    service.database.assert_invariants_hold().await;
}
