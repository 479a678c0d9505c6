//! `Idempotency-Key` on both routes that create dates: one key, one effect, one response.

use serde_json::json;
use uuid::Uuid;

use super::{request, template};
use crate::api::stage::{assert_fingerprint, with_member};
use crate::support::Service;

#[tokio::test(flavor = "multi_thread")]
async fn a_series_is_created_once_per_key_and_a_repeat_gets_the_first_response() {
    let service = Service::start().await;
    let key = Uuid::now_v7().to_string();
    let first = service.client.post_with_key("/api/v1/series", &key, &request()).await.expect(201);
    let repeat = service.client.post_with_key("/api/v1/series", &key, &request()).await.expect(201);
    assert_eq!(repeat.text, first.text);
    assert_eq!(repeat.header("location"), first.header("location"));
    assert!(repeat.is_replayed() && !first.is_replayed());
    assert_eq!(service.database.number("SELECT count(*) FROM events").await, 2);

    let other = with_member(request(), "/name", json!("Another"));
    let refused = service.client.post_with_key("/api/v1/series", &key, &other).await;
    refused.expect_problem(422, "IDEMPOTENCY_KEY_REUSED");
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_are_added_once_per_key_and_a_key_is_valid_for_one_series() {
    let service = Service::start().await;
    let mut paths = Vec::new();
    for name in ["One", "Another"] {
        let series = service.client.post("/api/v1/series", json!({"name": name})).await.expect(201);
        paths.push(format!("{}/events", series.header("location")));
    }
    let key = Uuid::now_v7().to_string();
    let dates = with_member(json!({"dates": [{"starts_at": "2099-03-01T19:00:00Z"}]}), "/template", template());
    let first = service.client.post_with_key(&paths[0], &key, &dates).await.expect(201);
    let repeat = service.client.post_with_key(&paths[0], &key, &dates).await.expect(201);
    assert_eq!((&repeat.text, repeat.header("location")), (&first.text, first.header("location")));
    assert!(repeat.is_replayed() && !first.is_replayed());

    let elsewhere = service.client.post_with_key(&paths[1], &key, &dates).await;
    elsewhere.expect_problem(422, "IDEMPOTENCY_KEY_REUSED");
    assert_eq!(service.database.number("SELECT count(*) FROM events").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_sent_before_a_software_release_can_be_repeated_after_it() {
    let service = Service::start().await;
    let request = json!({
        "name": "A play", "template": {"name": "A play", "total_seats": 5},
        "dates": [{"starts_at": "2099-03-01T19:00:00Z"}],
    });
    service.client.post_with_key("/api/v1/series", &Uuid::now_v7().to_string(), &request).await.expect(201);
    // Clients repeat requests across releases: do not change this body. A new field may enter it only if it was sent.
    let canonical_body = concat!(
        r#"{"name":"A play","description":null,"template":{"name":"A play","total_seats":5,"description":null,"#,
        r#""venue_name":null,"starts_at":null,"ends_at":null,"time_zone":null,"currency":null,"hold_ttl_seconds":null,"#,
        r#""max_quantity_per_hold":null,"sale_starts_at":null,"sale_ends_at":null,"status":null,"pools":null,"#,
        r#""ticket_types":null},"dates":[{"starts_at":"2099-03-01T19:00:00Z","ends_at":null,"sale_starts_at":null,"#,
        r#""sale_ends_at":null,"venue_name":null,"time_zone":null}]}"#,
    );
    assert_fingerprint(&service.database, "POST /api/v1/series", canonical_body).await;
}
