//! Rules for all requests: request ids, paths, methods, bodies.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::api::stage::{UNKNOWN_ID, text, with_member};
use crate::support::{Reply, Service, Theatre};

const JSON: (&str, &str) = ("Content-Type", "application/json");

/// The request with trailing spaces, `length` bytes long.
fn padded(request: &str, length: usize) -> String {
    format!("{request}{}", " ".repeat(length - request.len()))
}

#[track_caller]
fn assert_request_id(reply: &Reply, id: &str) {
    assert_eq!((reply.header("x-request-id"), reply.header("x-correlation-id")), (id, id), "{:?}", reply.headers);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_id_is_kept_and_returned_under_both_names_in_success_and_failure() {
    let service = Service::start().await;
    let longest = "x".repeat(128);
    for id in ["order-4711", "A.b_C-9", &longest] {
        for name in ["X-Request-Id", "x-correlation-id"] {
            for path in ["/health/live", "/nowhere", "/api/v1/events/none"] {
                let reply = service.client.send(Method::GET, path, &[(name, id)], None).await;
                assert_request_id(&reply, id);
                if !reply.status.is_success() {
                    assert_eq!(reply.body["request_id"], id);
                }
            }
        }
    }
    let both = [("X-Correlation-ID", "theirs"), ("X-Request-ID", "ours")];
    assert_request_id(&service.client.send(Method::GET, "/health/live", &both, None).await, "ours");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_id_that_could_do_harm_in_a_log_is_replaced() {
    let service = Service::start().await;
    let too_long = "x".repeat(129);
    for id in ["", "two words", "{\"a\":1}", "a;b", "ä", &too_long] {
        let reply = service.client.send(Method::GET, "/health/live", &[("X-Request-Id", id)], None).await;
        let made = reply.header("x-request-id").to_owned();
        Uuid::parse_str(&made).unwrap_or_else(|error| panic!("{made} is no UUID: {error}"));
        assert_request_id(&reply, &made);
        let other = [("X-Request-Id", id), ("X-Correlation-ID", "theirs")];
        assert_request_id(&service.client.send(Method::GET, "/health/live", &other, None).await, "theirs");
    }
    let (one, two) = (service.client.get("/health/live").await, service.client.get("/health/live").await);
    assert_ne!(one.header("x-request-id"), two.header("x-request-id"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_path_is_a_problem_document() {
    let service = Service::start().await;
    for path in ["/", "/api", "/api/v1", "/api/v2/events", "/api/v1/events/", "/api/v1/holds/a/b/c", "/health"] {
        for method in [Method::GET, Method::POST, Method::OPTIONS] {
            service.client.send(method, path, &[], None).await.expect_problem(404, "ROUTE_NOT_FOUND");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_that_a_path_does_not_support_is_refused_with_the_supported_methods() {
    let service = Service::start().await;
    let event = format!("/api/v1/events/{UNKNOWN_ID}");
    for (method, path, allowed) in [
        (Method::PUT, "/api/v1/events", "GET, POST"),
        (Method::POST, event.as_str(), "DELETE, GET, PATCH"),
        (Method::GET, "/api/v1/book", "POST"),
        (Method::DELETE, "/api/v1/holds", "POST"),
        (Method::POST, "/health/ready", "GET, HEAD"),
    ] {
        let refused = service.client.send(method, path, &[], None).await.expect_problem(405, "METHOD_NOT_ALLOWED");
        let mut allowed_methods: Vec<&str> = refused.header("allow").split(',').map(str::trim).collect();
        allowed_methods.sort_unstable();
        assert_eq!(allowed_methods.join(", "), allowed, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_in_the_path_that_is_no_uuid_is_a_malformed_request() {
    let service = Service::start().await;
    for id in ["1", "none", "0199d3c0-7a51-7c2e-9f43-5d1f6f0c9a1", "0199d3c0-7a51-7c2e-9f43-5d1f6f0c9a111", "%00"] {
        for (method, path) in [
            (Method::GET, format!("/api/v1/events/{id}")),
            (Method::PATCH, format!("/api/v1/events/{id}")),
            (Method::DELETE, format!("/api/v1/events/{id}")),
            (Method::GET, format!("/api/v1/events/{id}/status")),
            (Method::PATCH, format!("/api/v1/pools/{id}")),
            (Method::GET, format!("/api/v1/venues/{id}")),
            (Method::PATCH, format!("/api/v1/venues/{id}")),
            (Method::GET, format!("/api/v1/venues/{id}/layouts/1")),
            (Method::GET, format!("/api/v1/series/{id}")),
            (Method::GET, format!("/api/v1/series/{id}/events")),
            (Method::POST, format!("/api/v1/series/{id}/events")),
            (Method::GET, format!("/api/v1/holds/{id}")),
            (Method::DELETE, format!("/api/v1/holds/{id}")),
            (Method::POST, format!("/api/v1/holds/{id}/extend")),
            (Method::POST, format!("/api/v1/holds/{id}/expire")),
            (Method::GET, format!("/api/v1/bookings/{id}")),
            (Method::POST, format!("/api/v1/bookings/{id}/cancel")),
        ] {
            let reply = service.client.send(method, &path, &[], Some(json!({}))).await;
            reply.expect_problem(400, "MALFORMED_REQUEST");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_64_kib_is_read_and_a_larger_one_is_refused() {
    let service = Service::start().await;
    let event_id = service.client.event(5).await;
    let request = json!({"event_id": event_id, "qty": 1}).to_string();
    let post = async |body: &str| service.client.send_text(Method::POST, "/api/v1/holds", &[JSON], body).await;
    post(&padded(&request, 65_536)).await.expect(201);
    let refused = post(&padded(&request, 65_537)).await.expect_problem(413, "BODY_TOO_LARGE");
    assert_eq!(refused.body["limit_bytes"], 65_536);
    assert_eq!(service.database.number("SELECT count(*) FROM holds").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_for_events_series_or_blocks_may_have_1_mib() {
    let service = Service::start().await;
    let template = json!({"name": "A play", "total_seats": 5});
    let dates = json!({"template": template, "dates": [{"starts_at": "2099-03-01T19:00:00Z"}]});
    let series = service.client.post("/api/v1/series", json!({"name": "A play"})).await.expect(201);
    let theatre = Theatre::create(&service.client).await;
    let limit = 1024 * 1024;
    for (method, path, request, status) in [
        (Method::POST, "/api/v1/events", template, 201),
        (Method::POST, "/api/v1/series", json!({"name": "Another"}), 201),
        (Method::POST, &format!("{}/events", series.header("location")), dates, 201),
        (
            Method::PUT,
            &format!("/api/v1/events/{}/blocks/{}", theatre.event_id, Uuid::now_v7()),
            json!({"seat_ids": [0], "reason": "technical"}),
            201,
        ),
    ] {
        let request = request.to_string();
        let send =
            async |length| service.client.send_text(method.clone(), path, &[JSON], &padded(&request, length)).await;
        let refused = send(limit + 1).await.expect_problem(413, "BODY_TOO_LARGE");
        assert_eq!(refused.body["limit_bytes"], limit, "{path}");
        send(limit).await.expect(status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_dates_with_the_longest_names_fit_into_a_body() {
    let service = Service::start().await;
    let longest = |length: usize| "ü".repeat(length);
    let date = json!({"starts_at": "2099-03-01T19:00:00Z", "venue_name": longest(200), "time_zone": "Europe/Berlin"});
    let template = json!({"name": "A play", "description": longest(5_000), "total_seats": 5});
    let request = json!({"name": "A season", "template": template, "dates": vec![date; 200]});
    assert!(request.to_string().len() > 65_536);
    let created = service.client.post("/api/v1/series", request.clone()).await.expect(201);
    assert_eq!(created.body["events"].as_array().map(Vec::len), Some(200));
    let wrong = with_member(request, "/dates/199/starts_at", json!(5));
    service.client.post("/api/v1/series", wrong).await.expect_invalid("/dates/199/starts_at");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_for_a_venue_may_have_8_mib() {
    let service = Service::start().await;
    let request = json!({"name": "A hall", "sections": [{"name": "Floor", "capacity": 5}]}).to_string();
    let limit = 8 * 1024 * 1024;
    let venue = async |method: Method, path: &str, length: usize| {
        service.client.send_text(method, path, &[JSON], &padded(&request, length)).await
    };
    let created = venue(Method::POST, "/api/v1/venues", limit).await.expect(201);
    let path = created.header("location");
    venue(Method::PATCH, path, limit).await.expect(200);
    for (method, path) in [(Method::POST, "/api/v1/venues"), (Method::PATCH, path)] {
        let refused = venue(method, path, limit + 1).await.expect_problem(413, "BODY_TOO_LARGE");
        assert_eq!(refused.body["limit_bytes"], limit);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compressed_body_is_refused_because_its_size_is_unknown() {
    let service = Service::start().await;
    let request = json!({"name": "A show", "total_seats": 5}).to_string();
    for coding in ["gzip", "deflate", "br", "zstd", "gzip, identity"] {
        let headers = [JSON, ("Content-Encoding", coding)];
        let reply = service.client.send_text(Method::POST, "/api/v1/events", &headers, &request).await;
        reply.expect_problem(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    let plain = [JSON, ("Content-Encoding", "identity")];
    service.client.send_text(Method::POST, "/api/v1/events", &plain, &request).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_another_media_type_is_refused() {
    let service = Service::start().await;
    let request = json!({"name": "A show", "total_seats": 5}).to_string();
    let post = async |headers: &[(&str, &str)]| {
        service.client.send_text(Method::POST, "/api/v1/events", headers, &request).await
    };
    for other in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "text/json", ""] {
        post(&[("Content-Type", other)]).await.expect_problem(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    post(&[]).await.expect_problem(415, "UNSUPPORTED_MEDIA_TYPE");
    for json in ["application/json", "Application/JSON", "application/json; charset=utf-8", "application/json;"] {
        post(&[("Content-Type", json)]).await.expect(201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_not_json_is_a_malformed_request() {
    let service = Service::start().await;
    for body in ["", "{", "{'name': 1}", "name=A+show", r#"{"name":"A","total_seats":1} x"#, "{\"name\":\"\u{1}\"}"] {
        for (method, path) in [
            (Method::POST, "/api/v1/events".to_owned()),
            (Method::PATCH, format!("/api/v1/events/{UNKNOWN_ID}")),
            (Method::PATCH, format!("/api/v1/pools/{UNKNOWN_ID}")),
            (Method::POST, "/api/v1/venues".to_owned()),
            (Method::PATCH, format!("/api/v1/venues/{UNKNOWN_ID}")),
            (Method::POST, "/api/v1/series".to_owned()),
            (Method::POST, format!("/api/v1/series/{UNKNOWN_ID}/events")),
            (Method::POST, "/api/v1/holds".to_owned()),
            (Method::POST, "/api/v1/book".to_owned()),
        ] {
            let reply = service.client.send_text(method, &path, &[JSON], body).await;
            reply.expect_problem(400, "MALFORMED_REQUEST");
        }
    }
    let unpaired_surrogate = r#"{"name":"\ud800","total_seats":5}"#;
    let reply = service.client.send_text(Method::POST, "/api/v1/events", &[JSON], unpaired_surrogate).await;
    reply.expect_problem(400, "MALFORMED_REQUEST");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_the_wrong_shape_is_refused_with_the_expected_json_type() {
    let service = Service::start().await;
    let pools = |pools: Value| json!({"name": "A show", "pools": pools});
    for (body, pointer, detail) in [
        (json!([]), "", "must be an object, not an array"),
        (json!("text"), "", "must be an object, not a string"),
        (json!(null), "", "must be an object, not null"),
        (json!({"name": "A show", "total_seats": "1"}), "/total_seats", "must be an integer, not a string"),
        (json!({"name": "A show", "total_seats": 1.5}), "/total_seats", "must be an integer, not 1.5"),
        (json!({"name": "A show", "total_seats": true}), "/total_seats", "must be an integer, not true"),
        (json!({"name": "A show", "total_seats": {}}), "/total_seats", "must be an integer, not an object"),
        (json!({"name": "A show", "total_seats": u64::MAX}), "/total_seats", "must be an integer of at most 64 bits"),
        (json!({"name": 5, "total_seats": 1}), "/name", "must be a string, not 5"),
        (json!({"name": null, "total_seats": 1}), "/name", "must be a string, not null"),
        (json!({"total_seats": 1}), "/name", "is required"),
        (pools(json!({})), "/pools", "must be an array, not an object"),
        (pools(json!([["Stalls", 5]])), "/pools/0", "must be an object, not an array"),
        (pools(json!([{"name": "Stalls"}])), "/pools/0/capacity", "is required"),
        (pools(json!([{"name": "Stalls", "capacity": 5}, null])), "/pools/1", "must be an object, not null"),
        (
            pools(json!([{"name": "Stalls", "capacity": 5, "a/b~c": [[1], {"d": 2}]}])),
            "/pools/0/a~1b~0c",
            "is unknown; the known names are name, capacity",
        ),
        (json!({"name": "A show", "total_seats": -9.5e20}), "/total_seats", "must be an integer, not -9.5e20"),
        (json!({"name": "A show", "total_seats": 5.0}), "/total_seats", "must be an integer, not 5.0"),
        (
            pools(json!([{"name": "x, expected i64", "capacity": ", expected i64"}])),
            "/pools/0/capacity",
            "must be an integer, not a string",
        ),
    ] {
        let refused = service.client.post("/api/v1/events", body).await.expect_invalid(pointer);
        assert_eq!(refused.body["detail"], detail);
    }
    for (event_id, detail) in [(json!("x"), "must be a UUID"), (json!(5), "must be a UUID, not 5")] {
        let hold = service.client.post("/api/v1/holds", json!({"event_id": event_id, "qty": 1})).await;
        assert_eq!(hold.expect_invalid("/event_id").body["detail"], detail);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_field_is_refused_with_the_names_of_the_known_ones_and_an_escaped_pointer() {
    let service = Service::start().await;
    let reply = service.client.post("/api/v1/book", json!({"a/b~c": 1})).await.expect_invalid("/a~1b~0c");
    assert!(text(&reply.body["detail"]).contains("payment_token"), "{}", reply.text);
    let twice = r#"{"name":"A show","name":"B","total_seats":5}"#;
    let reply = service.client.send_text(Method::POST, "/api/v1/events", &[JSON], twice).await;
    assert_eq!(reply.expect_invalid("/name").body["detail"], "must occur once");
    let nested = r#"{"name":"A show","pools":[{"name":"Stalls","capacity":5,"capacity":[]}]}"#;
    let reply = service.client.send_text(Method::POST, "/api/v1/events", &[JSON], nested).await;
    assert_eq!(reply.expect_invalid("/pools/0/capacity").body["detail"], "must occur once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_parameter_that_is_unknown_or_repeated_is_refused_by_its_name() {
    let service = Service::start().await;
    for (query, parameter) in [("limt=5", "limt"), ("a%2Fb=5", "a/b"), ("limit=5&limit=6", "limit"), ("=", "")] {
        let refused = service.client.get(&format!("/api/v1/events?{query}")).await.expect_invalid(parameter);
        let detail = text(&refused.body["detail"]);
        assert!(detail == "must occur once" || detail.starts_with("is unknown; the known names are "), "{detail}");
    }
    service.client.get("/api/v1/events?limit=5&&").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn json_that_no_type_can_have_is_a_malformed_request_at_any_depth() {
    let service = Service::start().await;
    for body in [
        r#"{"name":"A show","total_seats":1e999}"#,
        r#"{"name":"A show","pools":[{"name":"\udc00","capacity":5}]}"#,
        r#"{"name":"A show","pools":[{"\ud800":5}]}"#,
    ] {
        let reply = service.client.send_text(Method::POST, "/api/v1/events", &[JSON], body).await;
        reply.expect_problem(400, "MALFORMED_REQUEST");
    }
    let deep = format!(r#"{{"name":{}5{},"total_seats":5}}"#, "[".repeat(10_000), "]".repeat(10_000));
    let reply = service.client.send_text(Method::POST, "/api/v1/events", &[JSON], &deep).await;
    assert_eq!(reply.expect_invalid("/name").body["detail"], "must be a string, not an array");
}
