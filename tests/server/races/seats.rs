//! Seats: many clients request the same ones on two servers that share a database, by holds, changes and blocks.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::json;
use uuid::Uuid;

use crate::support::process::{LONG_TIMEOUTS, ServerProcess};
use crate::support::theatre::{THEATRE_SEATS, seat_states, seats_of};
use crate::support::{Client, Database, Reply, Service, Theatre};

const CLIENTS: usize = 256;
const ROUNDS: u32 = 10;

#[tokio::test(flavor = "multi_thread")]
async fn of_256_clients_that_request_the_same_ten_seats_one_gets_them_all() {
    let service = Service::start().await;
    let (second, second_client) = service.start_second_server();
    let clients = [service.client.clone(), second_client];
    let seats: Vec<u32> = (0..10).collect();
    for _ in 0..3 {
        let theatre = Theatre::create(&clients[0]).await;
        let replies = join_all((0..CLIENTS).map(|n| theatre.hold_seats(&clients[n % 2], &seats))).await;
        let (held, refused): (Vec<Reply>, Vec<Reply>) = replies.into_iter().partition(|reply| reply.status == 201);
        assert_eq!(held.len(), 1, "exactly one hold succeeds");
        for reply in refused {
            assert_eq!(reply.expect_problem(409, "SEATS_UNAVAILABLE").body["seat_ids"], json!(seats));
        }
        assert_eq!(theatre.states(&clients[1]).await, seat_states(&[(&seats, 'h')]));
    }
    service.database.assert_invariants_hold().await;
    second.stop().await.expect("the second server stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_256_clients_that_request_one_of_ten_seats_ten_get_one_each() {
    let service = Service::start().await;
    let (second, second_client) = service.start_second_server();
    let clients = [service.client.clone(), second_client];
    let theatre = Theatre::create(&clients[0]).await;
    let want = async |n: u32| theatre.hold_seats(&clients[n as usize % 2], &[n / 2 % 10]).await;
    let replies = join_all((0..256).map(want)).await;
    let held: Vec<u64> = replies.iter().filter(|reply| reply.status == 201).flat_map(seats_of).collect();
    assert_eq!(held.iter().copied().collect::<BTreeSet<u64>>(), (0..10).collect(), "every seat");
    assert_eq!(held.len(), 10, "each seat once");
    service.database.assert_invariants_hold().await;
    second.stop().await.expect("the second server stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_of_overlapping_seats_in_opposite_orders_never_wait_for_each_other() {
    let service = Service::start().await;
    let (second, second_client) = service.start_second_server();
    let clients = [service.client.clone(), second_client];
    // Two events have two locks, and each hold requests seats of the stalls and of the balcony.
    let theatres = [Theatre::create(&clients[0]).await, Theatre::create(&clients[0]).await];
    for _ in 0..ROUNDS {
        let want = async |n: u32| {
            let mut seats: Vec<u32> = (0..6).map(|seat| (seat + n) % 10).chain(30..33).collect();
            if n.is_multiple_of(2) {
                seats.reverse();
            }
            theatres[n as usize / 2 % 2].hold_seats(&clients[n as usize % 2], &seats).await
        };
        let replies = join_all((0..32).map(want)).await;
        let held: Vec<&Reply> = replies.iter().filter(|reply| reply.status == 201).collect();
        assert_eq!(held.len(), 2, "all want three seats of the balcony, so one of each event: {replies:?}");
        for reply in replies.iter().filter(|reply| reply.status != 201) {
            reply.clone().expect_problem(409, "SEATS_UNAVAILABLE");
        }
        for hold in held {
            clients[0].release(hold).await.expect(200);
        }
    }
    service.database.assert_invariants_hold().await;
    second.stop().await.expect("the second server stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_that_swap_seats_with_each_other_at_once_never_share_one() {
    let service = Service::start().await;
    let (second, second_client) = service.start_second_server();
    let clients = [service.client.clone(), second_client];
    let theatre = Theatre::create(&clients[0]).await;
    let mine = theatre.hold_seats(&clients[0], &[0, 1]).await.expect(201);
    let yours = theatre.hold_seats(&clients[1], &[2, 3]).await.expect(201);
    for round in 0..ROUNDS {
        // Each hold requests a seat of the other one, so both are refused in any order.
        let (one, other) = tokio::join!(
            theatre.change(&clients[round as usize % 2], &mine, json!({"seat_ids": [1, 2]})),
            theatre.change(&clients[(round as usize + 1) % 2], &yours, json!({"seat_ids": [1, 2]})),
        );
        one.expect_problem(409, "SEATS_UNAVAILABLE");
        other.expect_problem(409, "SEATS_UNAVAILABLE");

        // Both request the same free seats: one gets them.
        let free = [4 + 2 * (round % 3), 5 + 2 * (round % 3)];
        let (one, other) = tokio::join!(
            theatre.change(&clients[0], &mine, json!({"seat_ids": free})),
            theatre.change(&clients[1], &yours, json!({"seat_ids": free})),
        );
        assert_ne!(one.status == 200, other.status == 200, "{} {}", one.text, other.text);
        // Both return to their first seats concurrently.
        let (one, other) = tokio::join!(
            theatre.change(&clients[0], &mine, json!({"seat_ids": [0, 1]})),
            theatre.change(&clients[1], &yours, json!({"seat_ids": [2, 3]})),
        );
        one.expect(200);
        other.expect(200);
        assert_eq!(theatre.states(&clients[0]).await, seat_states(&[(&[0, 1, 2, 3], 'h')]));
    }
    service.database.assert_invariants_hold().await;
    second.stop().await.expect("the second server stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_concurrent_block_and_hold_of_the_same_seat_exactly_one_succeeds() {
    let service = Service::start().await;
    let (second, second_client) = service.start_second_server();
    let theatre = Theatre::create(&service.client).await;
    for round in 0..ROUNDS {
        let block_id = Uuid::now_v7();
        let block = json!({"reason": "A camera", "seat_ids": [30, 31]});
        let (held, blocked) = if round.is_multiple_of(2) {
            tokio::join!(theatre.hold_seats(&service.client, &[31, 32]), theatre.block(&second_client, block_id, block),)
        } else {
            let (blocked, held) = tokio::join!(
                theatre.block(&service.client, block_id, block),
                theatre.hold_seats(&second_client, &[31, 32]),
            );
            (held, blocked)
        };
        match (held.status.as_u16(), blocked.status.as_u16()) {
            (201, 409) => {
                assert_eq!(theatre.states(&service.client).await, seat_states(&[(&[31, 32], 'h')]));
                service.client.release(&held).await.expect(200);
            }
            (409, 201) => {
                assert_eq!(theatre.states(&service.client).await, seat_states(&[(&[30, 31], 'x')]));
                theatre.unblock(&service.client, block_id).await.expect(200);
            }
            _ => panic!("exactly one must succeed: {} {}", held.text, blocked.text),
        }
    }
    service.database.assert_invariants_hold().await;
    second.stop().await.expect("the second server stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_give_each_best_seat_once_until_no_seat_is_left() {
    let database = Database::create().await;
    let servers = [
        ServerProcess::start_with(&database, &LONG_TIMEOUTS).await,
        ServerProcess::start_with(&database, &LONG_TIMEOUTS).await,
    ];
    let clients = servers.each_ref().map(|server| server.client.clone());
    for _ in 0..3 {
        let theatre = event_with_one_type_per_pool(&clients[0]).await;
        let taken = join_all((0..CLIENTS).map(|n| take_best(&clients[n % 2], &theatre, 1 + n % 4))).await;
        let taken: Vec<u64> = taken.into_iter().flatten().collect();
        assert_eq!(taken.iter().copied().collect::<BTreeSet<u64>>().len(), taken.len(), "no seat twice: {taken:?}");
        assert_eq!(taken.len(), THEATRE_SEATS, "no seat is left, because some clients request single seats");
    }
    database.assert_invariants_hold().await;
}

/// Creates an event in which each pool of seats has one ticket type; returns its id.
async fn event_with_one_type_per_pool(client: &Client) -> String {
    let venue_id = Theatre::create_venue(client).await;
    let request = json!({"name": "A tragedy", "venue_id": venue_id});
    client.post("/api/v1/events", request).await.expect(201).id("event_id")
}

/// Holds groups of `size` seats until one is refused; returns the seats.
async fn take_best(client: &Client, event_id: &str, size: usize) -> Vec<u64> {
    let request = json!({"event_id": event_id, "best_available": {"qty": size, "together": "nearby"}});
    let mut taken = Vec::new();
    loop {
        let reply = client.post("/api/v1/holds", request.clone()).await;
        if reply.status == 201 {
            assert_eq!(seats_of(&reply).len(), size, "{}", reply.text);
            taken.extend(seats_of(&reply));
        } else {
            let refused = reply.expect_problem(409, "SEATS_NOT_TOGETHER");
            assert!(refused.body["most"].as_u64() < Some(size as u64), "{}", refused.text);
            return taken;
        }
    }
}
