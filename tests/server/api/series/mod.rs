//! `/api/v1/series`.

mod create;
mod list;
mod refused;
mod repeat;

use serde_json::{Value, json};

/// Template of the events of a series.
fn template() -> Value {
    json!({
        "name": "The Winter's Tale", "venue_name": "City Hall", "time_zone": "Europe/Berlin", "currency": "EUR",
        "pools": [{"name": "Stalls", "capacity": 10}, {"name": "Balcony", "capacity": 4}],
        "ticket_types": [
            {"name": "Adult", "pool": "Stalls", "price": 2500},
            {"name": "Box", "pool": "Balcony", "price": 4000},
        ],
    })
}

/// A series with two dates, the later one first.
fn request() -> Value {
    json!({
        "name": "The Winter's Tale", "description": "A play.", "template": template(),
        "dates": [
            {"starts_at": "2099-03-02T20:00:00+01:00", "ends_at": "2099-03-02T22:30:00+01:00"},
            {"starts_at": "2099-03-01T19:00:00Z"},
        ],
    })
}
