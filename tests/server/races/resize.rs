//! An organiser changes the capacity of pools while clients place holds.

use futures_util::future::join_all;
use serde_json::json;

use crate::support::Service;

#[tokio::test(flavor = "multi_thread")]
async fn resizes_concurrent_with_holds_never_oversell_and_return_the_least_possible_capacity() {
    let service = Service::start().await;
    let (second, second_client) = service.start_second_server();
    for round in 0..30 {
        let event_id = service.client.event(50).await;
        let pool_id = service.client.status(&event_id).await["pools"][0]["pool_id"].as_str().expect("an id").to_owned();
        let path = format!("/api/v1/pools/{pool_id}");
        let holds = join_all((0..64).map(|_| second_client.hold(&event_id, 1)));
        let resizes = join_all((0..8).map(|n| service.client.patch(&path, json!({"capacity": 10 + n * 5}))));
        let (holds, resizes) = tokio::join!(holds, resizes);

        for reply in resizes.into_iter().filter(|reply| !reply.status.is_success()) {
            let refused = reply.expect_problem(409, "CAPACITY_BELOW_COMMITTED");
            assert!(refused.body["least"].as_i64() > refused.body["requested"].as_i64(), "{}", refused.text);
        }
        let held = holds.iter().filter(|reply| reply.status.is_success()).count();
        let status = service.client.status(&event_id).await;
        assert_eq!(status["held"], held, "round {round}");
        assert!(json!(held).as_i64() <= status["total"].as_i64(), "round {round}: {status}");
    }
    service.database.assert_invariants_hold().await;
    second.stop().await.expect("the second server stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_pools_that_grow_concurrently_do_not_make_their_event_too_large_together() {
    let service = Service::start().await;
    let (second, second_client) = service.start_second_server();
    let pools = json!([{"name": "Stalls", "capacity": 1}, {"name": "Balcony", "capacity": 1}]);
    for round in 0..20 {
        let request = json!({"name": "A festival", "pools": pools});
        let event = service.client.post("/api/v1/events", request).await.expect(201).body;
        let path = |pool: usize| format!("/api/v1/pools/{}", event["pools"][pool]["pool_id"].as_str().expect("an id"));
        let (stalls, balcony) = (path(0), path(1));
        let (one, other) = tokio::join!(
            service.client.patch(&stalls, json!({"capacity": 6_000_000})),
            second_client.patch(&balcony, json!({"capacity": 6_000_000})),
        );
        let (grown, refused): (Vec<_>, Vec<_>) = [one, other].into_iter().partition(|reply| reply.status.is_success());
        assert_eq!((grown.len(), refused.len()), (1, 1), "round {round}");
        for refused in refused {
            assert_eq!(refused.expect_invalid("/capacity").body["max"], 4_000_000, "round {round}");
        }
    }
    service.database.assert_invariants_hold().await;
    second.stop().await.expect("the second server stops");
}
