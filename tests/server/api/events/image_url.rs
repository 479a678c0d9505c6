//! `image_url` of events: an absolute https URL.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::api::stage::{text, with_member};
use crate::support::{Client, Service};

const EVENTS: &str = "/api/v1/events";
const IMAGE: &str = "https://images.example.com/a.jpg";

/// Largest number of characters.
const LENGTH_MAX: usize = 2_048;

fn request(image_url: &Value) -> Value {
    json!({"name": "A show", "total_seats": 5, "image_url": image_url})
}

async fn create(client: &Client, image_url: Value) -> Value {
    client.post(EVENTS, request(&image_url)).await.expect(201).body
}

fn path(event: &Value) -> String {
    format!("{EVENTS}/{}", text(&event["event_id"]))
}

/// An https URL of this many characters.
fn of_length(length: usize) -> String {
    let start = "https://images.example.com/";
    format!("{start}{}", "x".repeat(length - start.len()))
}

/// Values that are refused.
fn refused() -> Vec<Value> {
    let encoded_too_long = format!("https://images.example.com/{}", "ü".repeat(500));
    let mut refused: Vec<Value> = [
        "",
        " ",
        "http://images.example.com/a.jpg",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "//images.example.com/a.jpg",
        "/a.jpg",
        "images.example.com/a.jpg",
        "https:images.example.com/a.jpg",
        "https:///",
        "https:///images.example.com/a.jpg",
        "https://user:secret@images.example.com/a.jpg",
        "https://user@images.example.com/a.jpg",
        "https://",
        "https://images.example.com/a b.jpg",
        "https://images.example.com\\a.jpg",
        "https://images.example.com/a\n.jpg",
        "https://images.example.com:port/a.jpg",
        "https://[::1/a.jpg",
        &of_length(LENGTH_MAX + 1),
        &encoded_too_long,
    ]
    .into_iter()
    .map(Value::from)
    .collect();
    refused.extend([json!(1), json!([IMAGE]), json!({"href": IMAGE})]);
    refused
}

