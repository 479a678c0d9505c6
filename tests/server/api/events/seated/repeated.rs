//! Repeats of requests for a venue whose layout may have changed since.

use serde_json::json;
use uuid::Uuid;

use super::{play, theatre, venue, zoned_play};
use crate::api::stage::with_member;
use crate::support::Service;

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_gets_the_first_response_even_if_the_venue_has_a_new_layout() {
    let service = Service::start().await;
    let venue_id = venue(&service.client, theatre()).await;
    let key = Uuid::now_v7().to_string();
    let first = service.client.post_with_key("/api/v1/events", &key, &zoned_play(&venue_id)).await.expect(201);
    let rebuilt = json!({"sections": [{"name": "Floor", "rows": "rows 1-2, 1-5"}]});
    service.client.patch(&format!("/api/v1/venues/{venue_id}"), rebuilt).await.expect(200);

    // Without its key the request is new, and names sections that no longer exist.
    service.client.post("/api/v1/events", zoned_play(&venue_id)).await.expect_invalid("/price_zones/0/section");
    let repeat = service.client.post_with_key("/api/v1/events", &key, &zoned_play(&venue_id)).await.expect(201);
    assert_eq!((&repeat.text, repeat.header("location")), (&first.text, first.header("location")));
    assert!(repeat.is_replayed() && !first.is_replayed());
    assert_eq!(service.database.number("SELECT count(*) FROM events").await, 1);
    assert_eq!(service.database.number("SELECT count(*) FROM seats").await, 64);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_one_event_at_a_venue_is_refused_for_another_one() {
    let service = Service::start().await;
    let venue_id = venue(&service.client, theatre()).await;
    let key = Uuid::now_v7().to_string();
    service.client.post_with_key("/api/v1/events", &key, &play(&venue_id)).await.expect(201);
    for other in [zoned_play(&venue_id), with_member(play(&venue_id), "/orphans_refused", json!(true))] {
        let refused = service.client.post_with_key("/api/v1/events", &key, &other).await;
        refused.expect_problem(422, "IDEMPOTENCY_KEY_REUSED");
    }
    assert_eq!(service.database.number("SELECT count(*) FROM seats").await, 64);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_series_gets_the_first_response_even_if_the_venue_has_a_new_layout() {
    let service = Service::start().await;
    let venue_id = venue(&service.client, theatre()).await;
    let dates = json!({"template": zoned_play(&venue_id), "dates": [{"starts_at": "2099-03-01T19:00:00Z"}]});
    let (key, another) = (Uuid::now_v7().to_string(), Uuid::now_v7().to_string());
    let series = with_member(dates.clone(), "/name", json!("A run"));
    let first = service.client.post_with_key("/api/v1/series", &key, &series).await.expect(201);
    let more = format!("{}/events", first.header("location"));
    let added = service.client.post_with_key(&more, &another, &dates).await.expect(201);
    let rebuilt = json!({"sections": [{"name": "Floor", "rows": "rows 1-2, 1-5"}]});
    service.client.patch(&format!("/api/v1/venues/{venue_id}"), rebuilt).await.expect(200);

    let repeat = service.client.post_with_key("/api/v1/series", &key, &series).await.expect(201);
    assert!(repeat.is_replayed() && repeat.text == first.text, "{}", repeat.text);
    let repeat = service.client.post_with_key(&more, &another, &dates).await.expect(201);
    assert!(repeat.is_replayed() && repeat.text == added.text, "{}", repeat.text);
    assert_eq!(service.database.number("SELECT count(*) FROM events").await, 2);
}
