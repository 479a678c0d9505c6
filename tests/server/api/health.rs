//! `/health/…` and `/api/v1/health…`: liveness, readiness, and the status of every component.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::api::stage::{members, time};
use crate::support::Service;
use crate::support::process::free_port;

/// Longer than a test would ever wait for it to end.
const DRAIN_WINDOW: Duration = Duration::from_secs(60);

/// Starts a service that soon notices a lost database: the pool after 200 ms, the sweeper after 10 ms.
async fn start_with_short_timeouts() -> Service {
    Service::start_with(|settings| {
        settings.database.acquire_timeout = Duration::from_millis(200);
        settings.sweep_interval = Duration::from_millis(1);
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn health_names_the_service_its_version_and_its_time() {
    let service = Service::start_with(|settings| settings.app_name = "Tickets".to_owned()).await;
    let health = service.client.get("/api/v1/health").await.expect(200).body;
    assert_eq!(
        health,
        json!({
            "status": "healthy", "service": "Tickets", "version": env!("CARGO_PKG_VERSION"),
            "timestamp": health["timestamp"],
        })
    );
    time(&health["timestamp"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn probes_with_head_get_the_same_status_without_a_body() {
    let service = Service::start().await;
    let head = async |path: &str| service.client.send(Method::HEAD, path, &[], None).await;
    for path in ["/api/v1/health", "/health/live", "/health/ready"] {
        assert_eq!(head(path).await.expect(200).text, "", "{path}");
    }
    service.running.app().readiness.drain();
    assert_eq!(head("/health/ready").await.expect(503).text, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_health_status_reports_every_component() {
    let service = Service::start().await;
    let health = service.client.get("/api/v1/health/status").await.expect(200).body;
    assert_eq!(members(&health), ["components", "ready", "service", "status", "timestamp", "version"]);
    assert_eq!((&health["status"], &health["service"]), (&json!("healthy"), &json!("Box Office API")));
    let components = &health["components"];
    let (latency, age) = (&components["database"]["latency_ms"], &components["sweeper"]["age_ms"]);
    assert!(latency.is_f64() && age.is_u64(), "{health}");
    assert_eq!(
        *components,
        json!({
            "database": {"status": "healthy", "latency_ms": latency},
            "migrations": {"status": "healthy", "schema": "current"},
            "sweeper": {"status": "healthy", "age_ms": age, "age_max_ms": 36_000_000},
            "lanes": {"status": "healthy", "alive": 2, "total": 2, "queue_depth": 0},
        })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_is_not_current_is_degraded() {
    let service = Service::start().await;
    let changes = [
        ("UPDATE _sqlx_migrations SET success = false WHERE version = 2", "dirty"),
        ("UPDATE _sqlx_migrations SET success = true, checksum = 'x' WHERE version = 2", "changed"),
        ("DELETE FROM _sqlx_migrations WHERE version > 1", "behind"),
    ];
    for (change, schema) in changes {
        service.database.execute(change).await;
        let health = service.client.get("/api/v1/health/status").await.expect(200).body;
        assert_eq!(health["status"], "degraded");
        assert_eq!(health["components"]["migrations"], json!({"status": "degraded", "schema": schema}));
        assert_eq!(health["components"]["database"]["status"], "healthy");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_stopping_is_alive_but_not_ready() {
    let service = Service::start().await;
    assert_eq!(service.client.get("/health/ready").await.expect(200).body, json!({"status": "ready"}));
    service.running.app().readiness.drain();
    let refused = service.client.get("/health/ready").await.expect_problem(503, "UNAVAILABLE");
    assert!(!refused.header("retry-after").is_empty(), "{:?}", refused.headers);
    assert_eq!(service.client.get("/health/live").await.expect(200).body, json!({"status": "live"}));
    // Requests that still arrive are served.
    service.client.event(5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_server_serves_on_until_its_drain_window_is_over_and_closes_every_connection() {
    let service = Service::start_with(|settings| settings.drain_window = DRAIN_WINDOW).await;
    let readiness = service.running.app().readiness.clone();
    let event_id = service.client.event(5).await;
    let before = service.client.get("/health/live").await.expect(200);
    assert_eq!(before.header("connection"), "", "connections are kept as long as the server is not stopping");
    let Service { database, running, client } = service;
    let stopping = tokio::spawn(running.stop());

    while client.get("/health/ready").await.status != 503 {}
    let health = client.get("/api/v1/health/status").await.expect(200).body;
    assert_eq!((&health["ready"], &health["status"]), (&json!(false), &json!("healthy")));
    let hold = client.hold(&event_id, 2).await.expect(201);
    let refused = client.hold(&event_id, 9).await.expect_problem(409, "INSUFFICIENT_SEATS");
    for answer in [hold, refused, client.get("/nowhere").await] {
        assert_eq!(answer.header("connection"), "close", "{:?}", answer.headers);
    }

    assert!(readiness.end_drain_window(), "the drain window was open");
    let stopped = tokio::time::timeout(DRAIN_WINDOW / 2, stopping).await.expect("the drain window ends at once");
    stopped.expect("the server stops").expect("the server stops cleanly");
    assert!(client.try_send(Method::GET, "/health/live", &[], None).await.is_err(), "the server no longer listens");
    assert!(!readiness.end_drain_window(), "the drain window is over");
    database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_unavailable_while_the_database_accepts_no_connections_and_succeed_afterwards() {
    let service = start_with_short_timeouts().await;
    let event_id = service.client.event(5).await;
    let hold = service.client.hold(&event_id, 1).await.expect(201);
    service.database.refuse_connections().await;
    assert_down(&service).await;
    for path in [
        "/api/v1/events".to_owned(),
        format!("/api/v1/events/{event_id}"),
        format!("/api/v1/events/{event_id}/status"),
        format!("/api/v1/holds/{}", hold.id("hold_id")),
        "/api/v1/metrics".to_owned(),
        "/api/v1/invariants".to_owned(),
    ] {
        let refused = service.client.get(&path).await.expect_problem(503, "UNAVAILABLE");
        assert!(!refused.header("retry-after").is_empty(), "{path}: {:?}", refused.headers);
        assert!(!refused.text.contains("boxoffice_test"), "the response shows an internal detail: {}", refused.text);
    }
    let create = service.client.post("/api/v1/events", json!({"name": "A show", "total_seats": 5})).await;
    create.expect_problem(503, "UNAVAILABLE");
    service.client.hold(&event_id, 1).await.expect_problem(503, "UNAVAILABLE");
    service.client.get("/metrics").await.expect(200);

    service.database.accept_connections().await;
    service.client.get("/health/ready").await.expect(200);
    service.client.hold(&event_id, 1).await.expect(201);
    assert_eq!(service.client.status(&event_id).await["held"], 2);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_its_database_is_degraded_and_not_ready_but_alive() {
    let port = free_port();
    let service = Service::start_with(|settings| {
        settings.database.url = format!("postgres://nobody@127.0.0.1:{port}/nothing").into();
        settings.database.acquire_timeout = Duration::from_millis(200);
        settings.sweep_interval = Duration::from_millis(1);
    })
    .await;
    assert_down(&service).await;
    service.client.get("/api/v1/events").await.expect_problem(503, "UNAVAILABLE");
}

/// Asserts that every health endpoint reports the lost database.
async fn assert_down(service: &Service) {
    service.client.get("/health/ready").await.expect_problem(503, "UNAVAILABLE");
    service.client.get("/health/live").await.expect(200);
    assert_eq!(service.client.get("/api/v1/health").await.expect(200).body["status"], "healthy");
    let health = loop {
        let health = service.client.get("/api/v1/health/status").await.expect(200).body;
        // The sweeper counts as stuck once ten of its intervals have passed.
        if health["components"]["sweeper"]["status"] == "degraded" {
            break health;
        }
    };
    assert_eq!(health["status"], "degraded");
    let components = &health["components"];
    assert_eq!(components["database"], json!({"status": "degraded", "latency_ms": Value::Null}));
    assert_eq!(components["migrations"], json!({"status": "degraded", "schema": "unknown"}));
    assert_eq!(components["lanes"]["status"], "healthy");
}