#[tokio::test(flavor = "multi_thread")]
async fn an_https_url_is_stored_in_its_normal_form_and_shown() {
    let service = Service::start().await;
    let longest = of_length(LENGTH_MAX);
    for (given, shown) in [
        (IMAGE, IMAGE),
        ("  https://images.example.com/a.jpg ", IMAGE),
        ("HTTPS://Images.Example.COM/A.jpg", "https://images.example.com/A.jpg"),
        ("https://images.example.com", "https://images.example.com/"),
        ("https://images.example.com/a.jpg?size=2#top", "https://images.example.com/a.jpg?size=2#top"),
        ("https://images.example.com/\"><script>", "https://images.example.com/%22%3E%3Cscript%3E"),
        ("https://bücher.example/ü.jpg", "https://xn--bcher-kva.example/%C3%BC.jpg"),
        (&longest, &longest),
    ] {
        let event = create(&service.client, json!(given)).await;
        assert_eq!(event["image_url"], shown, "{given}");
        assert_eq!(service.client.get(&path(&event)).await.expect(200).body, event);
        let amended = create(&service.client, Value::Null).await;
        let amended = service.client.patch(&path(&amended), json!({"image_url": given})).await.expect(200).body;
        assert_eq!(amended["image_url"], shown, "{given}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_absolute_https_url_is_refused_with_its_pointer() {
    let service = Service::start().await;
    let event = create(&service.client, json!(IMAGE)).await;
    for image_url in refused() {
        service.client.post(EVENTS, request(&image_url)).await.expect_invalid("/image_url");
        service.client.patch(&path(&event), json!({"image_url": image_url})).await.expect_invalid("/image_url");
        let series = json!({
            "name": "A run", "template": request(&image_url), "dates": [{"starts_at": "2099-03-01T19:00:00Z"}],
        });
        service.client.post("/api/v1/series", series).await.expect_invalid("/template/image_url");
    }
    assert_eq!(service.client.get(&path(&event)).await.expect(200).body, event);
    assert_eq!(service.database.number("SELECT count(*) FROM events").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_absent_value_keeps_it_null_clears_it_and_the_same_value_changes_nothing() {
    let service = Service::start().await;
    let event = create(&service.client, json!(IMAGE)).await;
    let kept = service.client.patch(&path(&event), json!({"name": "Another show"})).await.expect(200).body;
    assert_eq!((&kept["image_url"], &kept["name"]), (&json!(IMAGE), &json!("Another show")));

    let seq = service.database.number("SELECT seq FROM inventory").await;
    let same = json!({"image_url": "HTTPS://images.example.com/a.jpg"});
    assert_eq!(service.client.patch(&path(&event), same).await.expect(200).body, kept);
    assert_eq!(service.database.number("SELECT seq FROM inventory").await, seq);

    let cleared = service.client.patch(&path(&event), json!({"image_url": null})).await.expect(200).body;
    assert_eq!(cleared["image_url"], Value::Null);
    assert_eq!(create(&service.client, Value::Null).await["image_url"], Value::Null);
    service.database.assert_invariants_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_date_of_a_series_has_the_image_of_the_template() {
    let service = Service::start().await;
    let series = json!({
        "name": "A run", "template": request(&json!(IMAGE)),
        "dates": [{"starts_at": "2099-03-01T19:00:00Z"}, {"starts_at": "2099-03-02T19:00:00Z"}],
    });
    let created = service.client.post("/api/v1/series", series).await.expect(201).body;
    for event in created["events"].as_array().expect("two events") {
        assert_eq!(service.client.get(&path(event)).await.expect(200).body["image_url"], IMAGE);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_gets_the_first_response_and_another_image_is_another_request() {
    let service = Service::start().await;
    let key = Uuid::now_v7().to_string();
    let first = service.client.post_with_key(EVENTS, &key, &request(&json!(IMAGE))).await.expect(201);
    service.client.patch(first.header("location"), json!({"image_url": null})).await.expect(200);
    let repeat = service.client.post_with_key(EVENTS, &key, &request(&json!(IMAGE))).await.expect(201);
    assert!(repeat.is_replayed() && repeat.text == first.text, "{}", repeat.text);
    for other in [json!("https://images.example.com/b.jpg"), Value::Null] {
        let refused = service.client.post_with_key(EVENTS, &key, &request(&other)).await;
        refused.expect_problem(422, "IDEMPOTENCY_KEY_REUSED");
    }
    let without = json!({"name": "A show", "total_seats": 5});
    let key = Uuid::now_v7().to_string();
    let first = service.client.post_with_key(EVENTS, &key, &without).await.expect(201);
    let repeat = service.client.post_with_key(EVENTS, &key, &with_member(without, "/image_url", Value::Null)).await;
    assert!(repeat.is_replayed() && repeat.text == first.text, "{}", repeat.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_the_release_before_has_no_image_and_can_be_amended() {
    let service = Service::start().await;
    let columns = "name, description, venue_name, status, starts_at, ends_at, time_zone, currency, hold_ttl_seconds, \
         max_quantity_per_hold, sale_starts_at, sale_ends_at, created_at, updated_at, venue_id, layout_version, \
         orphans_refused, series_id";
    let event = create(&service.client, json!(IMAGE)).await;
    // The statement of that release, which does not name the new column.
    let old_id = Uuid::now_v7();
    service
        .database
        .execute(format!("INSERT INTO events (event_id, {columns}) SELECT '{old_id}', {columns} FROM events"))
        .await;
    service.database.execute(format!("INSERT INTO inventory (event_id, seq) VALUES ('{old_id}', 1)")).await;
    let pools = "position, name, capacity, section, seated";
    service
        .database
        .execute(format!(
            "INSERT INTO pools (pool_id, event_id, {pools}) SELECT gen_random_uuid(), '{old_id}', {pools} FROM pools"
        ))
        .await;
    let old = format!("{EVENTS}/{old_id}");
    assert_eq!(service.client.get(&old).await.expect(200).body["image_url"], Value::Null);
    let amended = service.client.patch(&old, json!({"image_url": IMAGE})).await.expect(200).body;
    assert_eq!((&amended["image_url"], &amended["name"]), (&json!(IMAGE), &event["name"]));
}
