//! More clients than seats, on two server processes that share one database.

use futures_util::future::join_all;
use serde_json::json;

use crate::support::{Client, Reply, Service};

const ROUNDS: usize = 50;
const CLIENTS: usize = 64;

#[tokio::test(flavor = "multi_thread")]
async fn of_three_clients_that_request_30_25_and_15_of_50_seats_the_winners_never_exceed_50() {
    let service = Service::start().await;
    for _ in 0..ROUNDS {
        let event_id = service.client.event(50).await;
        let replies = join_all([30, 25, 15].map(|qty| service.client.hold(&event_id, qty))).await;

        let held: i64 = replies.iter().filter_map(|reply| reply.body["qty"].as_i64()).sum();
        // In any order two of the three fit, but not 30 and 25 together.
        assert!(held == 30 + 15 || held == 25 + 15, "{held} held: {replies:?}");
        let refused = replies.iter().find(|reply| !reply.status.is_success()).expect("70 seats do not fit into 50");
        let refused = refused.clone().expect_problem(409, "INSUFFICIENT_SEATS");
        let (requested, available) = (&refused.body["requested"], &refused.body["available"]);
        assert!(requested.as_i64() > available.as_i64(), "{}", refused.text);
        assert_eq!(service.client.status(&event_id).await["held"], held);
    }
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_1_10_and_100_seats_go_to_exactly_as_many_clients_on_two_servers() {
    let service = Service::start().await;
    let (second, second_client) = service.start_second_server();
    let clients = [service.client.clone(), second_client];
    for seats in [1, 10, 100] {
        for _ in 0..ROUNDS {
            let event_id = clients[0].event(seats).await;
            let replies = join_all((0..CLIENTS).map(|n| take_until_refused(&clients[n % 2], &event_id, seats))).await;
            let taken: usize = replies.iter().sum();
            assert_eq!(taken, seats as usize, "exactly the capacity is held");
            let status = clients[1].status(&event_id).await;
            assert_eq!((&status["held"], &status["available"]), (&json!(seats), &json!(0)));
        }
    }
    service.database.assert_invariants_hold().await;
    second.stop().await.expect("the second server stops");
}

/// Holds single places until one is refused; returns the number of holds.
async fn take_until_refused(client: &Client, event_id: &str, seats: u32) -> usize {
    for taken in 0..=seats as usize {
        let reply: Reply = client.hold(event_id, 1).await;
        if !reply.status.is_success() {
            let refused = reply.expect_problem(409, "INSUFFICIENT_SEATS");
            assert_eq!(refused.body["available"], 0);
            assert!(refused.body["retry_at"].is_string(), "a held seat may come back: {}", refused.text);
            return taken;
        }
    }
    panic!("one client alone got more than all {seats} seats");
}
