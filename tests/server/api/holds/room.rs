//! `POST /api/v1/holds`, when capacity is short: all or nothing, and the refusal has the available counts.

use serde_json::{Value, json};

use crate::api::stage::{Concert, members, time};
use crate::support::Service;

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_has_the_available_and_held_counts_and_the_time_when_a_retry_may_succeed() {
    let service = Service::start().await;
    let event_id = service.client.event(10).await;
    let later = service.client.hold(&event_id, 4).await.expect(201);
    let request = json!({"event_id": event_id, "qty": 5, "ttl_seconds": 10});
    let first = service.client.post("/api/v1/holds", request).await.expect(201);
    let refused = service.client.hold(&event_id, 2).await.expect_problem(409, "INSUFFICIENT_SEATS");
    let body = &refused.body;
    let expected = "available code held request_id requested retry_at server_time shortages status title type";
    assert_eq!(members(body).join(" "), expected);
    assert_eq!((&body["requested"], &body["available"], &body["held"]), (&json!(2), &json!(1), &json!(9)));
    assert_eq!(body["retry_at"], first.body["expires_at"]);
    let (server_time, wait) = (time(&body["server_time"]), time(&body["retry_at"]) - time(&body["server_time"]));
    assert!(server_time >= time(&first.body["server_time"]) && wait.is_positive(), "{}", refused.text);
    let event = service.client.get(&format!("/api/v1/events/{event_id}")).await.expect(200).body;
    let (pool_id, only_type) = (&event["pools"][0]["pool_id"], &event["ticket_types"][0]["ticket_type_id"]);
    let short = json!({"pool_id": pool_id, "ticket_type_ids": [only_type], "requested": 2, "available": 1, "held": 9});
    assert_eq!(body["shortages"], json!([short]));

    service.client.release(&first).await.expect(200);
    service.client.hold(&event_id, 6).await.expect(201);
    let refused = service.client.hold(&event_id, 1).await.expect_problem(409, "INSUFFICIENT_SEATS");
    assert!(time(&refused.body["retry_at"]) >= time(&later.body["expires_at"]), "{}", refused.text);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_available_count_of_a_refusal_can_be_held() {
    let service = Service::start().await;
    let event_id = service.client.event(10).await;
    service.client.hold(&event_id, 7).await.expect(201);
    let refused = service.client.hold(&event_id, 4).await.expect_problem(409, "INSUFFICIENT_SEATS");
    let available = u32::try_from(refused.body["available"].as_u64().expect("a number")).expect("at most 10");
    service.client.hold(&event_id, available).await.expect(201);
    assert_eq!(service.client.status(&event_id).await["available"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_at_is_null_when_no_expiry_could_help() {
    let service = Service::start().await;
    let sold_out = service.client.event(4).await;
    let hold = service.client.hold(&sold_out, 4).await.expect(201);
    service.client.book(&hold).await.expect(201);
    let too_small = service.client.event(4).await;
    service.client.hold(&too_small, 3).await.expect(201);
    // Bookings do not expire, and 1 available place and 3 held ones are fewer than 5.
    for (event_id, qty, held) in [(sold_out, 1, 0), (too_small, 5, 3)] {
        let refused = service.client.hold(&event_id, qty).await.expect_problem(409, "INSUFFICIENT_SEATS");
        assert!(members(&refused.body).contains(&"retry_at"), "{}", refused.text);
        assert_eq!((&refused.body["retry_at"], &refused.body["held"]), (&Value::Null, &json!(held)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_one_pool_is_short_nothing_is_held_and_the_pool_is_named() {
    let service = Service::start().await;
    let concert = Concert::create(&service.client).await;
    concert.hold(&service.client, &[(&concert.box_seat, 3)]).await.expect(201);
    let refused = concert.hold(&service.client, &[(&concert.adult, 2), (&concert.box_seat, 2)]).await;
    let refused = refused.expect_problem(409, "INSUFFICIENT_SEATS").body;
    let balcony = json!({
        "pool_id": concert.balcony, "ticket_type_ids": [concert.box_seat], "requested": 2, "available": 1, "held": 3,
    });
    assert_eq!(refused["shortages"], json!([balcony]));
    let pools = service.client.status(&concert.event_id).await["pools"].clone();
    assert_eq!((&pools[0]["held"], &pools[1]["held"]), (&json!(0), &json!(3)));
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_short_pools_are_both_named_and_a_retry_may_succeed_when_both_have_places_again() {
    let service = Service::start().await;
    let concert = Concert::create(&service.client).await;
    let soon = json!({
        "event_id": concert.event_id, "ttl_seconds": 10,
        "items": [{"ticket_type_id": concert.adult, "qty": 10}],
    });
    service.client.post("/api/v1/holds", soon).await.expect(201);
    let later = concert.hold(&service.client, &[(&concert.box_seat, 4)]).await.expect(201);
    let wanted = [(&concert.adult, 1), (&concert.child, 1), (&concert.box_seat, 3)];
    let refused = concert.hold(&service.client, &wanted).await.expect_problem(409, "INSUFFICIENT_SEATS").body;
    // Adult and child are sold from the same pool, so their quantities are added up.
    let mut stalls_types = [&concert.adult, &concert.child];
    stalls_types.sort_unstable();
    let mut shortages = [
        json!({
            "pool_id": concert.stalls, "ticket_type_ids": stalls_types,
            "requested": 2, "available": 0, "held": 10,
        }),
        json!({
            "pool_id": concert.balcony, "ticket_type_ids": [concert.box_seat],
            "requested": 3, "available": 0, "held": 4,
        }),
    ];
    shortages.sort_by_key(|short| short["pool_id"].to_string());
    assert_eq!(refused["shortages"], json!(shortages));
    assert_eq!((&refused["requested"], &refused["available"], &refused["held"]), (&json!(5), &json!(0), &json!(14)));
    assert_eq!(refused["retry_at"], later.body["expires_at"]);
}
