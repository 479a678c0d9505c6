//! The requests of the load, as HTTP/1.1 bytes, and the parts of their answers that the generator reads.

use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::client::Answer;

/// Body of a `201`: an event was created.
#[derive(Deserialize)]
pub struct EventCreated {
    pub event_id: Uuid,
}

/// Body of a `201`: a venue was created.
#[derive(Deserialize)]
pub struct VenueCreated {
    pub venue_id: Uuid,
    pub layout_version: u32,
}

/// Body of a `201`: a hold was placed.
#[derive(Deserialize)]
pub struct HoldPlaced {
    pub hold_id: Uuid,
    pub payment_token: String,
}

/// Body of a `201`: a hold was booked.
#[derive(Deserialize)]
pub struct Booked {
    pub booking_id: Uuid,
    pub hold_id: Uuid,
}

/// Body of a `200`: the counters of an event.
#[derive(Deserialize)]
pub struct EventStatus {
    pub total: u64,
    pub available: u64,
    pub held: u64,
    pub booked: u64,
    /// Number of the event's last inventory change.
    pub sequence: u64,
}

/// Content encoding that a client accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Plain,
    /// gzip, which browsers accept.
    Gzip,
}

impl Encoding {
    fn headers(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Plain => &[],
            Self::Gzip => &[("accept-encoding", "gzip")],
        }
    }
}

impl EventStatus {
    /// Whether every place is counted exactly once.
    pub fn adds_up(&self) -> bool {
        self.available + self.held + self.booked == self.total
    }
}

/// Body of a `200`: the seats of an event. With `since`, `states` is absent unless the client is too far behind.
#[derive(Deserialize)]
pub struct SeatMap<'a> {
    pub sequence: u64,
    /// One letter per seat.
    pub states: Option<&'a str>,
}

/// The code of a problem document.
#[derive(Deserialize)]
struct Problem<'a> {
    code: &'a str,
}

pub fn create_event(name: &str, total_seats: u32) -> Vec<u8> {
    let body = json!({ "name": name, "total_seats": total_seats });
    request("POST", "/api/v1/events", &[], &body.to_string())
}

/// A venue of equal sections, one behind the other.
pub fn create_venue(name: &str, sections: u32, rows: &str) -> Vec<u8> {
    let sections: Vec<_> = (1..=sections).map(|n| json!({ "name": format!("Section {n}"), "rows": rows })).collect();
    let body = json!({ "name": name, "sections": sections });
    request("POST", "/api/v1/venues", &[], &body.to_string())
}

/// An event with the venue's layout. Every section is a pool with a ticket type.
pub fn create_seated_event(name: &str, venue_id: Uuid) -> Vec<u8> {
    let body = json!({ "name": name, "venue_id": venue_id });
    request("POST", "/api/v1/events", &[], &body.to_string())
}

/// A hold of the event's only ticket type. With an idempotency key the request can be repeated.
pub fn place_hold(event_id: Uuid, qty: u32, key: Option<Uuid>) -> Vec<u8> {
    let body = json!({ "event_id": event_id, "qty": qty }).to_string();
    let key = key.map(|key| key.to_string());
    let header = key.as_deref().map(|key| ("idempotency-key", key));
    request("POST", "/api/v1/holds", header.as_slice(), &body)
}

/// A hold of these seats, all or none.
pub fn hold_seats(event_id: Uuid, seats: &[u32]) -> Vec<u8> {
    let body = json!({ "event_id": event_id, "seat_ids": seats });
    request("POST", "/api/v1/holds", &[], &body.to_string())
}

/// A hold of the best available seats for a group, in adjacent rows if necessary.
pub fn hold_best_available(event_id: Uuid, qty: u32) -> Vec<u8> {
    let body = json!({ "event_id": event_id, "best_available": { "qty": qty, "together": "nearby" } });
    request("POST", "/api/v1/holds", &[], &body.to_string())
}

pub fn book(hold: &HoldPlaced) -> Vec<u8> {
    let body = json!({ "hold_id": hold.hold_id, "payment_token": hold.payment_token });
    request("POST", "/api/v1/book", &[], &body.to_string())
}

pub fn release(hold: &HoldPlaced) -> Vec<u8> {
    let path = format!("/api/v1/holds/{}", hold.hold_id);
    request("DELETE", &path, &[("x-payment-token", &hold.payment_token)], "")
}

pub fn event_status(event_id: Uuid) -> Vec<u8> {
    request("GET", &format!("/api/v1/events/{event_id}/status"), &[], "")
}

/// The states of all seats, or the changes since a sequence.
pub fn seat_map(event_id: Uuid, since: Option<u64>, encoding: Encoding) -> Vec<u8> {
    let since = since.map(|sequence| format!("?since={sequence}")).unwrap_or_default();
    request("GET", &format!("/api/v1/events/{event_id}/seats{since}"), encoding.headers(), "")
}

/// The venue's layout.
pub fn layout(venue: &VenueCreated, encoding: Encoding) -> Vec<u8> {
    let path = format!("/api/v1/venues/{}/layouts/{}", venue.venue_id, venue.layout_version);
    request("GET", &path, encoding.headers(), "")
}

pub fn readiness() -> Vec<u8> {
    request("GET", "/health/ready", &[], "")
}

/// The code of a problem document, if the answer is one.
pub fn problem_code<'a>(answer: &Answer<'a>) -> Option<&'a str> {
    serde_json::from_slice::<Problem<'a>>(answer.body).ok().map(|problem| problem.code)
}

/// Status and error code of an answer, as in `409 SEATS_UNAVAILABLE`; counts of errors are kept by this label.
pub fn label(answer: &Answer<'_>) -> String {
    match problem_code(answer) {
        Some(code) => format!("{} {code}", answer.status),
        None => answer.status.to_string(),
    }
}

fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut request = format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n");
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    if !body.is_empty() {
        request += &format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
    }
    request += "\r\n";
    request += body;
    request.into_bytes()
}
