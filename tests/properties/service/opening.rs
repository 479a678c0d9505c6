//! Creates the events of the model's world over HTTP.

use boxoffice_engine::time::rfc3339;
use serde_json::{Value, json};
use test_support::model::{EventNo, Model};
use test_support::violation::Violation;

use super::asking::{self, status};
use super::calendar::Calendar;
use super::house::TwoServers;
use super::names::Names;

/// Creates the events of a case one after the other, so that their ids sort as their numbers do.
pub async fn create_events(servers: &TwoServers, world: &Model, calendar: &Calendar) -> Result<Names, Violation> {
    let mut names = Names::new();
    for event in 0..world.events.len() {
        let reply = asking::send(servers.client(event % 2), &creation_request(world, event, calendar)).await?;
        if reply.status != 201 {
            return Err(format!("event {event} was not created: {}", reply.text));
        }
        names.events.push(reply.id("event_id"));
        names.pools.extend(ids(&reply.body["pools"], "pool_id"));
        names.types.extend(ids(&reply.body["ticket_types"], "ticket_type_id"));
    }
    Ok(names)
}

fn creation_request(world: &Model, number: EventNo, calendar: &Calendar) -> asking::Request {
    let event = &world.events[number];
    let pools = (0..world.pools.len()).filter(|pool| world.pools[*pool].event == number);
    let types = (0..world.types.len()).filter(|type_no| world.pools[world.types[*type_no].pool].event == number);
    let pool = |pool: usize| json!({"name": format!("Pool {pool}"), "capacity": world.pools[pool].capacity});
    let ticket_type = |number: usize| {
        let model_type = &world.types[number];
        json!({
            "name": format!("Type {number}"), "pool": format!("Pool {}", model_type.pool), "price": model_type.price,
            "min_quantity": model_type.min, "max_quantity": model_type.max,
        })
    };
    let body = json!({
        "name": format!("Event {number}"), "currency": "EUR", "status": status(event.status),
        "hold_ttl_seconds": event.ttl, "max_quantity_per_hold": event.max_quantity,
        "sale_starts_at": event.sale_starts.map(|at| rfc3339(calendar.instant(at))),
        "sale_ends_at": event.sale_ends.map(|at| rfc3339(calendar.instant(at))),
        "pools": pools.map(pool).collect::<Vec<_>>(),
        "ticket_types": types.map(ticket_type).collect::<Vec<_>>(),
    });
    asking::Request::post("/api/v1/events", Some(body))
}

/// Ids of a list in a reply, in the order of the request.
fn ids(list: &Value, member: &str) -> Vec<String> {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().map(|one| one[member].as_str().unwrap_or_default().to_owned()).collect()
}
