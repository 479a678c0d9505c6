//! `/api/v1/venues`.

mod amend;
mod create;
mod layout;
mod list;
mod refused;
mod sheet;

use serde_json::{Value, json};

use crate::support::{Client, Reply};

/// Hall with 800 seats in the stalls, 2 box seats and 500 standing places.
fn city_hall() -> Value {
    json!({
        "name": "City Hall", "address": "1 Main Street\nOur Town",
        "sections": [
            {"name": "Stalls", "rows": "rows A-T, 1-40, aisle after 12 and 28"},
            {"name": "Boxes", "seats": [{"row": "1", "number": "1"}, {"row": "1", "number": "2"}]},
            {"name": "Standing", "capacity": 500},
        ],
    })
}

/// Arena with 20,000 seats.
fn arena() -> Value {
    let block = |n: i64| json!({"name": format!("Block {n}"), "rows": "rows 1-100, 1-40, aisle after 10 and 30"});
    json!({"name": "Arena", "sections": (1..=5).map(block).collect::<Vec<_>>()})
}

async fn create(client: &Client, request: Value) -> Reply {
    client.post("/api/v1/venues", request).await.expect(201)
}
