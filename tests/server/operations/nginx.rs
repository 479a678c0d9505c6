//! deploy/nginx.conf: its text, and its behaviour in a real nginx, which must be installed.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use boxoffice::error::ErrorCode;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use crate::support::process::free_port;
use crate::support::{Client, Reply, Service, Theatre};

const CONFIGURATION: &str = include_str!("../../../deploy/nginx.conf");
/// The upstream server inside Docker. The options after it apply to every instance.
const INSTANCES: &str = "server app:8080 resolve";
/// Short, because a test waits until it has passed.
const READ_TIMEOUT: &str = "1s";
/// A UUID that no row has.
const UNKNOWN_ID: &str = "0199d3c0-7a51-7c2e-9f43-5d1f6f0c9a11";

#[test]
fn the_problems_of_nginx_are_from_the_table_of_errors() {
    let titles = text_between("map $problem_code $problem_title {", "}");
    let mut count = 0;
    for (code, title) in titles.lines().filter_map(|line| line.trim().trim_end_matches(';').split_once(' ')) {
        let known = ErrorCode::ALL.iter().find(|known| known.as_str() == code);
        let known = known.unwrap_or_else(|| panic!("{code} is not in the table"));
        assert_eq!(title.trim_matches('"'), known.title());
        count += 1;
    }
    assert_eq!(count, 7);
    let codes = text_between("map $status $problem_code {", "}");
    for (status, code) in codes.lines().filter_map(|line| line.trim().trim_end_matches(';').split_once(' ')) {
        let known = ErrorCode::ALL.iter().find(|known| known.as_str() == code);
        if let Some(known) = known.filter(|_| status != "default") {
            assert_eq!(known.status().to_string(), status);
        }
        assert!(known.is_some() || code == "$no_answer", "{code} is not in the table");
    }
}

fn text_between(begin: &str, end: &str) -> &'static str {
    let (_, rest) = CONFIGURATION.split_once(begin).expect("the configuration has this map");
    rest.split_once(end).expect("it ends").0
}

/// A running nginx of the test's own, killed when dropped.
pub struct Nginx {
    child: Child,
    directory: PathBuf,
    pub public: Client,
    pub operators: Client,
}

