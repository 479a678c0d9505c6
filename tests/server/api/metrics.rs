//! `GET /api/v1/metrics` for people, `GET /metrics` for Prometheus.

use std::time::Duration;

use boxoffice::holds::worker as sweeper;
use boxoffice::operations::worker as invariant_checker;
use boxoffice::telemetry::metrics;
use reqwest::Method;
use serde_json::json;

use crate::api::stage::{Concert, UNKNOWN_ID};
use crate::support::Service;

#[tokio::test(flavor = "multi_thread")]
async fn the_totals_count_all_events_and_follow_every_change() {
    let service = Service::start().await;
    let totals = async || service.client.get("/api/v1/metrics").await.expect(200).body;
    let expected = |events: i32, bookings: i32, active: i32, seats: i32, expired: i32| {
        json!({
            "total_events": events, "total_bookings": bookings, "active_holds": active,
            "total_seats_booked": seats, "expired_holds_total": expired,
        })
    };
    assert_eq!(totals().await, expected(0, 0, 0, 0, 0));

    let concert = Concert::create(&service.client).await;
    let event_id = service.client.event(5).await;
    let booked = concert.hold(&service.client, &[(&concert.adult, 3), (&concert.box_seat, 1)]).await.expect(201);
    let other = service.client.hold(&event_id, 2).await.expect(201);
    let ended = service.client.hold(&event_id, 1).await.expect(201);
    let overdue = service.client.hold(&event_id, 1).await.expect(201);
    assert_eq!(totals().await, expected(2, 0, 4, 0, 0));

    let booking = service.client.book(&booked).await.expect(201);
    service.client.book(&other).await.expect(201);
    service.client.expire(&ended).await.expect(200);
    service.database.make_overdue(&overdue.id("hold_id")).await;
    assert_eq!(totals().await, expected(2, 2, 1, 6, 1));

    sweeper::tick(service.running.app()).await.expect("a sweep succeeds");
    service.client.cancel(&booking).await.expect(200);
    assert_eq!(totals().await, expected(2, 1, 0, 2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn prometheus_gets_every_metric_and_never_an_id() {
    let service = Service::start_with(|settings| settings.sweep_interval = Duration::from_millis(10)).await;
    let event_id = service.client.event(5).await;
    let hold = service.client.hold(&event_id, 1).await.expect(201);
    let booking = service.client.book(&hold).await.expect(201);
    service.client.get(&format!("/api/v1/bookings/{}", booking.id("booking_id"))).await.expect(200);
    service.client.get(&format!("/api/v1/holds/{UNKNOWN_ID}")).await.expect(404);
    service.client.get("/nowhere/0199d3c0").await.expect(404);
    service.client.send(Method::from_bytes(b"BREW").expect("a method"), "/metrics", &[], None).await.expect(405);
    invariant_checker::tick(&service.running.app().pool).await.expect("the invariants check runs");
    let scraped = until_scraped(&service, "worker_ticks_total{").await;

    for line in [
        r#"http_requests_total{method="POST",endpoint="/api/v1/book",status="201"}"#,
        r#"http_requests_total{method="GET",endpoint="/api/v1/bookings/{id}",status="200"}"#,
        r#"http_requests_total{method="GET",endpoint="/api/v1/holds/{id}",status="404"}"#,
        r#"http_requests_total{method="GET",endpoint="unmatched",status="404"}"#,
        r#"http_requests_total{method="other",endpoint="/metrics",status="405"}"#,
        r#"http_request_duration_seconds_bucket{method="POST",endpoint="/api/v1/book",le="0.5"}"#,
        r#"errors_total{code="HOLD_NOT_FOUND"}"#,
        r#"booking_operations_total{operation="place",status="done"}"#,
        r#"commands_total{command="book",outcome="done"}"#,
        r#"batch_size_bucket{le="1"}"#,
        "batch_duration_seconds_count",
        r#"batch_size_bucket{le="4096"}"#,
        "batch_retries_total",
        "batches_isolated_total",
        r#"commits_settled_total{outcome="found"}"#,
        "lanes_alive 2",
        "lane_queue_depth ",
        "lane_queue_wait_seconds_count",
        r#"db_transaction_duration_seconds_count{transaction="create_event",outcome="committed"}"#,
        r#"worker_ticks_total{worker="sweeper",outcome="done"}"#,
        "swept_holds_total",
        r#"db_pool_connections{pool="requests",state="used"}"#,
        r#"db_pool_connections{pool="requests",state="idle"}"#,
        r#"db_pool_connections{pool="lanes",state="used"}"#,
        r#"db_pool_connections{pool="lanes",state="idle"}"#,
        "active_holds",
        "total_bookings",
        r#"invariant_breaches{invariant="never_oversold"}"#,
    ] {
        assert!(scraped.lines().any(|sample| sample.starts_with(line)), "{line} is missing:\n{scraped}");
    }
    for sample in scraped.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let name = sample.split(' ').next().unwrap_or_default();
        assert!(metrics::all().any(|metric| metric.name == name), "{name} is not in the table");
    }
    for id in [event_id, hold.id("hold_id"), booking.id("booking_id"), UNKNOWN_ID.to_owned(), "0199d3c0".to_owned()] {
        assert!(!scraped.contains(&id), "{id} is in:\n{scraped}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_cannot_get_its_lock_in_time_is_counted_and_tried_again() {
    let service = Service::start().await;
    let mut blocker = service.database.pool.begin().await.expect("a transaction begins");
    sqlx::query("LOCK TABLE events IN EXCLUSIVE MODE")
        .execute(&mut *blocker)
        .await
        .expect("no other transaction has a lock");
    let client = service.client.clone();
    let create = tokio::spawn(async move { client.event(5).await });
    until_scraped(&service, r#"db_transaction_retries_total{transaction="create_event"}"#).await;
    blocker.rollback().await.expect("the blocker lets go");
    create.await.expect("the event is created");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_an_audit_interval_checks_the_invariants_by_itself() {
    let often = Some(Duration::from_millis(10));
    let service = Service::start_with(|settings| settings.audit_interval = often).await;
    until_scraped(&service, r#"worker_ticks_total{worker="auditor",outcome="done"}"#).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_served_in_the_prometheus_text_format() {
    let service = Service::start().await;
    let reply = service.client.get("/metrics").await.expect(200);
    assert_eq!(reply.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    assert!(reply.text.contains("# TYPE http_request_duration_seconds histogram"), "{}", reply.text);
}

/// Scrapes until the text contains `expected`, since workers and retries run in the background.
async fn until_scraped(service: &Service, expected: &str) -> String {
    loop {
        let scraped = service.client.get("/metrics").await.expect(200).text;
        if scraped.contains(expected) {
            return scraped;
        }
    }
}
