//! A venue and an event with seats, for the tests of reserved seating.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Client, Reply};

/// Event with five pools. The seats by seat id, front rows first:
///
/// ```text
/// Stalls   A   0  1  2  3  4 |  5  6  7  8  9    Premium, 5000 cents; 0 is accessible, 1 is a companion seat
///          B  10 11 12 13 14 | 15 16 17 18 19    Adult 3000 or Child 1000
///          C  20 21 22 23 24 | 25 26 27 28 29    the same
/// Balcony  A  30 31 32 33 34 35                  2000 cents
/// Standing                                       20 places without seats, 1500 cents
/// ```
pub struct Theatre {
    pub venue_id: String,
    pub event_id: String,
    pub premium: String,
    pub adult: String,
    pub child: String,
    pub balcony: String,
    pub standing: String,
    pub balcony_pool: String,
    pub standing_pool: String,
}

/// Number of seats of a [`Theatre`].
pub const THEATRE_SEATS: usize = 36;

impl Theatre {
    pub async fn create(client: &Client) -> Self {
        let venue_id = Self::create_venue(client).await;
        let reply = client.post("/api/v1/events", Self::event_request(&venue_id)).await.expect(201);
        let find_id = |list: &str, name: &str, id: &str| {
            let list = reply.body[list].as_array().expect("a list");
            let found = list.iter().find(|element| element["name"] == name);
            found
                .and_then(|element| element[id].as_str())
                .unwrap_or_else(|| panic!("no {name}: {}", reply.text))
                .to_owned()
        };
        Self {
            event_id: reply.id("event_id"),
            premium: find_id("ticket_types", "Premium", "ticket_type_id"),
            adult: find_id("ticket_types", "Adult", "ticket_type_id"),
            child: find_id("ticket_types", "Child", "ticket_type_id"),
            balcony: find_id("ticket_types", "Balcony", "ticket_type_id"),
            standing: find_id("ticket_types", "Standing", "ticket_type_id"),
            balcony_pool: find_id("pools", "Balcony", "pool_id"),
            standing_pool: find_id("pools", "Standing", "pool_id"),
            venue_id,
        }
    }

    pub async fn create_venue(client: &Client) -> String {
        let stalls = "rows A-C, 1-10, aisle after 5, accessible A1, companion A2";
        let request = json!({
            "name": "Old theatre",
            "sections": [
                {"name": "Stalls", "rows": stalls},
                {"name": "Balcony", "rows": "row A, 1-6"},
                {"name": "Standing", "capacity": 20},
            ],
        });
        client.post("/api/v1/venues", request).await.expect(201).id("venue_id")
    }

    /// Request body that creates the event.
    pub fn event_request(venue_id: &str) -> Value {
        json!({
            "name": "A comedy",
            "currency": "EUR",
            "venue_id": venue_id,
            "price_zones": [{"section": "Stalls", "name": "Premium", "rows": ["A"]}],
            "ticket_types": [
                {"name": "Premium", "pool": "Stalls, Premium", "price": 5000},
                {"name": "Adult", "pool": "Stalls", "price": 3000},
                {"name": "Child", "pool": "Stalls", "price": 1000},
                {"name": "Balcony", "pool": "Balcony", "price": 2000},
                {"name": "Standing", "pool": "Standing", "price": 1500},
            ],
        })
    }

    /// Item of a request: these seats as this ticket type.
    pub fn seats_item(ticket_type_id: &str, seat_ids: &[u32]) -> Value {
        json!({"ticket_type_id": ticket_type_id, "seat_ids": seat_ids})
    }

    pub async fn hold(&self, client: &Client, items: Value) -> Reply {
        client.post("/api/v1/holds", json!({"event_id": self.event_id, "items": items})).await
    }

    /// Holds seats without naming a ticket type, which works for seats of pools with one ticket type.
    pub async fn hold_seats(&self, client: &Client, seat_ids: &[u32]) -> Reply {
        client.post("/api/v1/holds", json!({"event_id": self.event_id, "seat_ids": seat_ids})).await
    }

    pub async fn hold_best(&self, client: &Client, best_available: Value) -> Reply {
        client.post("/api/v1/holds", json!({"event_id": self.event_id, "best_available": best_available})).await
    }

    /// Replaces the items of a hold; `wanted` is the body of a hold without `event_id`.
    pub async fn change(&self, client: &Client, hold: &Reply, wanted: Value) -> Reply {
        let path = format!("/api/v1/holds/{}/items", hold.id("hold_id"));
        client.send(Method::PUT, &path, &[("X-Payment-Token", &hold.id("payment_token"))], Some(wanted)).await
    }

    pub async fn block(&self, client: &Client, block_id: Uuid, block: Value) -> Reply {
        let path = format!("/api/v1/events/{}/blocks/{block_id}", self.event_id);
        client.send(Method::PUT, &path, &[], Some(block)).await
    }

    pub async fn unblock(&self, client: &Client, block_id: Uuid) -> Reply {
        client.delete(&format!("/api/v1/events/{}/blocks/{block_id}", self.event_id)).await
    }

    /// Seat map: one letter per seat, in the order of the seat ids.
    pub async fn states(&self, client: &Client) -> String {
        let map = client.get(&format!("/api/v1/events/{}/seats", self.event_id)).await.expect(200);
        map.id("states")
    }
}

/// Seat map of a [`Theatre`] in which these seats have these letters and all others are available.
pub fn seat_states(taken: &[(&[u32], char)]) -> String {
    let mut states = vec!['a'; THEATRE_SEATS];
    for (seats, letter) in taken {
        seats.iter().for_each(|seat| states[*seat as usize] = *letter);
    }
    states.into_iter().collect()
}

/// Seat ids of all items of a response.
#[track_caller]
pub fn seats_of(reply: &Reply) -> Vec<u64> {
    let items = reply.body["items"].as_array().unwrap_or_else(|| panic!("no items: {}", reply.text));
    let seats = items.iter().flat_map(|item| item["seat_ids"].as_array().cloned().unwrap_or_default());
    seats.map(|seat| seat.as_u64().expect("a seat's id is a number")).collect()
}
