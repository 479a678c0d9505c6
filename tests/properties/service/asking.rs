//! Sends the model's requests over HTTP.

use boxoffice_engine::time::rfc3339;
use reqwest::Method;
use serde_json::{Map, Value, json};
use test_support::model::{Change, Op, Place, Seconds, Status, TypeNo, Wanted};
use test_support::violation::Violation;

use super::calendar::Calendar;
use super::names::{Names, block_id};
use crate::support::{Client, Reply};

pub struct Request {
    method: Method,
    path: String,
    header: Option<(&'static str, String)>,
    body: Option<Value>,
}

impl Request {
    pub fn post(path: impl Into<String>, body: Option<Value>) -> Self {
        Self { method: Method::POST, path: path.into(), header: None, body }
    }
}

pub async fn send(client: &Client, request: &Request) -> Result<Reply, Violation> {
    let headers: Vec<_> = request.header.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let Request { method, path, body, .. } = request;
    let reply = client.try_send(method.clone(), path, &headers, body.clone()).await;
    reply.map_err(|error| format!("{method} {path}: {error:?}"))
}

pub async fn get(client: &Client, path: &str) -> Result<Reply, Violation> {
    client.try_send(Method::GET, path, &[], None).await.map_err(|error| format!("GET {path}: {error:?}"))
}

/// HTTP request for a request of the model; `None` for a sweep, which has no HTTP request.
pub fn request(op: &Op, names: &Names, calendar: &Calendar) -> Option<Request> {
    Some(match op {
        Op::Place(request) => place(request, names),
        Op::Extend { hold, proven } => {
            let token = Some(("X-Payment-Token", names.token(*hold, *proven)));
            Request { header: token, ..Request::post(format!("/api/v1/holds/{}/extend", names.hold(*hold)), None) }
        }
        Op::Release { hold, proven } => {
            let path = format!("/api/v1/holds/{}", names.hold(*hold));
            let header = Some(("X-Payment-Token", names.token(*hold, *proven)));
            Request { method: Method::DELETE, path, header, body: None }
        }
        Op::ExpireDue { .. } => return None,
        Op::ExpireNow { hold } => Request::post(format!("/api/v1/holds/{}/expire", names.hold(*hold)), None),
        Op::ChangeItems { hold, proven, wanted } => {
            let path = format!("/api/v1/holds/{}/items", names.hold(*hold));
            let header = Some(("X-Payment-Token", names.token(*hold, *proven)));
            Request { method: Method::PUT, path, header, body: Some(items_body(wanted, names)) }
        }
        Op::Book { hold, proven, portion, .. } => {
            let mut body = json!({"hold_id": names.hold(*hold), "payment_token": names.token(*hold, *proven)});
            if let Some(portion) = portion {
                body["items"] = items(portion, names);
            }
            Request::post("/api/v1/book", Some(body))
        }
        Op::Cancel { booking } => Request::post(format!("/api/v1/bookings/{}/cancel", names.booking(*booking)), None),
        Op::Resize { pool, capacity } => {
            let path = format!("/api/v1/pools/{}", names.pool(*pool));
            Request { method: Method::PATCH, path, header: None, body: Some(json!({"capacity": capacity})) }
        }
        Op::Block(block) => {
            let body = json!({"reason": block.reason, "pool_id": names.pool(block.pool), "qty": block.quantity});
            let path = format!("/api/v1/events/{}/blocks/{}", names.event(block.event), block_id(block.block));
            Request { method: Method::PUT, path, header: None, body: Some(body) }
        }
        Op::Unblock { event, block } => {
            let path = format!("/api/v1/events/{}/blocks/{}", names.event(*event), block_id(*block));
            Request { method: Method::DELETE, path, header: None, body: None }
        }
        Op::Amend { event, change } => {
            let path = format!("/api/v1/events/{}", names.event(*event));
            Request { method: Method::PATCH, path, header: None, body: Some(amendment(change, calendar)) }
        }
        Op::Delete { event } => {
            let path = format!("/api/v1/events/{}", names.event(*event));
            Request { method: Method::DELETE, path, header: None, body: None }
        }
    })
}

fn place(request: &Place, names: &Names) -> Request {
    let mut body = items_body(&request.wanted, names);
    body["event_id"] = json!(names.event(request.event));
    if let Some(ttl) = request.ttl {
        body["ttl_seconds"] = json!(ttl);
    }
    let header = request.key.map(|key| ("Idempotency-Key", names.key(key)));
    Request { header, ..Request::post("/api/v1/holds", Some(body)) }
}

fn items_body(wanted: &Wanted, names: &Names) -> Value {
    match wanted {
        Wanted::Places(places) => json!({"qty": places}),
        Wanted::Items(wanted) => json!({"items": items(wanted, names)}),
    }
}

fn items(items: &[(TypeNo, u32)], names: &Names) -> Value {
    let item = |(type_no, qty): &(TypeNo, u32)| json!({"ticket_type_id": names.ticket_type(*type_no), "qty": qty});
    items.iter().map(item).collect()
}

/// PATCH body: only the fields that change, null for a field that is cleared.
fn amendment(change: &Change, calendar: &Calendar) -> Value {
    let time = |field: Option<Option<Seconds>>| field.map(|at| json!(at.map(|at| rfc3339(calendar.instant(at)))));
    let fields = [
        ("status", change.status.map(|to| json!(status(to)))),
        ("hold_ttl_seconds", change.ttl.map(|ttl| json!(ttl))),
        ("max_quantity_per_hold", change.max_quantity.map(|max| json!(max))),
        ("starts_at", time(change.starts)),
        ("ends_at", time(change.ends)),
        ("sale_starts_at", time(change.sale_starts)),
        ("sale_ends_at", time(change.sale_ends)),
    ];
    let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(fields.collect::<Map<_, _>>())
}

pub fn status(status: Status) -> &'static str {
    match status {
        Status::Draft => "draft",
        Status::OnSale => "on_sale",
        Status::Closed => "closed",
        Status::Cancelled => "cancelled",
    }
}
