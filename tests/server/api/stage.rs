//! Fixtures for the tests of several resources, and helpers that read and build JSON.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::support::{Client, Database, Reply};

/// A UUID that no row has.
pub const UNKNOWN_ID: &str = "0199d3c0-7a51-7c2e-9f43-5d1f6f0c9a11";

/// An event with two pools and three ticket types; the fields are their ids.
pub struct Concert {
    pub event_id: String,
    /// 10 places, for adults and children.
    pub stalls: String,
    /// 4 places.
    pub balcony: String,
    /// 2500 cents, in the stalls.
    pub adult: String,
    /// 1000 cents, in the stalls.
    pub child: String,
    /// 4000 cents, on the balcony.
    pub box_seat: String,
}

impl Concert {
    pub async fn create(client: &Client) -> Self {
        let reply = client.post("/api/v1/events", Self::request()).await.expect(201);
        let id = |list: &str, index: usize, member: &str| text(&reply.body[list][index][member]);
        Self {
            event_id: reply.id("event_id"),
            stalls: id("pools", 0, "pool_id"),
            balcony: id("pools", 1, "pool_id"),
            adult: id("ticket_types", 0, "ticket_type_id"),
            child: id("ticket_types", 1, "ticket_type_id"),
            box_seat: id("ticket_types", 2, "ticket_type_id"),
        }
    }

    /// Request with pools and ticket types.
    pub fn request() -> Value {
        json!({
            "name": "Winter concert",
            "currency": "EUR",
            "pools": [{"name": "Stalls", "capacity": 10}, {"name": "Balcony", "capacity": 4}],
            "ticket_types": [
                {"name": "Adult", "pool": "Stalls", "price": 2500},
                {"name": "Child", "pool": "Stalls", "price": 1000},
                {"name": "Box", "pool": "Balcony", "price": 4000},
            ],
        })
    }

    /// Places a hold. An item is a ticket type's id and a quantity.
    pub async fn hold(&self, client: &Client, items: &[(&String, i64)]) -> Reply {
        let item = |(ticket_type_id, qty): &(&String, i64)| json!({"ticket_type_id": ticket_type_id, "qty": qty});
        let items: Vec<Value> = items.iter().map(item).collect();
        client.post("/api/v1/holds", json!({"event_id": self.event_id, "items": items})).await
    }
}

/// Asserts that the stored fingerprint is still the hash of this route and body, so that requests sent to an older
/// release can be repeated. `canonical_body` is the parsed request, serialised again.
pub async fn assert_fingerprint(database: &Database, route: &str, canonical_body: &str) {
    let statement = format!(
        "SELECT count(*) FROM idempotency_keys WHERE fingerprint =
         sha256(convert_to('{route}', 'UTF8') || '\\x00'::bytea || convert_to('{canonical_body}', 'UTF8'))"
    );
    assert_eq!(database.number(&statement).await, 1, "{route} {canonical_body}");
}

/// Names of an object's members, sorted.
#[track_caller]
pub fn members(object: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = object.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

/// Text of a JSON string.
#[track_caller]
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a string: {value}")).to_owned()
}

/// Time of a JSON string, which must be in UTC.
#[track_caller]
pub fn time(value: &Value) -> OffsetDateTime {
    let text = text(value);
    assert!(text.ends_with('Z'), "times are in UTC: {text}");
    OffsetDateTime::parse(&text, &Rfc3339).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// `object` with the member at `pointer` set to `value`; the member is added if it is missing.
pub fn with_member(mut object: Value, pointer: &str, value: Value) -> Value {
    let (parent, member) = pointer.rsplit_once('/').expect("a JSON pointer begins with a slash");
    let parent = object.pointer_mut(parent).expect("the parent of the member exists");
    match parent {
        Value::Array(list) => list[member.parse::<usize>().expect("an index")] = value,
        other => other[member] = value,
    }
    object
}

/// `object` without the member at `pointer`.
pub fn without_member(mut object: Value, pointer: &str) -> Value {
    let (parent, member) = pointer.rsplit_once('/').expect("a JSON pointer begins with a slash");
    let parent = object.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
    parent.remove(member).expect("the member exists");
    object
}