impl Nginx {
    /// Starts nginx in front of these instances, with this read timeout. Panics if no nginx is installed, because a
    /// test that passed without it would prove nothing.
    pub async fn start(instances: &[SocketAddr], read_timeout: &str) -> Self {
        let directory = std::env::temp_dir().join(format!("boxoffice-nginx-{}", Uuid::now_v7().simple()));
        fs::create_dir(&directory).expect("a directory of our own");
        let (public, operators) = (free_port(), free_port());
        let options = text_between(INSTANCES, ";");
        let servers: String = instances.iter().map(|instance| format!("server {instance}{options};\n")).collect();
        let configuration = CONFIGURATION
            // These two only work with a newer nginx, or inside Docker.
            .replace(&format!("{INSTANCES}{options};"), &servers)
            .replace("resolver 127.0.0.11 valid=5s ipv6=off;", "")
            .replace("access_log /dev/stdout json;", "access_log off;")
            .replace("worker_connections 8192;", "worker_connections 256;")
            .replace("listen 80;", &format!("listen 127.0.0.1:{public};"))
            .replace("listen 81;", &format!("listen 127.0.0.1:{operators};"))
            .replace("\"~^80 ", &format!("\"~^{public} "))
            .replace("\"~^81 ", &format!("\"~^{operators} "))
            .replace("proxy_read_timeout 30s;", &format!("proxy_read_timeout {read_timeout};"));
        let file = directory.join("nginx.conf");
        fs::write(&file, configuration).expect("the configuration can be written");
        let child = Command::new("nginx")
            .args(["-e", "stderr", "-p"])
            .arg(&directory)
            .arg("-c")
            .arg(&file)
            .args(["-g", "daemon off; master_process off; pid nginx.pid;"])
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("nginx does not start: {e}; `.ci/install-nginx` installs it"));
        let client = |port| Client::new(format!("http://127.0.0.1:{port}"));
        let mut nginx = Self { child, directory, public: client(public), operators: client(operators) };
        while nginx.public.try_send(Method::GET, "/", &[], None).await.is_err() {
            assert!(nginx.child.try_wait().expect("it was started here").is_none(), "nginx refuses its configuration");
        }
        nginx
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.directory);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_port_serves_every_request_of_a_buyer() {
    let service = Service::start().await;
    let nginx = Nginx::start(&[service.running.address()], READ_TIMEOUT).await;
    let event_id = nginx.operators.event(10).await;
    let (public, hold_id) = (&nginx.public, |hold: &Reply| hold.id("hold_id"));

    let hold = public.hold(&event_id, 2).await.expect(201);
    public.get(&format!("/api/v1/holds/{}", hold_id(&hold))).await.expect(200);
    public.extend(&hold).await.expect(200);
    let booking = public.book(&hold).await.expect(201);
    public.get(&format!("/api/v1/bookings/{}", booking.id("booking_id"))).await.expect(200);
    public.cancel(&booking).await.expect(200);
    let other = public.hold(&event_id, 1).await.expect(201);
    public.release(&other).await.expect(200);
    // A refusal of the service arrives unchanged.
    public.hold(&event_id, 11).await.expect_problem(409, "INSUFFICIENT_SEATS");
    let series = nginx.operators.post("/api/v1/series", json!({"name": "A play"})).await.expect(201);
    let hall = json!({"name": "A hall", "sections": [{"name": "Stalls", "rows": "row A, 1-2"}]});
    let venue = nginx.operators.post("/api/v1/venues", hall).await.expect(201);
    for (resource, part) in [(&series, ""), (&series, "/events"), (&venue, ""), (&venue, "/layouts/1")] {
        public.get(&format!("{}{part}", resource.header("location"))).await.expect(200);
    }
    let theatre = Theatre::create(&nginx.operators).await;
    let seats = theatre.hold_seats(public, &[30, 31]).await.expect(201);
    theatre.change(public, &seats, json!({"seat_ids": [30]})).await.expect(200);
    let map = format!("/api/v1/events/{}/seats", theatre.event_id);
    for path in [
        map.as_str(),
        &format!("{map}?since=0"),
        &format!("{map}.svg"),
        "/api/v1/events",
        "/api/v1/venues",
        "/api/v1/health",
        "/health/ready",
        "/openapi.json",
        "/docs/",
        "/docs/errors",
    ] {
        public.get(path).await.expect(200);
    }
    public.status(&event_id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn routes_of_organisers_are_not_found_on_the_public_port() {
    let service = Service::start().await;
    let nginx = Nginx::start(&[service.running.address()], READ_TIMEOUT).await;
    let public = &nginx.public;
    let event_id = nginx.operators.event(10).await;
    // An event with a hold cannot be deleted by the requests below.
    public.hold(&event_id, 1).await.expect(201);
    let series = nginx.operators.post("/api/v1/series", json!({"name": "A play"})).await.expect(201);
    let hall = json!({"name": "A hall", "sections": [{"name": "Stalls", "rows": "row A, 1-2"}]});
    let venue = nginx.operators.post("/api/v1/venues", hall).await.expect(201);
    let event = format!("/api/v1/events/{event_id}");
    let expire = format!("/api/v1/holds/{UNKNOWN_ID}/expire");
    let block = format!("{event}/blocks/{UNKNOWN_ID}");
    for (method, path) in [
        (Method::POST, "/api/v1/events"),
        (Method::PATCH, event.as_str()),
        (Method::DELETE, event.as_str()),
        (Method::PATCH, &format!("/api/v1/pools/{UNKNOWN_ID}")),
        (Method::GET, &format!("{event}/blocks")),
        (Method::PUT, block.as_str()),
        (Method::DELETE, block.as_str()),
        (Method::POST, "/api/v1/venues"),
        (Method::PATCH, venue.header("location")),
        (Method::POST, "/api/v1/series"),
        (Method::POST, &format!("{}/events", series.header("location"))),
        (Method::POST, expire.as_str()),
        (Method::POST, &expire.replace("/expire", "/%65xpire")),
        (Method::POST, &expire.replace("/holds", "/holds/x/..")),
        (Method::GET, "/api/v1/metrics"),
        (Method::GET, "/api/v1/invariants"),
        (Method::GET, "/docs/%2e%2e/api/v1/invariants"),
        (Method::GET, "//api/v1/invariants"),
        (Method::GET, "/api/v1/health/status"),
        (Method::GET, "/metrics"),
    ] {
        let refused = public.send(method.clone(), path, &[], None).await.expect_problem(404, "ROUTE_NOT_FOUND");
        assert_eq!(refused.body["type"], "/docs/errors#ROUTE_NOT_FOUND", "{method} {path}");
        if path != "/metrics" && !path.contains("..") && !path.starts_with("//") {
            let known = nginx.operators.send(method.clone(), path, &[], Some(json!({}))).await;
            assert_ne!(
                known.body["code"], "ROUTE_NOT_FOUND",
                "{method} {path} is closed by nginx but does not exist in the service"
            );
        }
    }
    assert_eq!(service.client.status(&event_id).await["status"], "on_sale");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_nginx_itself_is_a_problem_document_too() {
    let service = Service::start().await;
    let nginx = Nginx::start(&[service.running.address()], READ_TIMEOUT).await;
    let body = " ".repeat(65 * 1024);
    let headers = [("Content-Type", "application/json"), ("X-Request-Id", "order-4711")];
    let refused = nginx.public.send_text(Method::POST, "/api/v1/holds", &headers, &body).await;
    let refused = refused.expect_problem(413, "BODY_TOO_LARGE");
    assert_eq!(refused.body["limit_bytes"], 64 * 1024);
    assert_eq!((&refused.body["request_id"], refused.header("x-correlation-id")), (&json!("order-4711"), "order-4711"));

    let hall = json!({"name": "A hall", "sections": [{"name": "Floor", "capacity": 5}]});
    let lists = 1024 * 1024;
    let dates = json!({"template": {"name": "A", "total_seats": 1}, "dates": [{"starts_at": "2099-03-01T19:00:00Z"}]});
    let series = nginx.operators.post("/api/v1/series", json!({"name": "A play"})).await.expect(201);
    let theatre = Theatre::create(&nginx.operators).await;
    for (method, path, limit, request) in [
        (Method::POST, "/api/v1/venues", 8 * lists, hall),
        (Method::POST, "/api/v1/events", lists, json!({"name": "A show", "total_seats": 5})),
        (Method::POST, "/api/v1/series", lists, json!({"name": "Another"})),
        (Method::POST, &format!("{}/events", series.header("location")), lists, dates),
        (
            Method::PUT,
            &format!("/api/v1/events/{}/blocks/{}", theatre.event_id, Uuid::now_v7()),
            lists,
            json!({"seat_ids": [0], "reason": "technical"}),
        ),
    ] {
        let request = request.to_string();
        let send = async |length: usize| {
            let padded = format!("{request}{}", " ".repeat(length - request.len()));
            nginx.operators.send_text(method.clone(), path, &headers, &padded).await
        };
        let refused = send(limit + 1).await.expect_problem(413, "BODY_TOO_LARGE");
        assert_eq!(refused.body["limit_bytes"], limit, "{path}");
        send(limit).await.expect(201);
    }

    let long = format!("/api/v1/events?cursor={}", "x".repeat(40_000));
    nginx.public.get(&long).await.expect_problem(400, "MALFORMED_REQUEST");
    let harmful = [("X-Request-Id", "\",\"code\":\"x")];
    let refused = nginx.public.send(Method::GET, "/metrics", &harmful, None).await;
    assert_ne!(refused.expect_problem(404, "ROUTE_NOT_FOUND").header("x-request-id"), harmful[0].1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_instance_requests_are_unavailable_and_without_an_answer_their_outcome_is_unknown() {
    let service = Service::start().await;
    let nginx = Nginx::start(&[service.running.address()], READ_TIMEOUT).await;
    let event_id = nginx.operators.event(10).await;
    let blocker = service.database.lock_all_events().await;
    // The instance has the request, and the read timeout of nginx passes.
    let unknown = nginx.public.hold(&event_id, 1).await.expect_problem(503, "OUTCOME_UNKNOWN");
    assert!(["1", "2", "3"].contains(&unknown.header("retry-after")), "{:?}", unknown.headers);
    blocker.rollback().await.expect("the blocker lets go");

    let Service { database, running, .. } = service;
    running.stop().await.expect("the server stops cleanly");
    for reply in [nginx.public.hold(&event_id, 1).await, nginx.public.get("/api/v1/events").await] {
        let unavailable = reply.expect_problem(503, "UNAVAILABLE");
        assert!(["1", "2", "3"].contains(&unavailable.header("retry-after")), "{:?}", unavailable.headers);
    }
    assert_eq!(
        database.number("SELECT held::bigint FROM pools").await,
        1,
        "the request with the unknown outcome was executed"
    );
    database.assert_invariants_hold().await;
}
